"""What orders tell: silence, rhythm, history, frequency, spend, baskets, prices, channels."""

from __future__ import annotations

from contracts.reasons.telling import Risk, Telling, Unit, Wording

# Windows whose counts and amounts are held against the own past.
_WINDOW_DAYS = (30, 90, 180)

_SILENCE = (
    Telling(
        "silence", "silence", Unit.DAYS, Risk.MORE,
        Wording(
            "kein Kauf seit {value:# Tag|# Tagen}, sonst {normal:täglich|alle #}",
            "letzter Kauf vor {value:# Tag|# Tagen}, sonst {normal:täglich|alle #}",
            "kein Kauf seit {value:# Tag|# Tagen}",
            "letzter Kauf vor {value:# Tag|# Tagen}",
        ),
        Wording(
            "no order for {value:# day|# days}, usually {normal:every day|every #}",
            "last order {value:# day|# days} ago, usually {normal:every day|every #}",
            "no order for {value:# day|# days}",
            "last order {value:# day|# days} ago",
        ),
    ),
    Telling(
        "usual_gap", "silence", Unit.DAYS, Risk.EITHER,
        Wording.neutral(alone="kauft meist {value:täglich|alle # Tage}"),
        Wording.neutral(alone="usually orders {value:every day|every # days}"),
    ),
)  # fmt: skip

_RHYTHM = (
    Telling(
        "last_gap", "rhythm", Unit.DAYS, Risk.MORE,
        Wording.neutral("vor dem letzten Kauf {value:# Tag|# Tage} Pause, sonst {normal}"),
        Wording.neutral("{value:# day|# days} between the last two orders, usually {normal}"),
    ),
)  # fmt: skip

_HISTORY = (
    # From the third order on, customers come back more often than not.
    Telling(
        "order_count", "history", Unit.COUNT, Risk.LESS,
        Wording(
            raises_alone="bisher erst {value:# Bestellung|# Bestellungen}",
            lowers_alone="bisher {value:# Bestellung|# Bestellungen}",
        ),
        Wording(
            raises_alone="only {value:# order|# orders} so far",
            lowers_alone="{value:# order|# orders} so far",
        ),
        presumed=3,
    ),
    Telling(
        "newness", "history", Unit.DAYS, Risk.LESS,
        Wording(
            raises_alone="erster Kauf erst vor {value:# Tag|# Tagen}",
            lowers_alone="erster Kauf schon vor {value:# Tag|# Tagen}",
        ),
        Wording(
            raises_alone="first order only {value:# day|# days} ago",
            lowers_alone="first order already {value:# day|# days} ago",
        ),
        presumed=365,
    ),
)  # fmt: skip


def _frequency(days: int) -> Telling:
    german = f"{{value:# Bestellung|# Bestellungen}} in den letzten {days} Tagen"
    english = f"{{value:# order|# orders}} in the last {days} days"
    compared_german = f"{german}, sonst {{normal:keine|#|#}}"
    compared_english = f"{english}, usually {{normal:none|#|#}}"
    return Telling(
        f"orders_{days}d", "frequency", Unit.COUNT, Risk.LESS,
        Wording(compared_german, compared_german, lowers_alone=german),
        Wording(compared_english, compared_english, lowers_alone=english),
        is_silent_at_zero=True,
    )  # fmt: skip


def _spend(days: int) -> Telling:
    return Telling(
        f"spend_{days}d", "spend", Unit.MONEY, Risk.LESS,
        Wording.neutral(f"{{value}} Umsatz in den letzten {days} Tagen, sonst {{normal}}"),
        Wording.neutral(f"{{value}} spent in the last {days} days, usually {{normal}}"),
        is_silent_at_zero=True,
    )  # fmt: skip


_ORDER_VALUE = (
    Telling(
        "last_order_value", "spend", Unit.MONEY, Risk.LESS,
        Wording.neutral("letzter Kauf {value}, sonst {normal}"),
        Wording.neutral("last order {value}, usually {normal}"),
    ),
    Telling(
        "order_value", "spend", Unit.MONEY, Risk.EITHER,
        Wording.neutral(alone="im Schnitt {value} je Bestellung"),
        Wording.neutral(alone="{value} per order on average"),
    ),
)  # fmt: skip

_BASKET = (
    Telling(
        "lines_per_order", "basket", Unit.COUNT, Risk.LESS,
        Wording.neutral(
            "zuletzt {value:# Position|# Positionen} je Bestellung, sonst {normal}"
        ),
        Wording.neutral("lately {value:# line|# lines} per order, usually {normal}"),
    ),
    Telling(
        "habits", "basket", Unit.SHARE, Risk.LESS,
        Wording.neutral("zuletzt {value} aus gewohnten Warengruppen, sonst {normal}"),
        Wording.neutral("lately {value} from familiar categories, usually {normal}"),
    ),
    Telling(
        "categories", "basket", Unit.COUNT, Risk.LESS,
        Wording.neutral(
            "in den letzten 90 Tagen aus {value} von {normal:# Warengruppe|# Warengruppen}"
        ),
        Wording.neutral("in the last 90 days from {value} of {normal:# category|# categories}"),
        is_silent_at_zero=True,
    ),
)  # fmt: skip

_PRICE = (
    Telling(
        "discounts", "price", Unit.SHARE, Risk.EITHER,
        Wording.neutral("Rabattanteil zuletzt {value}, sonst {normal}"),
        Wording.neutral("discounts lately {value} of the price, usually {normal}"),
    ),
    Telling(
        "discount_share", "price", Unit.SHARE, Risk.EITHER,
        Wording.neutral(alone="Rabattanteil {value}"),
        Wording.neutral(alone="discounts {value} of the price"),
    ),
)  # fmt: skip

_REFUNDS = (
    Telling(
        "refunds", "refunds", Unit.COUNT, Risk.MORE,
        Wording(raises_alone="{value:# Erstattung|# Erstattungen} in den letzten 365 Tagen"),
        Wording(raises_alone="{value:# refund|# refunds} in the last 365 days"),
        presumed=0,
    ),
)  # fmt: skip


def _channel(code: str, german: str, english: str) -> Telling:
    return Telling(
        code, "channel", Unit.SHARE, Risk.EITHER,
        Wording.neutral(f"{german} zuletzt {{value}} der Bestellungen, sonst {{normal}}"),
        Wording.neutral(f"{english} lately {{value}} of the orders, usually {{normal}}"),
    )  # fmt: skip


ORDER_TELLINGS = (
    *_SILENCE,
    *_RHYTHM,
    *_HISTORY,
    *(_frequency(days) for days in _WINDOW_DAYS),
    *(_spend(days) for days in _WINDOW_DAYS),
    *_ORDER_VALUE,
    *_BASKET,
    *_PRICE,
    *_REFUNDS,
    _channel("store_orders", "im Laden", "in the store"),
    _channel("web_orders", "im Webshop", "in the web shop"),
    _channel("app_orders", "in der App", "in the app"),
)
