"""Files of marketing tools hold an identifier only where its own channel was granted."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.scores import SCORE_COLUMNS
from segments.exporting import Ledgers, export
from segments.rules import SegmentRule
from segments.vendors.targets import TARGETS
from segments.vendors.writing import Written
from tests.made import canonical

NAMES = ("c0", "c1", "c2")
RULE = SegmentRule(condition="TRUE", label="SK-01", action="x")
# Purpose, channel and status of an entry, which are said one after the other.
Said = tuple[str, str, str | None, str]


def scores() -> pa.Table:
    always = {**dict.fromkeys(SCORE_COLUMNS), "as_of": date(2024, 7, 1), "clv": 5.0}
    rows = [{**always, "customer_id": name} for name in NAMES]
    return ibis.memtable(rows, schema=SCORE_COLUMNS).to_pyarrow()


def identities(*more: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "customer_id": name, "email": f"{name}@example.com", "phone": f"030 23125 00{number}",
            "first_name": "Jo", "last_name": "Weiß", "street": "Weg 1", "postal_code": "01067",
            "city": "Dresden", "country": "DE",
        }
        for number, name in enumerate(NAMES)
    ] + [dict(each) for each in more]  # fmt: skip


def ledger(said: Sequence[Said]) -> list[dict[str, Any]]:
    return [
        {
            "customer_id": name, "purpose": purpose, "channel": channel, "status": status,
            "changed_at": datetime.fromisoformat(f"2024-06-01T00:00:{second:02}"),
        }
        for second, (name, purpose, channel, status) in enumerate(said)
    ]  # fmt: skip


def exported(
    folder: Path, said: Sequence[Said], *targets: str, more: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Written]:
    members = pa.table(
        {
            "customer_id": list(NAMES), "consent_entry": ["e"] * 3,
            "consent_at": pa.nulls(3, pa.timestamp("us")),
        }
    )  # fmt: skip
    found = export(
        folder, scores(), {"all": members}, rules={"all": RULE},
        targets=[TARGETS[name] for name in targets],
        ledgers=Ledgers(
            canonical("identities", identities(*more)), canonical("consents", ledger(said))
        ),
    )  # fmt: skip
    return {each.target: each for each in found["all"]}


def rows(written: Written) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for path in written.files:
        lines = path.read_text(encoding="utf-8").splitlines()
        found += csv.DictReader(lines, delimiter=";" if written.target == "excel-de" else ",")
    return found


def test_each_identifier_needs_the_consent_of_its_channel(tmp_path: Path) -> None:
    said = [
        ("c0", "marketing", "email", "granted"), ("c1", "marketing", "sms", "granted"),
        ("c2", "marketing", None, "granted"), ("c2", "marketing", "sms", "withdrawn"),
    ]  # fmt: skip
    found = rows(exported(tmp_path, said, "klaviyo")["klaviyo"])
    assert {(row["Email"], row["Phone Number"]) for row in found} == {
        ("c0@example.com", ""), ("", "+493023125001"), ("c2@example.com", ""),
    }  # fmt: skip
    assert [row["Address"] for row in found] == ["", "", "Weg 1"]


def test_ad_platforms_get_only_who_agreed_to_matching(tmp_path: Path) -> None:
    said = [
        ("c0", "marketing", None, "granted"), ("c1", "ad_matching", None, "granted"),
        ("c2", "ad_matching", None, "granted"), ("c2", "ad_matching", "email", "objected"),
    ]  # fmt: skip
    found = exported(tmp_path, said, "google-plain", "meta-plain")
    for each, email in (("google-plain", "Email"), ("meta-plain", "email")):
        assert [row[email] for row in rows(found[each])] == ["c1@example.com"]
        assert sum(found[each].withheld.values()) == 2


def test_of_accounts_that_became_one_the_fullest_identity_counts(tmp_path: Path) -> None:
    said = [("c0", "marketing", None, "granted")]
    second = {"customer_id": "c0", "email": "a@example.com"}
    found = rows(exported(tmp_path, said, "mailchimp", more=[second])["mailchimp"])
    assert [row["Email Address"] for row in found] == ["c0@example.com"]


def test_scores_go_out_without_anybody_s_name(tmp_path: Path) -> None:
    found = rows(exported(tmp_path, [], "salesforce")["salesforce"])
    assert [row["SK_Customer_Id__c"] for row in found] == list(NAMES)
    assert "example.com" not in str(found)


SAID = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(["marketing", "ad_matching"]),
    st.sampled_from([None, "email", "sms", "phone", "post"]),
    st.sampled_from(["granted", "withdrawn", "objected"]),
)


@settings(deadline=None, max_examples=12)
@given(said=st.lists(SAID, max_size=12))
def test_whatever_was_said_no_channel_is_handed_over_without_its_own_yes(
    said: Sequence[Said],
) -> None:
    def last(name: str, purpose: str, *channels: str | None) -> str:
        """Return the last word on a purpose by these channels; they are said one by one."""
        words = [word for who, what, how, word in said
                 if (who, what) == (name, purpose) and how in channels]  # fmt: skip
        return words[-1] if words else ""

    with TemporaryDirectory() as folder:
        found = exported(Path(folder), said, "klaviyo", "google-plain", "excel-de")
        mailed, called = rows(found["klaviyo"]), rows(found["excel-de"])
        matched = rows(found["google-plain"])
        text = Path(found["excel-de"].files[0]).read_text(encoding="utf-8-sig")
    assert len(called) <= len(NAMES)
    for number, name in enumerate(NAMES):
        email, phone = f"{name}@example.com", f"+49302312500{number}"
        by_mail = last(name, "marketing", None, "email") == "granted"
        assert (email in [row["Email"] for row in mailed]) == by_mail
        by_sms = last(name, "marketing", None, "sms") == "granted"
        assert (phone in [row["Phone Number"] for row in mailed]) == by_sms
        assert (phone in text) == (last(name, "marketing", None, "phone") == "granted")
        of_each = [
            last(name, "ad_matching", how) for how in (None, "email", "sms", "phone", "post")
        ]
        may_match = "granted" in of_each and set(of_each) <= {"", "granted"}
        assert (email in [row["Email"] for row in matched]) == may_match
