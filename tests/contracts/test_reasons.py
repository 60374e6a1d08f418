"""Reasons as sentences: every one of them, in German and English, and when they may be told."""

from __future__ import annotations

import numpy as np
import pytest

from contracts.reasons import (
    MEANINGS,
    NEVER_TOLD,
    ORDER_HISTORY,
    TELLINGS,
    Direction,
    Telling,
    sentence,
    tellable,
)

R, L = Direction.RAISES, Direction.LOWERS

# code, value, own normal, direction, German, English
GOLDEN: list[tuple[str, float, float | None, Direction, str, str]] = [
    ("silence", 74, 31, R, "kein Kauf seit 74 Tagen, sonst alle 31",
     "no order for 74 days, usually every 31"),
    ("silence", 3, 1, R, "kein Kauf seit 3 Tagen, sonst täglich",
     "no order for 3 days, usually every day"),
    ("silence", 1, 9.5, L, "letzter Kauf vor 1 Tag, sonst alle 10",
     "last order 1 day ago, usually every 10"),
    ("silence", 1234, None, R, "kein Kauf seit 1.234 Tagen", "no order for 1,234 days"),
    ("silence", 8, None, L, "letzter Kauf vor 8 Tagen", "last order 8 days ago"),
    ("usual_gap", 90.5, None, R, "kauft meist alle 90 Tage", "usually orders every 90 days"),
    ("usual_gap", 1, None, L, "kauft meist täglich", "usually orders every day"),
    ("last_gap", 60, 31, R, "vor dem letzten Kauf 60 Tage Pause, sonst 31",
     "60 days between the last two orders, usually 31"),
    ("last_gap", 1, 31, L, "vor dem letzten Kauf 1 Tag Pause, sonst 31",
     "1 day between the last two orders, usually 31"),
    ("order_count", 1, None, R, "bisher erst 1 Bestellung", "only 1 order so far"),
    ("order_count", 24, None, L, "bisher 24 Bestellungen", "24 orders so far"),
    ("newness", 45, None, R, "erster Kauf erst vor 45 Tagen", "first order only 45 days ago"),
    ("newness", 900, None, L, "erster Kauf schon vor 900 Tagen",
     "first order already 900 days ago"),
    ("orders_30d", 1, 2.36, R, "1 Bestellung in den letzten 30 Tagen, sonst 2,4",
     "1 order in the last 30 days, usually 2.4"),
    ("orders_90d", 5, 0.02, L, "5 Bestellungen in den letzten 90 Tagen, sonst keine",
     "5 orders in the last 90 days, usually none"),
    ("orders_180d", 4, None, L, "4 Bestellungen in den letzten 180 Tagen",
     "4 orders in the last 180 days"),
    ("spend_30d", 12.5, 80, R, "12,50 € Umsatz in den letzten 30 Tagen, sonst 80,00 €",
     "€12.50 spent in the last 30 days, usually €80.00"),
    ("spend_90d", 1234.567, 80, L, "1.234,57 € Umsatz in den letzten 90 Tagen, sonst 80,00 €",
     "€1,234.57 spent in the last 90 days, usually €80.00"),
    ("spend_180d", 9.99, 20, R, "9,99 € Umsatz in den letzten 180 Tagen, sonst 20,00 €",
     "€9.99 spent in the last 180 days, usually €20.00"),
    ("last_order_value", 12.5, 31, R, "letzter Kauf 12,50 €, sonst 31,00 €",
     "last order €12.50, usually €31.00"),
    ("order_value", 31, None, R, "im Schnitt 31,00 € je Bestellung", "€31.00 per order on average"),
    ("lines_per_order", 1, 3.25, R, "zuletzt 1 Position je Bestellung, sonst 3,2",
     "lately 1 line per order, usually 3.2"),
    ("habits", 0.2, 0.8, R, "zuletzt 20 % aus gewohnten Warengruppen, sonst 80 %",
     "lately 20% from familiar categories, usually 80%"),
    ("categories", 2, 8, R, "in den letzten 90 Tagen aus 2 von 8 Warengruppen",
     "in the last 90 days from 2 of 8 categories"),
    ("discounts", 0.054, 0.2, R, "Rabattanteil zuletzt 5 %, sonst 20 %",
     "discounts lately 5% of the price, usually 20%"),
    ("discount_share", 0.35, None, R, "Rabattanteil 35 %", "discounts 35% of the price"),
    ("refunds", 2, None, R, "2 Erstattungen in den letzten 365 Tagen",
     "2 refunds in the last 365 days"),
    ("store_orders", 0.1, 0.6, R, "im Laden zuletzt 10 % der Bestellungen, sonst 60 %",
     "in the store lately 10% of the orders, usually 60%"),
    ("web_orders", 0.1, 0.6, L, "im Webshop zuletzt 10 % der Bestellungen, sonst 60 %",
     "in the web shop lately 10% of the orders, usually 60%"),
    ("app_orders", 1, 0.6, L, "in der App zuletzt 100 % der Bestellungen, sonst 60 %",
     "in the app lately 100% of the orders, usually 60%"),
    ("opens", 0.05, 0.4, R, "Öffnungsrate zuletzt 5 %, sonst 40 %",
     "open rate lately 5%, usually 40%"),
    ("clicks", 0, 0.1, R, "Klickrate zuletzt 0 %, sonst 10 %",
     "click rate lately 0%, usually 10%"),
    ("visits", 0, 2.4, R, "kein Besuch in den letzten 90 Tagen, sonst 2,4",
     "no visit in the last 90 days, usually 2.4"),
    ("visits", 1, 0, L, "1 Besuch in den letzten 90 Tagen, sonst keiner",
     "1 visit in the last 90 days, usually none"),
    ("last_open", 64, None, R, "seit 64 Tagen keine Nachricht geöffnet",
     "no message opened for 64 days"),
    ("last_open", 2, None, L, "vor 2 Tagen eine Nachricht geöffnet",
     "opened a message 2 days ago"),
    ("last_visit", 40, None, R, "kein Besuch seit 40 Tagen", "no visit for 40 days"),
    ("last_visit", 1, None, L, "letzter Besuch vor 1 Tag", "last visit 1 day ago"),
    ("points", 0, 400, R, "keine Punkte in den letzten 90 Tagen gesammelt, sonst 400",
     "no points earned in the last 90 days, usually 400"),
    ("last_redemption", 200, None, R, "seit 200 Tagen nichts eingelöst",
     "nothing redeemed for 200 days"),
    ("last_redemption", 5, None, L, "vor 5 Tagen etwas eingelöst",
     "redeemed something 5 days ago"),
    ("open_tickets", 1, None, R, "1 offene Serviceanfrage", "1 open service ticket"),
    ("bad_tickets", 2, None, R, "2 schlecht bewertete Serviceanfragen in den letzten 365 Tagen",
     "2 badly rated service tickets in the last 365 days"),
    ("repeated_tickets", 2, None, R, "2 Serviceanfragen wieder zum selben Thema",
     "2 service tickets on the same topic again"),
    ("tickets", 3, None, R, "3 Serviceanfragen in den letzten 90 Tagen",
     "3 service tickets in the last 90 days"),
    ("tickets", 0, None, L, "keine Serviceanfrage in den letzten 90 Tagen",
     "no service ticket in the last 90 days"),
    ("satisfaction", 2, 4.1, R, "Zufriedenheit mit dem Service zuletzt 2 von 5, sonst 4,1",
     "satisfaction with service lately 2 of 5, usually 4.1"),
    ("ticket_tone", -0.5, 0.4, R, "Ton der Serviceanfragen zuletzt schlechter als sonst",
     "tone of service tickets lately worse than usual"),
    ("ticket_tone", 0.5, 0.4, L, "Ton der Serviceanfragen zuletzt so gut wie sonst oder besser",
     "tone of service tickets lately as good as usual or better"),
    ("recommendation", 4, 8, R, "Weiterempfehlung zuletzt 4 von 10, sonst 8",
     "recommendation score lately 4 of 10, usually 8"),
    ("answer_tone", -0.5, 0.4, R, "Ton der Umfrageantworten zuletzt schlechter als sonst",
     "tone of survey answers lately worse than usual"),
    ("answer_tone", 0.5, 0.4, L, "Ton der Umfrageantworten zuletzt so gut wie sonst oder besser",
     "tone of survey answers lately as good as usual or better"),
    ("last_answer", 400, None, R, "seit 400 Tagen keine Umfrage beantwortet",
     "no survey answered for 400 days"),
    ("last_answer", 30, None, L, "vor 30 Tagen eine Umfrage beantwortet",
     "answered a survey 30 days ago"),
    ("contract_anniversary", 0, None, R, "Vertrag jährt sich heute", "contract anniversary today"),
    ("contract_anniversary", 1, None, R, "Vertrag jährt sich in 1 Tag",
     "contract anniversary in 1 day"),
    ("contract_anniversary", 200, None, L, "Vertrag jährt sich in 200 Tagen",
     "contract anniversary in 200 days"),
    ("plan_changes", 1, None, R, "1 Tarifwechsel in den letzten 365 Tagen",
     "1 change of plan in the last 365 days"),
    ("contract_end", 20, None, R, "Vertrag vor 20 Tagen beendet", "contract ended 20 days ago"),
    ("contract_age", 700, None, L, "Vertrag läuft seit 700 Tagen",
     "contract running for 700 days"),
    ("messages", 12, 4.2, R, "12 Nachrichten von uns in den letzten 90 Tagen, sonst 4,2",
     "12 messages from us in the last 90 days, usually 4.2"),
    ("messages", 0, 4.2, R, "keine Nachricht von uns in den letzten 90 Tagen, sonst 4,2",
     "no message from us in the last 90 days, usually 4.2"),
    ("contacts", 5, None, R, "5 Kampagnenkontakte in den letzten 30 Tagen",
     "5 campaign contacts in the last 30 days"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "normal", "direction", "german", "english"), GOLDEN)
def test_reason_reads_well(
    code: str, value: float, normal: float | None, direction: Direction, german: str, english: str
) -> None:
    assert sentence(code, value, normal, direction, language="de", currency="EUR") == german
    assert sentence(code, value, normal, direction, language="en", currency="EUR") == english


def test_every_sentence_has_been_read() -> None:
    read = {
        TELLINGS[code].german.pick(direction, alone=normal is None)
        for code, _, normal, direction, _, _ in GOLDEN
    }
    # Windows differ by their number only.
    for telling in TELLINGS.values():
        if telling.meaning not in {"frequency", "spend"}:
            assert sentences(telling) <= read, telling.code
    assert {code for code, *_ in GOLDEN} == set(TELLINGS)


def sentences(telling: Telling) -> set[str]:
    return {
        telling.german.pick(direction, alone=alone)
        for direction in (R, L)
        for alone in (True, False)
    } - {""}


@pytest.mark.parametrize("telling", TELLINGS.values(), ids=lambda telling: telling.code)
def test_what_is_told_in_german_is_told_in_english(telling: Telling) -> None:
    for direction in (R, L):
        for alone in (True, False):
            in_both = [
                bool(each.pick(direction, alone=alone))
                for each in (telling.german, telling.english)
            ]
            assert in_both in ([True, True], [False, False])


@pytest.mark.parametrize(
    ("currency", "german", "english"),
    [
        ("EUR", "1.234,50 €", "€1,234.50"),
        ("USD", "1.234,50 $", "$1,234.50"),
        ("CHF", "1.234,50 CHF", "CHF 1,234.50"),
    ],
)
def test_money_is_written_as_the_language_does(currency: str, german: str, english: str) -> None:
    assert german in sentence("spend_90d", 1234.5, 1, L, language="de", currency=currency)
    assert english in sentence("spend_90d", 1234.5, 1, L, language="en", currency=currency)


def test_negative_money_keeps_its_sign() -> None:
    assert (
        sentence("last_order_value", -5, 31, R, language="de", currency="EUR")
        == "letzter Kauf -5,00 €, sonst 31,00 €"
    )
    assert (
        sentence("last_order_value", -5, 31, R, language="en", currency="EUR")
        == "last order -€5.00, usually €31.00"
    )


def told(code: str, value: float, normal: float, direction: Direction) -> tuple[bool, bool]:
    compared, alone = tellable(
        TELLINGS[code], np.array([value]), np.array([normal]), raises=np.array([direction is R])
    )
    return bool(compared[0]), bool(alone[0])


NAN = float("nan")


@pytest.mark.parametrize(
    ("code", "value", "normal", "direction", "compared", "alone"),
    [
        ("silence", 74, 31, R, True, True),
        ("silence", 32, 31, R, False, True),  # a day more than usual explains nothing
        ("silence", 20, 90, R, False, True),  # sparse buyers: the silence counts, not the rhythm
        ("silence", 20, 90, L, True, True),
        ("silence", 74, 31, L, False, True),
        ("silence", 74, NAN, R, False, True),
        ("silence", NAN, 31, R, False, False),
        ("orders_90d", 2, 5, R, True, False),
        ("orders_90d", 2, 5, L, False, True),
        ("orders_90d", 0, 5, R, False, False),  # that is silence
        ("orders_90d", 5, 2, L, True, True),
        ("visits", 0, 0, L, False, False),  # nothing, as ever
        ("visits", 0, 0.04, R, False, False),
        ("open_tickets", 1, NAN, R, False, True),
        ("open_tickets", 0, NAN, R, False, False),
        ("open_tickets", 0, NAN, L, False, False),
        ("tickets", 0, NAN, L, False, True),
        ("discounts", 0.2, 0.2, R, False, False),
        ("discounts", 0.1, 0.2, L, True, False),
        ("discounts", 0.1, NAN, L, False, False),
        ("order_count", 2, NAN, R, False, True),
        ("order_count", 24, NAN, R, False, False),
        ("order_count", 24, NAN, L, False, True),
        ("newness", 30, NAN, L, False, False),
    ],
)
def test_fact_is_told_only_where_it_speaks_for_the_direction(
    code: str, value: float, normal: float, direction: Direction, compared: bool, alone: bool
) -> None:
    assert told(code, value, normal, direction) == (compared, alone)


def test_meanings_that_are_never_told_have_no_sentence() -> None:
    assert not {telling.meaning for telling in TELLINGS.values()} & set(NEVER_TOLD)
    assert ORDER_HISTORY in MEANINGS
