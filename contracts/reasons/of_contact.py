"""What dealings with the customer tell: mail, visits, points, service, voice, contracts."""

from __future__ import annotations

from contracts.reasons.telling import Risk, Telling, Unit, Wording

# Nobody who has opened or visited within a month has turned away.
_MONTH_DAYS = 30

_ENGAGEMENT = (
    Telling(
        "opens", "engagement", Unit.SHARE, Risk.LESS,
        Wording.neutral("Öffnungsrate zuletzt {value}, sonst {normal}"),
        Wording.neutral("open rate lately {value}, usually {normal}"),
    ),
    Telling(
        "clicks", "engagement", Unit.SHARE, Risk.LESS,
        Wording.neutral("Klickrate zuletzt {value}, sonst {normal}"),
        Wording.neutral("click rate lately {value}, usually {normal}"),
    ),
    Telling(
        "visits", "engagement", Unit.COUNT, Risk.LESS,
        Wording.neutral(
            "{value:kein Besuch|# Besuch|# Besuche} in den letzten 90 Tagen, "
            "sonst {normal:keiner|#|#}"
        ),
        Wording.neutral(
            "{value:no visit|# visit|# visits} in the last 90 days, usually {normal:none|#|#}"
        ),
    ),
    Telling(
        "last_open", "engagement", Unit.DAYS, Risk.MORE,
        Wording(
            raises_alone="seit {value:# Tag|# Tagen} keine Nachricht geöffnet",
            lowers_alone="vor {value:# Tag|# Tagen} eine Nachricht geöffnet",
        ),
        Wording(
            raises_alone="no message opened for {value:# day|# days}",
            lowers_alone="opened a message {value:# day|# days} ago",
        ),
        presumed=_MONTH_DAYS,
    ),
    Telling(
        "last_visit", "engagement", Unit.DAYS, Risk.MORE,
        Wording(
            raises_alone="kein Besuch seit {value:# Tag|# Tagen}",
            lowers_alone="letzter Besuch vor {value:# Tag|# Tagen}",
        ),
        Wording(
            raises_alone="no visit for {value:# day|# days}",
            lowers_alone="last visit {value:# day|# days} ago",
        ),
        presumed=_MONTH_DAYS,
    ),
)  # fmt: skip

_LOYALTY = (
    Telling(
        "points", "loyalty", Unit.POINTS, Risk.LESS,
        Wording.neutral(
            "{value:keine Punkte|# Punkt|# Punkte} in den letzten 90 Tagen gesammelt, "
            "sonst {normal:keine|#|#}"
        ),
        Wording.neutral(
            "{value:no points|# point|# points} earned in the last 90 days, "
            "usually {normal:none|#|#}"
        ),
    ),
    Telling(
        "last_redemption", "loyalty", Unit.DAYS, Risk.MORE,
        Wording(
            raises_alone="seit {value:# Tag|# Tagen} nichts eingelöst",
            lowers_alone="vor {value:# Tag|# Tagen} etwas eingelöst",
        ),
        Wording(
            raises_alone="nothing redeemed for {value:# day|# days}",
            lowers_alone="redeemed something {value:# day|# days} ago",
        ),
        presumed=90,
    ),
)  # fmt: skip

_SERVICE = (
    Telling(
        "open_tickets", "service", Unit.COUNT, Risk.MORE,
        Wording(raises_alone="{value:# offene Serviceanfrage|# offene Serviceanfragen}"),
        Wording(raises_alone="{value:# open service ticket|# open service tickets}"),
        presumed=0,
    ),
    Telling(
        "bad_tickets", "service", Unit.COUNT, Risk.MORE,
        Wording(
            raises_alone="{value:# schlecht bewertete Serviceanfrage|"
            "# schlecht bewertete Serviceanfragen} in den letzten 365 Tagen",
        ),
        Wording(
            raises_alone="{value:# badly rated service ticket|# badly rated service tickets} "
            "in the last 365 days",
        ),
        presumed=0,
    ),
    Telling(
        "repeated_tickets", "service", Unit.COUNT, Risk.MORE,
        Wording(
            raises_alone="{value:# Serviceanfrage|# Serviceanfragen} wieder zum selben Thema",
        ),
        Wording(
            raises_alone="{value:# service ticket|# service tickets} on the same topic again",
        ),
        presumed=0,
    ),
    Telling(
        "tickets", "service", Unit.COUNT, Risk.MORE,
        Wording.neutral(
            alone="{value:keine Serviceanfrage|# Serviceanfrage|# Serviceanfragen} "
            "in den letzten 90 Tagen",
        ),
        Wording.neutral(
            alone="{value:no service ticket|# service ticket|# service tickets} "
            "in the last 90 days",
        ),
        presumed=0,
    ),
    Telling(
        "satisfaction", "service", Unit.COUNT, Risk.LESS,
        Wording.neutral("Zufriedenheit mit dem Service zuletzt {value} von 5, sonst {normal}"),
        Wording.neutral("satisfaction with service lately {value} of 5, usually {normal}"),
    ),
    Telling(
        "ticket_tone", "service", Unit.COUNT, Risk.LESS,
        Wording(
            "Ton der Serviceanfragen zuletzt schlechter als sonst",
            "Ton der Serviceanfragen zuletzt so gut wie sonst oder besser",
        ),
        Wording(
            "tone of service tickets lately worse than usual",
            "tone of service tickets lately as good as usual or better",
        ),
    ),
)  # fmt: skip

_VOICE = (
    Telling(
        "recommendation", "voice", Unit.COUNT, Risk.LESS,
        Wording.neutral("Weiterempfehlung zuletzt {value} von 10, sonst {normal}"),
        Wording.neutral("recommendation score lately {value} of 10, usually {normal}"),
    ),
    Telling(
        "answer_tone", "voice", Unit.COUNT, Risk.LESS,
        Wording(
            "Ton der Umfrageantworten zuletzt schlechter als sonst",
            "Ton der Umfrageantworten zuletzt so gut wie sonst oder besser",
        ),
        Wording(
            "tone of survey answers lately worse than usual",
            "tone of survey answers lately as good as usual or better",
        ),
    ),
    Telling(
        "last_answer", "voice", Unit.DAYS, Risk.MORE,
        Wording(
            raises_alone="seit {value:# Tag|# Tagen} keine Umfrage beantwortet",
            lowers_alone="vor {value:# Tag|# Tagen} eine Umfrage beantwortet",
        ),
        Wording(
            raises_alone="no survey answered for {value:# day|# days}",
            lowers_alone="answered a survey {value:# day|# days} ago",
        ),
        presumed=365,
    ),
)  # fmt: skip

_CONTRACT = (
    # Two months: a usual period of notice, and time to act before it.
    Telling(
        "contract_anniversary", "contract", Unit.DAYS, Risk.LESS,
        Wording.neutral(alone="Vertrag jährt sich {value:heute|in # Tag|in # Tagen}"),
        Wording.neutral(alone="contract anniversary {value:today|in # day|in # days}"),
        presumed=60,
    ),
    Telling(
        "plan_changes", "contract", Unit.COUNT, Risk.MORE,
        Wording(raises_alone="{value:# Tarifwechsel|# Tarifwechsel} in den letzten 365 Tagen"),
        Wording(raises_alone="{value:# change of plan|# changes of plan} in the last 365 days"),
        presumed=0,
    ),
    Telling(
        "contract_end", "contract", Unit.DAYS, Risk.MORE,
        Wording(raises_alone="Vertrag vor {value:# Tag|# Tagen} beendet"),
        Wording(raises_alone="contract ended {value:# day|# days} ago"),
        presumed=0,
    ),
    Telling(
        "contract_age", "contract", Unit.DAYS, Risk.EITHER,
        Wording.neutral(alone="Vertrag läuft seit {value:# Tag|# Tagen}"),
        Wording.neutral(alone="contract running for {value:# day|# days}"),
    ),
)  # fmt: skip

_PRESSURE = (
    Telling(
        "messages", "pressure", Unit.COUNT, Risk.EITHER,
        Wording.neutral(
            "{value:keine Nachricht|# Nachricht|# Nachrichten} von uns in den letzten 90 Tagen, "
            "sonst {normal:keine|#|#}"
        ),
        Wording.neutral(
            "{value:no message|# message|# messages} from us in the last 90 days, "
            "usually {normal:none|#|#}"
        ),
    ),
    Telling(
        "contacts", "pressure", Unit.COUNT, Risk.EITHER,
        Wording.neutral(
            alone="{value:kein Kampagnenkontakt|# Kampagnenkontakt|# Kampagnenkontakte} "
            "in den letzten 30 Tagen",
        ),
        Wording.neutral(
            alone="{value:no campaign contact|# campaign contact|# campaign contacts} "
            "in the last 30 days",
        ),
    ),
)  # fmt: skip

CONTACT_TELLINGS = (*_ENGAGEMENT, *_LOYALTY, *_SERVICE, *_VOICE, *_CONTRACT, *_PRESSURE)
