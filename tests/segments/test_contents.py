"""Who of the members of segments is in a file: nobody without consent, nobody of the holdout."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from contracts.economics import EconomicsSettings
from contracts.scores import SCORE_COLUMNS
from segments.contents import Contents, Draw, gather
from segments.rules import SegmentRule
from segments.settings import SegmentSettings
from tests.made import canonical

AS_OF = date(2024, 7, 1)
NOBODY = pa.chunked_array([[]], pa.string())
ECONOMICS = EconomicsSettings(contact_cost=1.0, offer_cost=5.0, acceptance=0.5)
EVERYBODY = SegmentSettings(
    holdout_share=0, named={"all": SegmentRule(condition="TRUE", label="A-1", action="x")}
)


def scores(*rows: Mapping[str, Any]) -> ir.Table:
    told = {"as_of": AS_OF, "run_id": "run1", "is_cold_start": False, "lifecycle_stage": "active"}
    always = {**dict.fromkeys(SCORE_COLUMNS), **told, "churn_probability": 0.5, "clv": 10.0}
    return ibis.memtable([{**always, **row} for row in rows], schema=SCORE_COLUMNS)


def base(customers: int) -> ir.Table:
    return scores(*({"customer_id": f"c{number}"} for number in range(customers)))


def ledger(*entries: tuple[str, str, str | None, str, int]) -> ir.Table:
    return canonical(
        "consents",
        [
            {
                "customer_id": name, "purpose": purpose, "channel": channel, "status": status,
                "changed_at": datetime.fromisoformat(f"2024-06-{day:02}"),
            }
            for name, purpose, channel, status, day in entries
        ],
    )  # fmt: skip


def gathered(
    scored: ir.Table,
    consents: ir.Table | None = None,
    *,
    settings: SegmentSettings = EVERYBODY,
    before: Mapping[str, str] | None = None,
) -> Contents:
    return gather(
        scored, consents, told=NOBODY, settings=settings, economics=ECONOMICS,
        draw=Draw("key", before or {}),
    )  # fmt: skip


def named(contents: Contents, segment: str = "all") -> list[str]:
    found: list[str] = contents.segments[segment]["customer_id"].to_pylist()
    return sorted(found)


def by_channel(channel: str | None, purpose: str = "marketing") -> SegmentSettings:
    rule = SegmentRule.model_validate(
        {"condition": "TRUE", "label": "A-1", "channel": channel, "purpose": purpose}
    )
    return SegmentSettings(holdout_share=0, named={"all": rule})


def test_unknown_means_no_and_reasons_are_counted() -> None:
    consents = ledger(
        ("c0", "marketing", "email", "granted", 1), ("c1", "marketing", "email", "withdrawn", 1),
        ("c2", "marketing", None, "objected", 1), ("c3", "marketing", "email", "perhaps", 1),
        ("c4", "ad_matching", "email", "granted", 1),
    )  # fmt: skip
    found = gathered(base(6), consents)
    assert named(found) == ["c0"]
    assert found.withheld == {
        "consent not readable": 1, "no consent known": 2, "objected": 1, "withdrawn": 1,
    }  # fmt: skip


def test_each_purpose_and_channel_needs_its_own_consent() -> None:
    consents = ledger(
        ("c0", "marketing", "email", "granted", 1), ("c0", "marketing", "phone", "withdrawn", 2),
        ("c1", "marketing", "phone", "granted", 1), ("c2", "ad_matching", None, "granted", 1),
    )  # fmt: skip
    assert named(gathered(base(3), consents, settings=by_channel("email"))) == ["c0"]
    assert named(gathered(base(3), consents, settings=by_channel("phone"))) == ["c1"]
    assert named(gathered(base(3), consents, settings=by_channel(None))) == ["c1"]
    matching = by_channel("email", "ad_matching")
    assert named(gathered(base(3), consents, settings=matching)) == ["c2"]


def test_every_row_carries_the_entry_that_permits_it() -> None:
    consents = ledger(
        ("c0", "marketing", "email", "granted", 1), ("c0", "marketing", "email", "granted", 5)
    )
    (row,) = gathered(base(1), consents).segments["all"].to_pylist()
    assert row["consent_at"] == datetime.fromisoformat("2024-06-05")
    assert len(row["consent_entry"]) == 16


def test_who_objects_to_profiling_meanwhile_is_nowhere() -> None:
    consents = ledger(
        ("c0", "marketing", None, "granted", 1), ("c1", "marketing", None, "granted", 1),
        ("c1", "profiling", None, "objected", 2),
    )  # fmt: skip
    found = gathered(base(2), consents)
    assert named(found) == ["c0"]
    assert found.scores["customer_id"].to_pylist() == ["c0"]
    assert found.contacts["customer_id"].to_pylist() == ["c0"]
    assert found.stages == {"active": 1}


def test_without_a_ledger_nobody_is_withheld_and_nothing_is_proven() -> None:
    found = gathered(base(3))
    assert named(found) == ["c0", "c1", "c2"]
    assert found.withheld == {}
    assert set(found.segments["all"]["consent_entry"].to_pylist()) == {None}


def test_the_holdout_is_in_no_file_and_in_the_treatment_log() -> None:
    settings = EVERYBODY.model_copy(update={"holdout_share": 0.1})
    found = gathered(base(1_000), settings=settings)
    log = found.contacts.to_pylist()
    held = {row["customer_id"] for row in log if row["arm"] == "holdout"}
    assert abs(len(held) - 100) <= 1
    assert found.withheld == {"holdout": len(held)}
    assert held.isdisjoint(named(found))
    assert {row["customer_id"] for row in log if row["arm"] == "treated"} == set(named(found))
    assert {row["campaign_id"] for row in log} == {"all 2024-07-01"}
    assert found.arms.num_rows == 1_000
    later = {row["customer_id"]: row["arm"] for row in found.arms.to_pylist()}
    again = gathered(base(1_100), settings=settings, before=later)
    assert held <= {
        row["customer_id"] for row in again.contacts.to_pylist() if row["arm"] == "holdout"
    }
    assert again.arms.num_rows == 100


def test_whoever_is_withheld_is_a_member_and_who_objects_to_profiling_is_not() -> None:
    rule = SegmentRule(condition="clv > 5", label="A-1", cap=1)
    settings = SegmentSettings(holdout_share=0, named={"rich": rule})
    consents = ledger(
        ("c0", "marketing", None, "granted", 1), ("c1", "marketing", None, "granted", 1),
        ("c2", "marketing", None, "objected", 1), ("c3", "profiling", None, "objected", 1),
    )  # fmt: skip
    scored = scores(*({"customer_id": f"c{n}", "clv": 9.0 - 2 * (n == 4)} for n in range(6)),
                    {"customer_id": "c6", "clv": 1.0})  # fmt: skip
    found = gathered(scored, consents, settings=settings)
    assert len(named(found, "rich")) == 1
    members = {row["customer_id"]: row["segment"] for row in found.members.to_pylist()}
    assert members == {**dict.fromkeys(["c0", "c1", "c2", "c4", "c5"], "rich"), "c6": None}


def test_lists_for_people_who_phone_have_no_holdout() -> None:
    rule = SegmentRule(condition="TRUE", label="A-1", is_advice=True)
    settings = SegmentSettings(holdout_share=0.5, named={"all": rule})
    found = gathered(base(50), settings=settings, before={"c1": "holdout"})
    assert len(named(found)) == 50
    assert set(found.contacts["arm"].to_pylist()) == {"treated"}


def test_a_cap_keeps_those_of_the_highest_expected_profit() -> None:
    rule = SegmentRule(condition="TRUE", label="A-1", cap=2, offer_cost=2.0)
    settings = SegmentSettings(holdout_share=0, named={"all": rule})
    rows: list[dict[str, Any]] = [
        {"customer_id": f"c{n}", "churn_probability": n / 10, "clv": 20.0} for n in range(5)
    ]
    found = gathered(scores(*rows), settings=settings)
    assert named(found) == ["c3", "c4"]
    assert found.withheld == {"over the cap": 3}
    profit = {
        row["customer_id"]: row["expected_profit"] for row in found.segments["all"].to_pylist()
    }
    # p a (v - d) - (1 - p) d - f, with p 0.4, a 0.5, v 20, d 2, f 1
    assert profit["c4"] == Decimal("1.40")


def test_a_cap_does_not_count_whom_consent_keeps_out() -> None:
    rule = SegmentRule(condition="TRUE", label="A-1", cap=1)
    settings = SegmentSettings(holdout_share=0, named={"all": rule})
    rows = [{"customer_id": f"c{n}", "churn_probability": n / 10, "clv": 20.0} for n in range(3)]
    consents = ledger(("c1", "marketing", None, "granted", 1))
    assert named(gathered(scores(*rows), consents, settings=settings)) == ["c1"]


def test_file_shows_rounded_numbers_best_first() -> None:
    rows: list[dict[str, Any]] = [
        {
            "customer_id": "c1",
            "clv": 10.004,
            "churn_probability": 0.123_46,
            "churn_percentile": 7.04,
        },
        {"customer_id": "c2", "clv": 99.995_1, "churn_probability": 1.0, "churn_percentile": 100.0},
        {"customer_id": "c3", "clv": None},
        {"customer_id": "c4", "clv": 10.004, "days_overdue": -3.6},
    ]
    file = gathered(scores(*rows)).segments["all"]
    assert file.column_names == [
        "customer_id", "segment", "action", "as_of", "lifecycle_stage", "churn_probability",
        "churn_percentile", "clv", "days_overdue", "expected_profit", "consent_entry",
        "consent_at",
    ]  # fmt: skip
    shown = file.to_pylist()
    assert [row["customer_id"] for row in shown] == ["c2", "c1", "c4", "c3"]
    assert [row["clv"] for row in shown] == [
        Decimal("100.00"), Decimal("10.00"), Decimal("10.00"), None,
    ]  # fmt: skip
    assert [row["churn_probability"] for row in shown][:2] == [Decimal("1.0000"), Decimal("0.1235")]
    assert [row["churn_percentile"] for row in shown][:2] == [Decimal("100.0"), Decimal("7.0")]
    assert [row["days_overdue"] for row in shown] == [None, None, -4, None]
    assert {(row["as_of"], row["action"]) for row in shown} == {(AS_OF, "x")}


PURPOSES = ("marketing", "ad_matching", "profiling")
ENTRY = st.tuples(
    st.sampled_from([f"c{number}" for number in range(5)]),
    st.sampled_from(PURPOSES),
    st.sampled_from([None, "email", "phone"]),
    st.sampled_from(["granted", "withdrawn", "objected", "?"]),
    st.integers(1, 4),
)


@pytest.mark.parametrize("channel", [None, "email", "phone"])
@examples(deadline=None, max_examples=15)
@given(entries=st.lists(ENTRY, min_size=1, max_size=15))
def test_whatever_was_said_a_file_has_only_who_said_yes(
    entries: Sequence[tuple[str, str, str | None, str, int]], channel: str | None
) -> None:
    """The ledger read by hand: the newest words on the purpose, by the channels that count."""
    found = gathered(base(5), ledger(*entries), settings=by_channel(channel))
    words: dict[tuple[str, str, str | None], dict[int, set[str]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for name, purpose, of, status, day in entries:
        words[name, purpose, of][day].add(status)

    def newest(*groups: tuple[str, str, str | None]) -> set[str]:
        days = [(day, said) for group in groups for day, said in words.get(group, {}).items()]
        last = max((day for day, _ in days), default=0)
        return set().union(*(said for day, said in days if day == last))

    for number in range(5):
        name = f"c{number}"
        profiling = [newest((name, "profiling", of)) for of in (None, "email", "phone")]
        may_profile = all(said <= {"granted"} for said in profiling)
        if channel is None:
            each = [newest((name, "marketing", of)) for of in (None, "email", "phone")]
            may_write = any(each) and all(said <= {"granted"} for said in each)
        else:
            said = newest((name, "marketing", None), (name, "marketing", channel))
            may_write = said == {"granted"}
        assert (name in named(found)) == (may_profile and may_write)
        assert (name in found.scores["customer_id"].to_pylist()) == may_profile
