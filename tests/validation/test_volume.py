"""The size of a table against its own history."""

from __future__ import annotations

import pytest

from contracts.rules import Severity
from validation.settings import ValidationSettings
from validation.volume import Volume, check_volumes

SETTINGS = ValidationSettings()


def codes(volume: Volume, *, accepted: tuple[str, ...] = ()) -> list[str]:
    return [finding.code for finding in check_volumes([volume], SETTINGS, accepted=accepted)]


def sizes(before: int, after: int) -> Volume:
    return Volume(table="orders", before=before, after=after)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (1_000, 800, []),
        (1_000, 799, ["shrunk"]),
        (1_000, 0, ["shrunk"]),
        (1_000, 3_000, []),
        (1_000, 3_001, ["grown"]),
        (1_000, 1_000, []),
        # No history, or one too small to be a measure.
        (0, 50_000, []),
        (99, 1, []),
        (99, 0, ["shrunk"]),
        (99, 5_000, []),
        (100, 0, ["shrunk"]),
    ],
)
def test_a_delivery_may_shrink_a_table_by_a_fifth_and_treble_it(
    before: int, after: int, found: list[str]
) -> None:
    assert codes(sizes(before, after)) == found


def test_limits_are_settings() -> None:
    strict = ValidationSettings(max_shrinking=0.05, max_growth=0.1)
    volumes = [sizes(1_000, 940), sizes(1_000, 1_110)]

    assert [f.code for f in check_volumes(volumes, strict)] == ["shrunk", "grown"]


def test_accepted_table_is_not_measured_and_others_are() -> None:
    volumes = [sizes(1_000, 10), Volume(table="customers", before=1_000, after=10)]

    (finding,) = check_volumes(volumes, SETTINGS, accepted=["orders"])

    assert finding.table == "customers"


def test_shrunk_table_stops_with_figures_and_how_to_accept() -> None:
    (finding,) = check_volumes([sizes(10_000, 7_000)], SETTINGS)

    assert finding.describe() == (
        "Stop: table `orders`: 10,000 rows before this delivery, 7,000 with it: 30 % fewer. Check "
        "that the delivery is complete, or accept it: `stammkunde ingest --accept-volume orders`."
    )
    assert finding.rule == "a delivery takes at most 20 % of the rows away"


def test_grown_table_stops_with_figures_and_how_to_accept() -> None:
    (finding,) = check_volumes([sizes(10_000, 40_000)], SETTINGS)

    assert finding.describe() == (
        "Stop: table `orders`: 10,000 rows before this delivery, 40,000 with it: 300 % more. Check "
        "that the delivery holds nothing twice, or accept it: "
        "`stammkunde ingest --accept-volume orders`."
    )


@pytest.mark.parametrize(
    ("delivered", "found"),
    [
        (99, ["small_delivery"]),
        (100, []),
        (1_000, []),
        (2_000, []),
        (2_001, ["large_delivery"]),
        (0, ["small_delivery"]),
    ],
)
def test_increment_unlike_all_before_it_is_a_warning(delivered: int, found: list[str]) -> None:
    # A quiet Sunday and a sale have been before.
    volume = Volume(
        table="orders",
        before=100_000,
        after=100_000 + delivered,
        delivered=delivered,
        earlier=(500, 200, 510, 1_000, 490),
    )

    findings = check_volumes([volume], SETTINGS)

    assert [finding.code for finding in findings] == found
    assert {finding.severity for finding in findings} <= {Severity.WARN}


def test_unusual_increment_is_told_with_what_was_usual() -> None:
    volume = Volume(
        table="orders", before=9_000, after=9_010, delivered=10, earlier=(500, 400, 510, 480, 490)
    )

    (finding,) = check_volumes([volume], SETTINGS)

    assert finding.describe() == (
        "Warning: table `orders`: 10 rows delivered; the last 5 deliveries had between 400 and "
        "510. Check that the delivery is complete."
    )


def test_nothing_is_usual_before_five_deliveries_or_of_a_few_rows() -> None:
    for earlier in [(500, 400, 510, 480), (9, 8, 10, 12, 11)]:
        volume = Volume(table="orders", before=50, after=50, delivered=0, earlier=earlier)
        assert codes(volume) == []


def test_an_empty_delivery_before_excuses_no_small_one() -> None:
    earlier = (500, 200, 0, 510, 1_000, 0, 490)
    volume = Volume(table="orders", before=900, after=910, delivered=10, earlier=earlier)
    assert codes(volume) == ["small_delivery"]


def test_only_the_last_thirty_deliveries_are_usual() -> None:
    grown_since = (100,) + (1_000,) * 30
    volume = Volume(table="orders", before=50, after=50, delivered=400, earlier=grown_since)

    assert codes(volume) == ["small_delivery"]
