from __future__ import annotations

import csv
import os
import stat
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from contracts.vendors import VENDORS
from segments.rules import READY_MADE
from segments.vendors.google import GOOGLE
from segments.vendors.hubspot import HUBSPOT
from segments.vendors.klaviyo import KLAVIYO
from segments.vendors.labels import is_neutral
from segments.vendors.mailchimp import MAILCHIMP
from segments.vendors.meta import META
from segments.vendors.salesforce import SALESFORCE
from segments.vendors.spreadsheets import ANALYST, EXCEL_DE
from segments.vendors.target import Limits, Target
from segments.vendors.targets import TARGETS
from segments.vendors.writing import write_files
from tests.made_recipients import JANE, recipients
from tests.segments.reading import read_back, write

ALL = pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)


def test_the_command_line_knows_every_target_by_its_name() -> None:
    assert tuple(TARGETS) == VENDORS


def test_every_declared_segment_has_a_neutral_code_of_its_own() -> None:
    codes = [rule.label for rule in READY_MADE.values()]
    assert len(set(codes)) == len(READY_MADE)
    assert all(map(is_neutral, codes))


@ALL
def test_everybody_is_in_the_file_or_counted(target: Target, tmp_path: Path) -> None:
    people = recipients(
        {}, {"email": None}, {"email": "jane"}, {"phone": "1", "email": None},
        {"email": None, "phone": None, "last_name": None}, {"consent_state": "withdrawn"},
        {"ad_user_data": None}, {"ad_personalization": "denied"}, {"consent_state": None},
        {"email": "jane1@example.com"}, {"email": "jürgen@example.com"},
    )  # fmt: skip
    written = write(target, tmp_path, people)
    assert written.rows + sum(written.withheld.values()) == people.num_rows
    assert len(read_back(target, tmp_path, people)) == written.rows > 0
    assert all(written.withheld.values())


@ALL
def test_only_the_owner_can_read_a_file(target: Target, tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        (path,) = write(target, tmp_path, recipients({})).files
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@ALL
def test_the_order_of_recipients_changes_no_byte(target: Target, tmp_path: Path) -> None:
    people = recipients(*[{"last_name": f"Groß {number}"} for number in range(30)])
    turned = people.take(list(reversed(range(30))))
    (one,), (two,) = write(target, tmp_path, people).files, write(target, tmp_path, turned).files
    assert one.name == two.name == f"{target.name}-SK-07-001.csv"
    assert one.read_bytes() == two.read_bytes()


@ALL
def test_nobody_makes_a_file_with_its_header(target: Target, tmp_path: Path) -> None:
    written = write(target, tmp_path, recipients())
    assert written.rows == 0
    (path,) = written.files
    assert path.read_bytes().count(b"\n") == 1


@ALL
def test_a_file_says_nothing_of_what_we_think_of_a_segment(target: Target, tmp_path: Path) -> None:
    (path,) = write(target, tmp_path, recipients({})).files
    assert b"valuable" not in path.read_bytes()
    with pytest.raises(ValueError, match="neutral code"):
        write(target, tmp_path, recipients({}), label="valuable_at_risk")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_file_ends_at_the_limit_of_rows(rows: int, tmp_path: Path) -> None:
    small = replace(HUBSPOT, limits=Limits(split_rows=rows))
    people = recipients(*[{}] * 7)
    written = write(small, tmp_path, people)
    assert [path.name for path in written.files] == [
        f"hubspot-SK-07-{number:03}.csv" for number in range(1, -(-7 // rows) + 1)
    ]
    for path in written.files:
        lines = path.read_bytes().splitlines()
        assert lines[0].startswith(b"Email,First Name")
        assert 1 < len(lines) <= rows + 1
    assert len(read_back(small, tmp_path, people)) == written.rows == 7


def test_a_file_ends_before_the_limit_of_bytes(tmp_path: Path) -> None:
    most = 1500
    small = replace(KLAVIYO, limits=Limits(split_bytes=most))
    people = recipients(*[{"last_name": "ü" * 40}] * 20)
    written = write(small, tmp_path, people)
    sizes = [path.stat().st_size for path in written.files]
    assert len(sizes) > 2
    assert max(sizes) <= most
    assert len(read_back(small, tmp_path, people)) == 20


def test_one_pass_writes_several_targets_side_by_side(tmp_path: Path) -> None:
    written = write_files(tmp_path, recipients({}), label="SK-01", targets=[KLAVIYO, META])
    assert [each.target for each in written] == ["klaviyo", "meta"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "klaviyo-SK-01-001.csv", "meta-SK-01-001.csv",
    ]  # fmt: skip


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    write_files(tmp_path, recipients({}), label="SK-01", targets=[META])
    with pytest.raises(FileExistsError):
        write_files(tmp_path, recipients({}), label="SK-01", targets=[META])


def test_a_table_that_is_not_one_of_recipients_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="recipients lack email"):
        write(META, tmp_path, recipients({}).drop_columns(["email"]))
    with pytest.raises(ValueError, match="stands twice"):
        write(META, tmp_path, pa.concat_tables([recipients({}), recipients({})]))


@pytest.mark.parametrize(
    ("target", "change", "reason"),
    [
        (KLAVIYO, {"email": None, "phone": None}, "no e-mail"),
        (KLAVIYO, {"email": "jane", "phone": None}, "e-mail not valid"),
        (KLAVIYO, {"consent_state": None}, "no consent on record"),
        (KLAVIYO, {"consent_channel": "post"}, "consent for another channel"),
        (KLAVIYO, {"consent_channel": "sms", "phone": "030 23125012", "country": None},
         "telephone number without country"),
        (HUBSPOT, {"email": None}, "no e-mail"),
        (HUBSPOT, {"consent_state": "objected"}, "consent refused"),
        (MAILCHIMP, {"email": "jürgen@example.com"},
         "e-mail with letters that Mailchimp does not take before the @"),
        (GOOGLE, {"ad_user_data": None}, "ad_user_data not granted"),
        (GOOGLE, {"ad_personalization": "denied"}, "ad_personalization not granted"),
        (META, {"ad_user_data": "unknown"}, "ad_user_data not granted"),
        (META, {"email": None, "phone": "1"}, "telephone number not valid"),
    ],
)  # fmt: skip
def test_why_somebody_is_in_no_file(
    target: Target, change: dict[str, object], reason: str, tmp_path: Path
) -> None:
    written = write(target, tmp_path, recipients(change))
    assert (written.rows, written.withheld) == (0, {reason: 1})


def test_a_shared_address_is_in_a_file_once(tmp_path: Path) -> None:
    people = recipients({"email": "family@example.com"}, {"email": "Family@example.com"})
    written = write(HUBSPOT, tmp_path, people)
    assert written.withheld == {"same as a customer before, for this tool": 1}
    assert write(ANALYST, tmp_path, people).withheld == {}


def test_ids_that_differ_in_case_are_two_customers(tmp_path: Path) -> None:
    people = recipients({"customer_id": "ab"}, {"customer_id": "AB"})
    assert write(ANALYST, tmp_path, people).rows == 2


def test_an_identifier_that_is_left_out_is_counted(tmp_path: Path) -> None:
    people = recipients({"phone": "1"}, {"phone": None}, {"first_name": "ü" * 200})
    written = write(MAILCHIMP, tmp_path, people)
    assert written.left_out == {
        "First Name: shortened": 1, "Phone Number: telephone number not valid": 1,
    }  # fmt: skip
    rows = read_back(MAILCHIMP, tmp_path, people)
    assert [row["Phone Number"] for row in rows] == ["", "", "+493023125012"]
    assert rows[2]["First Name"] == "ü" * 127


def test_klaviyo_is_told_the_consent_and_when_it_was_given(tmp_path: Path) -> None:
    (row,) = read_back(KLAVIYO, tmp_path, recipients({"consent_channel": "email"}))
    assert list(row)[:2] == ["Email", "Phone Number"]
    assert row["Email Marketing Consent"] == "SUBSCRIBED"
    assert row["Email Marketing Consent Timestamp"] == "2025-01-02 03:04:05+00:00"
    # Consent for e-mail is none for messages: the number is not handed over.
    assert row["SMS Marketing Consent"] == row["Phone Number"] == ""
    assert row["SK Next Order"] == "2026-12-01 12:00:00+00:00"
    (row,) = read_back(KLAVIYO, tmp_path, recipients({"consent_channel": "sms"}))
    assert row["Email"] == row["Email Marketing Consent"] == ""
    assert (row["Phone Number"], row["SMS Marketing Consent"]) == ("+493023125012", "SUBSCRIBED")


@pytest.mark.parametrize(
    ("basis", "shown"),
    [
        ("consent", "Freely given consent from contact"),
        ("contract", "Performance of a contract"),
        ("legitimate_interest", "Legitimate interest - existing customer"),
        (None, ""),
    ],
)
def test_hubspot_is_told_the_legal_basis(basis: str | None, shown: str, tmp_path: Path) -> None:
    (row,) = read_back(HUBSPOT, tmp_path, recipients({"consent_basis": basis}))
    assert row["Legal basis for processing contact's data"] == shown


def test_mailchimp_gets_an_address_in_one_cell_and_the_code_as_it_is(tmp_path: Path) -> None:
    (row, half) = read_back(
        MAILCHIMP, tmp_path, recipients({"street": "Haupt  str.\n1"}, {"city": None})
    )
    assert row["Address"] == "Haupt str. 1  München  01067  DE"
    assert (row["Postal Code"], row["Country"]) == ("01067", "DE")
    assert half["Address"] == ""


def test_salesforce_gets_scores_only_and_is_told_what_is_not_known(tmp_path: Path) -> None:
    people = recipients({"clv": None, "churn_probability": float("nan"), "next_order_p50": None})
    (path,) = write(SALESFORCE, tmp_path, people).files
    assert path.read_bytes().decode() == (
        "SK_Customer_Id__c,SK_Segment__c,SK_Lifecycle_Stage__c,SK_Churn_Probability__c,"
        "SK_Churn_Percentile__c,SK_Clv__c,SK_Days_Overdue__c,SK_Next_Order__c,SK_As_Of__c\n"
        "c1,SK-07,at_risk,#N/A,99.9,#N/A,12,#N/A,2026-11-01\n"
    )


def test_a_german_excel_gets_its_bom_its_semicolons_and_its_numbers(tmp_path: Path) -> None:
    people = recipients({"customer_id": "007", "clv": -5.2, "first_name": "=1+1"})
    (path,) = write(EXCEL_DE, tmp_path, people).files
    written = path.read_bytes()
    assert written.startswith(b"\xef\xbb\xbfKundennummer;Segment;Vorname;")
    (row,) = read_back(EXCEL_DE, tmp_path, people)
    assert row["Kundennummer"] == "'007"
    assert row["Vorname"] == "'=1+1"
    assert row["Telefon"] == "'+493023125012"
    assert row["PLZ und Ort"] == "01067 München"
    assert row["Kundenwert"] == "-5,20"
    assert row["Nächste Bestellung erwartet"] == "01.12.2026"


def test_analysts_get_no_names(tmp_path: Path) -> None:
    (path,) = write(ANALYST, tmp_path, recipients({})).files
    text = path.read_bytes().decode()
    assert not any(str(JANE[name]) in text for name in ("last_name", "phone", "street", "city"))
    assert "example.com" not in text
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf")


COMPUTED = ["=1", "+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\0=1", "\uff1d1", "\uff0b1"]


@pytest.mark.parametrize("text", COMPUTED)
def test_a_text_that_a_spreadsheet_computes_is_marked_there_and_nowhere_else(
    text: str, tmp_path: Path
) -> None:
    people = recipients({"last_name": text, "customer_id": text})
    (sheet,) = read_back(EXCEL_DE, tmp_path, people)
    shown = text.replace("\0", "")
    assert sheet["Nachname"] == sheet["Kundennummer"] == f"'{shown}"
    (row,) = read_back(HUBSPOT, tmp_path, people)
    assert row["Last Name"] == shown
    (row,) = read_back(SALESFORCE, tmp_path, people)
    assert row["SK_Customer_Id__c"] == shown


def test_an_address_that_begins_with_plus_stays_where_a_tool_reads_it(tmp_path: Path) -> None:
    (row,) = read_back(KLAVIYO, tmp_path, recipients({"email": "+foo@example.com"}))
    assert row["Email"] == "+foo@example.com"


@pytest.mark.parametrize("target", [HUBSPOT, KLAVIYO, EXCEL_DE], ids=lambda target: target.name)
@pytest.mark.parametrize(
    "text", ['say "Jo"', "a;b", "a,b", "two\r\nlines", "cr\ronly", " edge ", "👩‍🚀"]
)
def test_cells_come_back_as_they_were(target: Target, text: str, tmp_path: Path) -> None:
    (row,) = read_back(target, tmp_path, recipients({"last_name": text}))
    assert text in row.values()


def test_lines_end_as_the_tool_wants(tmp_path: Path) -> None:
    for target in TARGETS.values():
        (path,) = write(target, tmp_path, recipients({})).files
        written = path.read_bytes()
        assert written.count(b"\r\n") == (2 if target.form.line_end == "\r\n" else 0)
        rows = list(csv.reader(written.decode().splitlines(), delimiter=target.form.delimiters[0]))
        assert len(rows) == 2
        assert len(rows[0]) == len(rows[1]) == len(target.columns)


def test_the_page_names_every_form_and_the_month_of_its_rules() -> None:
    page = (Path(__file__).parents[2] / "docs" / "files.md").read_text()
    for target in TARGETS.values():
        assert f"`{target.name}`" in page
        assert target.rules in page
