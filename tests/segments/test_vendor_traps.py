"""Every known trap of a tool, in a file that has it: refused, with where it is, and no value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from segments.checking.check import Checked, check
from segments.vendors.hubspot import HUBSPOT
from segments.vendors.target import Limits
from segments.vendors.targets import TARGETS

H = hashlib.sha256(b"jane@example.com").hexdigest()
H2 = hashlib.sha256(b"john@example.com").hexdigest()
MANGLED = hashlib.sha256(b"mnchen").hexdigest()
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Trap:
    """A file for a tool, what is told of it, and the lines that are named."""

    vendor: str
    content: str | bytes
    told: str
    lines: Sequence[int] = ()
    name: str = "upload.csv"

    def __str__(self) -> str:
        return f"{self.vendor}: {self.told}"


def mail(*rows: str, header: str = "Email,First Name,City,Country/Region,SK CLV,SK As Of") -> str:
    """Return a file for HubSpot."""
    return "".join(f"{row}\r\n" for row in (header, *rows))


ADDRESS = "Email,Phone,First Name,Last Name,Country,Zip"
CONSENT = "Email,Email Marketing Consent"

TRAPS = [
    # Bytes
    Trap("hubspot", mail("jane@example.com,Jane,München,DE,1,2026-11-01").encode("cp1252"),
         "`City`: not UTF-8", [2]),
    Trap("google-plain", "Email\r\njane@example.com\r\n".encode("utf-16"), "UTF-16"),
    Trap("klaviyo", BOM + f"{CONSENT}\r\njane@example.com,SUBSCRIBED\r\n".encode(),
         "a byte order mark before the first header"),
    Trap("excel-de", "Kundennummer;Vorname\r\nc1;Jane\r\n", "no byte order mark"),
    Trap("excel-de", BOM + b"sep=;\r\nKundennummer;Vorname\r\nc1;Jane\r\n", "a line `sep=`", [1]),
    Trap("hubspot", b"Email\r\njane@example.com\0\r\n", "NUL characters"),
    Trap("hubspot", b"", "empty, without a header"),
    Trap("hubspot", b"PK\x03\x04" + bytes(100), "a workbook or an archive"),
    # Delimiters, lines, quotes
    Trap("google-plain", "Email;Phone\r\njane@example.com;+493023125012\r\n",
         "cells parted by a semicolon", [1]),
    Trap("klaviyo", "Email;Email Marketing Consent\r\njane@example.com;SUBSCRIBED\r\n",
         "cells parted by a semicolon", [1]),
    Trap("excel-de", BOM + b"Kundennummer,Vorname\r\nc1,Jane\r\n", "cells parted by a comma", [1]),
    Trap("hubspot", "Email\r\njane@example.com\r\n\r\njohn@example.com\r\n", "an empty line", [3]),
    Trap("hubspot", "Email,City\r\njane@example.com,\r\n,\r\n", "an empty line", [3]),
    Trap("hubspot", "Email,City\r\njane@example.com,Ulm, DE\r\n", "more or fewer cells", [2]),
    Trap("hubspot", 'Email,City\r\njane@example.com,"Ulm\r\njohn@example.com,Ulm\r\n',
         "not CSV from here on", [2]),
    Trap("salesforce", "SK_Customer_Id__c,SK_Clv__c\nc1,1\r\nc2,2\n",
         "lines that end in different ways", [2]),
    Trap("hubspot", "Email\rjane@example.com\r", "lines that end in CR", [1]),
    # Headers
    Trap("google-plain", "E-Mail,Telefon\r\njane@example.com,+493023125012\r\n",
         "column 1 should be headed `Email`", [1]),
    Trap("google-plain", "E-Mail,Telefon\r\njane@example.com,+493023125012\r\n",
         "column 2 should be headed `Phone`", [1]),
    Trap("google-plain", "email\r\njane@example.com\r\n", "column 1 should be headed `Email`", [1]),
    Trap("meta-plain", "Email,FN\r\njane@example.com,jane\r\n",
         "column 2 should be headed `fn`", [1]),
    Trap("meta-plain", "email,customer\r\njane@example.com,c1\r\n",
         "column 2 has a header that the tool does not know", [1]),
    Trap("google-plain", "Email,First Name\r\njane@example.com,jane\r\n",
         "an address without column `Last Name`, `Country`, `Zip`", [1]),
    Trap("hubspot", "First Name\r\nJane\r\n", "no column `Email`", [1]),
    Trap("mailchimp", "First Name\r\nJane\r\n", "no column `Email Address`", [1]),
    Trap("mailchimp", "Email\r\njane@example.com\r\n",
         "column 1 should be headed `Email Address`", [1]),
    Trap("klaviyo", "Email\r\njane@example.com\r\n", "no column `Email Marketing Consent`", [1]),
    Trap("klaviyo",
         "City,Email,Email Marketing Consent\r\nUlm,jane@example.com,SUBSCRIBED\r\n",
         "the first column is not `Email` or `Phone Number`", [1]),
    Trap("brevo", "FIRSTNAME;LASTNAME\r\nJane;Groß\r\n",
         "no column `EMAIL` or `SMS` or `EXT_ID`", [1]),
    Trap("cleverreach", 'email;"first\nname"\r\njane@example.com;Jane\r\n',
         "the header of column 2 has a line break", [1]),
    Trap("hubspot", "Email,City,City\r\njane@example.com,Ulm,Ulm\r\n",
         "the header of column 3 stands twice", [1]),
    Trap("hubspot", "Email,\r\njane@example.com,x\r\n", "column 2 has no header", [1]),
    Trap("hubspot", "jane@example.com,Jane\r\njohn@example.com,John\r\n",
         "the first line holds values", [1]),
    Trap("salesforce", "SK_Customer_Id__c,Churn Score\nc1,1\n", "is no API name of a field", [1]),
    Trap("salesforce", "SK_Customer_Id__c,LastName\nc1,Groß\n", "let an upsert make contacts", [1]),
    # Values
    Trap("hubspot", mail("jane@example.com,Jane,Ulm,DE,1,01.11.2026"),
         "`SK As Of`: a date as DD.MM.YYYY", [2]),
    Trap("klaviyo", f"{CONSENT},Last Seen\r\njane@example.com,SUBSCRIBED,1.11.2026\r\n",
         "column 3: a date as DD.MM.YYYY", [2]),
    Trap("klaviyo", f"{CONSENT},SK As Of\r\njane@example.com,SUBSCRIBED,2026-11-01\r\n",
         "`SK As Of`: a date without a time", [2]),
    Trap("salesforce", "SK_Customer_Id__c,SK_As_Of__c\nc1,11/30/2026\n",
         "`SK_As_Of__c`: no date", [2]),
    Trap("excel-de", BOM + b"Kundennummer;Stichtag\r\nc1;2026-11-01\r\n",
         "`Stichtag`: no date as DD.MM.YYYY", [2]),
    Trap("hubspot", mail('jane@example.com,Jane,Ulm,DE,"1,234.50",2026-11-01'),
         "`SK CLV`: no plain number", [2]),
    Trap("hubspot", mail('jane@example.com,Jane,Ulm,DE,"1234,50",2026-11-01'),
         "`SK CLV`: no plain number", [2]),
    Trap("excel-de", BOM + b"Kundennummer;Kundenwert\r\nc1;1234.50\r\n",
         "`Kundenwert`: no plain number", [2]),
    Trap("klaviyo", f"{CONSENT},Phone Number\r\njane@example.com,SUBSCRIBED,030 23125012\r\n",
         "`Phone Number`: no telephone number as E.164", [2]),
    Trap("google-plain", "Phone\r\n4930 23125012\r\n",
         "`Phone`: no telephone number as E.164", [2]),
    Trap("klaviyo", f"{CONSENT},Phone Number\r\njane@example.com,SUBSCRIBED,4.93E+11\r\n",
         "`Phone Number`: a number that a spreadsheet shortened", [2]),
    Trap("mailchimp", "Email Address\r\njürgen@example.com\r\n",
         "`Email Address`: letters before the @", [2]),
    Trap("mailchimp", "Email Address\r\nja ne@example.com\r\n",
         "`Email Address`: no valid e-mail address", [2]),
    Trap("mailchimp", f"Email Address,First Name\r\njane@example.com,{'ü' * 128}\r\n",
         "`First Name`: more than 255 bytes", [2]),
    Trap("mailchimp", 'Email Address,Address\r\njane@example.com,"Hauptstr. 1, 01067 Ulm, DE"\r\n',
         "`Address`: an address whose parts are not told apart", [2]),
    Trap("mailchimp", "Email Address,Address\r\njane@example.com,High St 1  Ely  CB7 4DL  UK\r\n",
         "`Address`: no country", [2]),
    Trap("mailchimp", "Email Address,Address\r\njane@example.com,Hauptstr. 1  Ulm  1067  DE\r\n",
         "`Address`: a postal code that has lost its leading zero", [2]),
    Trap("google-plain", f"{ADDRESS}\r\n,,jane,groß,DE,1067\r\n",
         "`Zip`: a postal code that has lost its leading zero", [2]),
    Trap("hubspot", mail("jane@example.com,Jane,mnchen,DE,1,2026-11-01"),
         "`City`: a town without its umlauts", [2]),
    Trap("hubspot", mail("jane@example.com,Jane,K?ln,DE,1,2026-11-01"),
         "`City`: a town without its umlauts", [2]),
    Trap("hubspot", mail("jane@example.com,JÃ¼rgen,Ulm,DE,1,2026-11-01"),
         "`First Name`: broken umlauts", [2]),
    Trap("hubspot", mail("jane@example.com,J\ufffdrgen,Ulm,DE,1,2026-11-01"),
         "`First Name`: broken umlauts", [2]),
    Trap("meta", f"email,ct\r\n{H},{MANGLED}\r\n", "`ct`: a town without its umlauts", [2]),
    Trap("hubspot", mail("jane@example.com,Jane,London,UK,1,2026-11-01"),
         "`Country/Region`: no country of ISO 3166", [2]),
    Trap("klaviyo", f"{CONSENT}\r\njane@example.com,opt-in\r\n",
         "`Email Marketing Consent`: a value that the tool does not know", [2]),
    Trap("klaviyo", f"{CONSENT}\r\njane@example.com,\r\n",
         "`Email Marketing Consent`: empty, which is `never subscribed`", [2]),
    Trap("hubspot",
         "Email,Legal basis for processing contact's data\r\njane@example.com,opt-in\r\n",
         "a value that the tool does not know", [2]),
    Trap("salesforce", "SK_Customer_Id__c,SK_Clv__c\nc1,\n",
         "`SK_Clv__c`: empty, which leaves the old value", [2]),
    Trap("analyst", "customer_id,note\nc1,=1+1\n",
         "column 2: a text that a spreadsheet computes", [2]),
    Trap("analyst", "customer_id,note\nc1,\uff1d1\n",
         "column 2: a text that a spreadsheet computes", [2]),
    Trap("excel-de", BOM + b"Kundennummer;Telefon\r\nc1;+493023125012\r\n",
         "`Telefon`: a text that a spreadsheet computes", [2]),
    Trap("excel-de", BOM + b"Kundennummer;Telefon\r\n007;\r\n",
         "`Kundennummer`: digits that Excel shows as a number", [2]),
    # Hashes
    Trap("google", "Email\r\njane@example.com\r\n", "`Email`: not hashed", [2]),
    Trap("google", f"Email\r\n{H.upper()}\r\n", "`Email`: a hash, but not SHA-256 in lower", [2]),
    Trap("meta", f"email\r\n{H[:32]}\r\n", "`email`: a hash, but not SHA-256 in lower", [2]),
    Trap("meta", f"email,fn\r\n{H},{NOTHING}\r\n", "`fn`: the hash of an empty text", [2]),
    Trap("google", f"{ADDRESS}\r\n{H},,{H},{H},DE,{H}\r\n",
         "`Zip`: hashed, and must be plain", [2]),
    Trap("google", f"{ADDRESS}\r\n{H},,{H},{H},{H},01067\r\n", "`Country`: no country", [2]),
    Trap("google-plain", f"Email\r\n{H}\r\n", "`Email`: hashed, and must be plain", [2]),
    # Rows
    Trap("hubspot", "Email\r\njane@example.com\r\nJane@example.com\r\n",
         "a row that comes twice", [3]),
    Trap("google", f"Email\r\n{H}\r\n{H2}\r\n{H}\r\n", "a row that comes twice", [4]),
    Trap("hubspot", "Email,City\r\n,Ulm\r\n", "a row with no `Email`", [2]),
    Trap("google-plain", f"{ADDRESS}\r\njane@example.com,,jane,,DE,01067\r\n",
         "a part of First Name, Last Name, Country, Zip only", [2]),
    Trap("google", f"Email,ad_user_data\r\n{H},GRANTED\r\n{H2},DENIED\r\n",
         "people of several states of consent", [3]),
    # Names of segments
    Trap("meta", f"email\r\n{H}\r\n", "suggests health or income", name="diabetes_berlin.csv"),
    Trap("google", f"Email\r\n{H}\r\n", "suggests health or income", name="high-income.csv"),
    Trap("google", f"Email\r\n{H}\r\n", "suggests health or income", name="Kaufkraft 2026.csv"),
    Trap("meta", f"email,Segment\r\n{H},valuable_at_risk\r\n", "suggests health or income", [2]),
]  # fmt: skip


def checked(folder: Path, vendor: str, content: str | bytes, name: str = "upload.csv") -> Checked:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return check(path, TARGETS[vendor])


def faults(found: Checked) -> Mapping[str, tuple[int, ...]]:
    return {each.fault.what: each.lines for each in found.findings if not each.fault.is_note}


@pytest.mark.parametrize("trap", TRAPS, ids=str)
def test_a_trap_is_found_where_it_is(trap: Trap, tmp_path: Path) -> None:
    found = checked(tmp_path, trap.vendor, trap.content, trap.name)
    told = {what: lines for what, lines in faults(found).items() if trap.told in what}
    assert len(told) == 1, faults(found)
    assert not found.is_fine
    (lines,) = told.values()
    assert list(lines) == list(trap.lines)


@pytest.mark.parametrize("trap", TRAPS, ids=str)
def test_no_value_of_a_file_is_told(trap: Trap, tmp_path: Path) -> None:
    found = checked(tmp_path, trap.vendor, trap.content, trap.name)
    said = " ".join(f"{each.fault.what} {each.fault.remedy}" for each in found.findings)
    for value in ("jane@", "john@", "example.com", "Jane", "Groß", "Hauptstr", H, "opt-in"):
        assert value not in said


def test_codes_of_four_digits_are_told_where_most_have_five(tmp_path: Path) -> None:
    rows = [f"j{n}@example.com,{code}\r\n" for n, code in enumerate(["80331", "1067", "50667"])]
    found = checked(tmp_path, "mailchimp", "Email Address,Postal Code\r\n" + "".join(rows))
    assert list(faults(found).values()) == [(3,)]
    austrian = "Email Address,Postal Code\r\njane@example.com,1010\r\njohn@example.com,1067\r\n"
    assert checked(tmp_path, "mailchimp", austrian).is_fine


def test_a_file_over_the_limits_is_refused(tmp_path: Path) -> None:
    small = replace(HUBSPOT, limits=Limits(most_bytes=60, most_rows=3, most_columns=1))
    path = tmp_path / "upload.csv"
    path.write_text("Email,City\n" + "".join(f"j{n}@example.com,Ulm\n" for n in range(4)))
    told = " ".join(faults(check(path, small)))
    assert "87 bytes, of 60 at most" in told
    assert "4 rows, of 3 at most" in told
    assert "2 columns, of 1 at most" in told


@pytest.mark.parametrize(
    ("vendor", "most"),
    [("klaviyo", 50_000_000), ("hubspot", 512_000_000), ("brevo", 250_000_000),
     ("salesforce", 100_000_000), ("mailchimp", 200_000_000)],
)  # fmt: skip
def test_files_end_at_the_limit_of_the_tool_or_before(vendor: str, most: int) -> None:
    limits = TARGETS[vendor].limits
    assert limits.most_bytes == most >= limits.split_bytes


def test_five_lines_are_named_and_all_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"j{n}@example.com,01.11.2026\r\n" for n in range(9))
    (found,) = checked(tmp_path, "hubspot", f"Email,SK As Of\r\n{rows}").findings
    assert (found.lines, found.count) == ((2, 3, 4, 5, 6), 9)


def test_a_line_is_that_of_the_file_also_behind_cells_of_several_lines(tmp_path: Path) -> None:
    content = 'Email,City\r\njane@example.com,"Ulm\r\n(Donau)"\r\njohn@example,Ulm\r\n'
    assert list(faults(checked(tmp_path, "hubspot", content)).values()) == [(4,)]


def test_a_line_without_end_is_given_up_in_bounded_memory(tmp_path: Path) -> None:
    found = checked(tmp_path, "hubspot", b"Email\r\n" + b"x" * (3 << 20))
    assert "not CSV from here on: a line is too long" in faults(found)


def test_brevo_takes_windows_1252_and_tabs(tmp_path: Path) -> None:
    content = "EMAIL\tCITY\r\njane@example.com\tKöln\r\n".encode("cp1252")
    assert checked(tmp_path, "brevo", content).is_fine


def test_several_columns_of_one_kind_are_fine_where_the_tool_takes_them(tmp_path: Path) -> None:
    content = f"Email,Email,Phone\r\n{H},{H2},\r\n"
    assert checked(tmp_path, "google", content).is_fine
    assert checked(tmp_path, "meta", f"email,email\r\n{H},{H2}\r\n").is_fine


def test_a_name_of_a_person_is_no_name_of_a_segment(tmp_path: Path) -> None:
    content = "email,fn,ln\r\njane@example.com,jane,reich\r\n"
    assert checked(tmp_path, "meta-plain", content, "SK-07-österreich.csv").is_fine


@pytest.mark.parametrize("name", ["österreich", "armbänder", "chronographen", "richtig", "pflege"])
def test_a_word_that_begins_like_another_suggests_nothing(name: str, tmp_path: Path) -> None:
    assert checked(tmp_path, "meta", f"email\r\n{H}\r\n", f"{name}_2026.csv").is_fine


def test_klaviyo_takes_either_header_of_an_address(tmp_path: Path) -> None:
    content = "Email Address,Email Marketing Consent\r\njane@example.com,SUBSCRIBED\r\n"
    assert not checked(tmp_path, "klaviyo", content).findings


def test_few_people_are_noted_and_not_refused(tmp_path: Path) -> None:
    found = checked(tmp_path, "meta", f"email\r\n{H}\r\n")
    assert [each.fault.what for each in found.findings] == ["fewer than 100 people"]
    assert found.is_fine


def test_salesforce_may_be_told_of_other_line_ends(tmp_path: Path) -> None:
    found = checked(tmp_path, "salesforce", "SK_Customer_Id__c,SK_Clv__c\r\nc1,#N/A\r\n")
    assert found.is_fine
    assert "lineEnding" in found.findings[0].fault.remedy
