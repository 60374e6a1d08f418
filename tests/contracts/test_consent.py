from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime

import ibis.expr.types as ir
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from contracts.consent import decided, granted, refused, standing_entries
from tests.made import canonical


@dataclass(frozen=True)
class Entry:
    """One row of the ledger."""

    customer_id: str
    status: str
    changed_at: datetime
    channel: str | None = "email"
    purpose: str = "marketing"


def entry(customer: str, status: str, day: int, channel: str | None = "email") -> Entry:
    return Entry(customer, status, datetime.fromisoformat(f"2024-01-{day:02}"), channel)


def ledger(*entries: Entry) -> ir.Table:
    return canonical("consents", [asdict(entry) for entry in entries])


def customers(engine: Backend, found: ir.Table) -> list[str]:
    """Return the customers, sorted, as often as they are in the table."""
    assert found.columns == ("customer_id",)
    return sorted(row["customer_id"] for row in engine.to_pyarrow(found).to_pylist())


def test_newest_entry_decides(engine: Backend) -> None:
    consents = ledger(
        entry("c1", "withdrawn", 1), entry("c1", "granted", 2),
        entry("c2", "withdrawn", 2), entry("c2", "granted", 1),
    )  # fmt: skip
    assert customers(engine, granted(consents, "marketing")) == ["c1"]
    assert customers(engine, refused(consents, "marketing")) == ["c2"]


@pytest.mark.parametrize("refusal", ["withdrawn", "objected"])
def test_a_refusal_breaks_a_tie(engine: Backend, refusal: str) -> None:
    at_once = [entry("c1", "granted", 1), entry("c1", refusal, 1)]
    for entries in (at_once, at_once[::-1]):
        assert customers(engine, granted(ledger(*entries), "marketing")) == []
        assert customers(engine, refused(ledger(*entries), "marketing")) == ["c1"]


def test_unknown_is_neither_granted_nor_refused(engine: Backend) -> None:
    consents = ledger(entry("c1", "granted", 1))
    assert "c2" not in customers(engine, granted(consents, "marketing"))
    assert "c2" not in customers(engine, refused(consents, "marketing"))


def test_empty_ledger_grants_nothing(engine: Backend) -> None:
    assert customers(engine, granted(ledger(), "marketing")) == []


@pytest.mark.parametrize("refusing_channel", ["phone", None])
def test_refusal_on_one_channel_withholds_the_customer(
    engine: Backend, refusing_channel: str | None
) -> None:
    consents = ledger(
        entry("c1", "objected", 1, refusing_channel), entry("c1", "granted", 2, "email")
    )
    assert customers(engine, granted(consents, "marketing")) == []
    assert customers(engine, refused(consents, "marketing")) == ["c1"]


def test_entries_for_all_channels_follow_each_other_too(engine: Backend) -> None:
    consents = ledger(entry("c1", "objected", 1, None), entry("c1", "granted", 2, None))
    assert customers(engine, granted(consents, "marketing")) == ["c1"]


def test_consent_to_another_purpose_says_nothing(engine: Backend) -> None:
    profiling = Entry("c1", "granted", datetime.fromisoformat("2024-01-01"), purpose="profiling")
    assert customers(engine, granted(ledger(profiling), "marketing")) == []
    assert customers(engine, granted(ledger(profiling), "profiling")) == ["c1"]


def test_one_standing_entry_is_left_per_customer_and_channel(engine: Backend) -> None:
    consents = ledger(
        entry("c1", "granted", 1), entry("c1", "withdrawn", 3), entry("c1", "granted", 2),
        entry("c1", "granted", 1, "phone"), entry("c2", "granted", 1),
    )  # fmt: skip
    standing = engine.to_pyarrow(standing_entries(consents, "marketing")).to_pylist()
    assert sorted((row["customer_id"], row["channel"], row["is_refused"]) for row in standing) == [
        ("c1", "email", True), ("c1", "phone", False), ("c2", "email", False),
    ]  # fmt: skip


def stated(entries: list[Entry], purpose: str) -> tuple[set[str], set[str]]:
    """Return who granted and who refused `purpose`, worked out in plain Python."""
    histories: defaultdict[tuple[str, str | None], list[Entry]] = defaultdict(list)
    for one in entries:
        if one.purpose == purpose:
            histories[one.customer_id, one.channel].append(one)
    refusing = set()
    for (customer, _), history in histories.items():
        newest = max(one.changed_at for one in history)
        if any(one.status != "granted" for one in history if one.changed_at == newest):
            refusing.add(customer)
    return {customer for customer, _ in histories} - refusing, refusing


ENTRIES = st.builds(
    Entry,
    customer_id=st.sampled_from([f"c{number}" for number in range(1, 9)]),
    status=st.sampled_from(["granted", "withdrawn", "objected"]),
    changed_at=st.sampled_from([datetime.fromisoformat(f"2024-01-0{day}") for day in (1, 2, 3)]),
    channel=st.sampled_from(["email", "phone", None]),
    purpose=st.sampled_from(["marketing", "profiling"]),
)


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entries=st.lists(ENTRIES, max_size=60))
def test_any_history_is_read_as_plain_python_reads_it(
    engine: Backend, entries: list[Entry]
) -> None:
    granting, refusing = stated(entries, "marketing")
    assert customers(engine, granted(ledger(*entries), "marketing")) == sorted(granting)
    assert customers(engine, refused(ledger(*entries), "marketing")) == sorted(refusing)


def test_what_cannot_be_read_is_not_consent(engine: Backend) -> None:
    unreadable = [
        {**asdict(entry("no status", "granted", 2)), "status": None},
        asdict(entry("no status", "granted", 1)),
        {**asdict(entry("no time", "objected", 1)), "changed_at": None},
        asdict(entry("no time", "granted", 3)),
    ]
    consents = canonical("consents", unreadable)
    assert customers(engine, granted(consents, "marketing")) == []
    assert customers(engine, refused(consents, "marketing")) == ["no status", "no time"]


CHANNELS = (None, "email", "phone")


def decisions(engine: Backend, consents: ir.Table, channel: str) -> dict[str, dict[str, object]]:
    rows = engine.to_pyarrow(decided(consents, "marketing", channel)).to_pylist()
    assert len({row["customer_id"] for row in rows}) == len(rows)
    return {row.pop("customer_id"): row for row in rows}


def test_a_channel_has_what_was_said_of_it_or_of_all(engine: Backend) -> None:
    consents = ledger(
        entry("c1", "granted", 1, "email"), entry("c1", "withdrawn", 2, "phone"),
        entry("c2", "granted", 1, "email"), entry("c2", "objected", 2, None),
        entry("c3", "objected", 1, None), entry("c3", "granted", 2, "Email"),
    )  # fmt: skip
    by_mail, by_phone = (decisions(engine, consents, each) for each in ("email", "phone"))
    assert {name: row["is_granted"] for name, row in by_mail.items()} == {
        "c1": True, "c2": False, "c3": True,
    }  # fmt: skip
    assert {name: row["basis_status"] for name, row in by_phone.items()} == {
        "c1": "withdrawn", "c2": "objected", "c3": "objected",
    }  # fmt: skip
    assert by_mail["c3"]["basis_at"] == datetime.fromisoformat("2024-01-02")


def test_the_proof_names_one_entry_and_nobody_by_name(engine: Backend) -> None:
    mail, phone = entry("c1", "granted", 1, "email"), entry("c1", "granted", 1, "phone")
    first = decisions(engine, ledger(mail, phone), "email")["c1"]
    again = decisions(engine, ledger(phone, mail), "email")["c1"]
    other = decisions(engine, ledger(mail, phone), "phone")["c1"]
    assert first == again
    assert first["basis_entry"] != other["basis_entry"]
    assert re.fullmatch("[0-9a-f]{16}", str(first["basis_entry"]))


@given(
    st.lists(
        st.builds(
            Entry,
            customer_id=st.sampled_from(["c1", "c2", "c3"]),
            status=st.sampled_from(["granted", "withdrawn", "objected", "?"]),
            changed_at=st.sampled_from(
                [datetime.fromisoformat(f"2024-01-0{day}") for day in (1, 2, 3)]
            ),
            channel=st.sampled_from(CHANNELS),
            purpose=st.sampled_from(["marketing", "ad_matching"]),
        ),
        max_size=12,
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_is_granted_whose_newest_word_is_not_yes(
    engine: Backend, entries: list[Entry]
) -> None:
    """Of every history, by every channel: what the newest entries say, read one by one."""
    for channel in ("email", "phone"):
        said: dict[str, list[Entry]] = defaultdict(list)
        for each in entries:
            if each.purpose == "marketing" and each.channel in {None, channel}:
                said[each.customer_id].append(each)
        allowed = {
            name
            for name, theirs in said.items()
            if {each.status for each in theirs
                if each.changed_at == max(one.changed_at for one in theirs)} == {"granted"}
        }  # fmt: skip
        found = decisions(engine, ledger(*entries), channel) if entries else {}
        assert found.keys() == said.keys()
        assert {name for name, row in found.items() if row["is_granted"]} == allowed
