"""What ad platforms match people by: values as they are hashed, to the character.

The hashes are those that `sha256sum` gives of the text beside them.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest

from segments.vendors.google import GOOGLE, GOOGLE_PLAIN, RULES
from segments.vendors.meta import META, META_PLAIN
from segments.vendors.target import Target
from tests.made_recipients import recipients
from tests.segments.reading import read_back

JUERGEN = {
    "email": " Jürgen.Groß@Example.com",
    "phone": "030 / 23 12 50 12",
    "first_name": " Jürgen ",
    "last_name": "Groß-Müller",
    "city": "Frankfurt (Oder)",
    "country": "de",
}


def row_of(target: Target, folder: Path, person: Mapping[str, object]) -> dict[str, str]:
    (row,) = read_back(target, folder, recipients(dict(person)))
    return row


def test_google_hashes_all_but_country_and_postal_code(tmp_path: Path) -> None:
    row = row_of(GOOGLE, tmp_path, JUERGEN)
    assert row == {
        # jürgen.groß@example.com
        "Email": "bc8c8d38a07baa31d0d117d3157409e658f98906490a0f2d78a12f25024cfc6d",
        # +493023125012
        "Phone": "e5ed7092fe8455dd1bba9c06ae9a3ca022aecd0a3963c1d492d5fbb742820e9f",
        # jürgen
        "First Name": "19b720a911fced55aecd96bf4ddcada1c69be5a96dc523d5be336b8efbde3109",
        # groß-müller
        "Last Name": "fb58413e7bf097e998ce1ba3529e8ddc62b0753268376c6e2e0ce3a2a9db1a94",
        "Country": "DE",
        "Zip": "01067",
    }


def test_meta_hashes_all_and_writes_a_phone_without_plus(tmp_path: Path) -> None:
    row = row_of(META, tmp_path, JUERGEN)
    assert row == {
        # jürgen.groß@example.com
        "email": "bc8c8d38a07baa31d0d117d3157409e658f98906490a0f2d78a12f25024cfc6d",
        # 493023125012
        "phone": "98ab25dcef4d58e6872304ace2ae5825ee81e748eede3d3d5030738bacbbf2f7",
        # jürgen
        "fn": "19b720a911fced55aecd96bf4ddcada1c69be5a96dc523d5be336b8efbde3109",
        # großmüller
        "ln": "5914c8a22940d8f7225ead4e938342645db6e2d8372573488fa905d174d88972",
        # frankfurtoder
        "ct": "144a95544284abd0ad00bd84a4e9d66a1b05fa1a16739daf9e66182743d80037",
        # 01067
        "zip": "16b070ab68029b81217fad3557fd66ba6a817eb5b1d839cc949e809aec7a0ec8",
        # de
        "country": "959a45d44e6fcf58361ed004681556fe50129f2109e817dec098c00c9e5d2578",
    }


@pytest.mark.parametrize(
    ("hashed", "plain"), [(GOOGLE, GOOGLE_PLAIN), (META, META_PLAIN)], ids=["google", "meta"]
)
def test_the_plain_file_holds_what_the_hashed_one_hashes(
    hashed: Target, plain: Target, tmp_path: Path
) -> None:
    written = row_of(plain, tmp_path, JUERGEN)
    for header, cell in row_of(hashed, tmp_path, JUERGEN).items():
        text = written[header]
        if hashed is META and header == "phone":
            assert text == "+493023125012"
            text = text[1:]
        assert cell in {text, hashlib.sha256(text.encode()).hexdigest()}, header


def test_meta_keeps_umlauts_in_a_town(tmp_path: Path) -> None:
    # münchen, and not `mnchen`
    expected = "f75c175f552c8b2bf46ef4b282ee782c81cf8687f66a8fe8278cc56fa727503e"
    assert row_of(META, tmp_path, JUERGEN | {"city": "München"})["ct"] == expected


@pytest.mark.parametrize("target", [GOOGLE, META], ids=lambda target: target.name)
def test_composed_and_decomposed_umlauts_are_one(target: Target, tmp_path: Path) -> None:
    parts = {name: unicodedata.normalize("NFD", text) for name, text in JUERGEN.items()}
    parts["email"] = JUERGEN["email"]
    assert parts != JUERGEN
    assert row_of(target, tmp_path, parts) == row_of(target, tmp_path, JUERGEN)


@pytest.mark.parametrize(
    ("address", "matched"),
    [
        # The example of Google's own page.
        ("cloudy.sanfrancisco+shopping@gmail.com", "cloudysanfrancisco@gmail.com"),
        ("Cloudy.SanFrancisco@GoogleMail.com", "cloudysanfrancisco@googlemail.com"),
        ("user.name+NYC@Example.com", "user.name+nyc@example.com"),
        ("gmail.com+x@example.com", "gmail.com+x@example.com"),
    ],
)
def test_google_takes_dots_and_tags_from_its_own_addresses_only(address: str, matched: str) -> None:
    assert RULES.email(address) == matched


def test_meta_takes_nothing_from_an_address(tmp_path: Path) -> None:
    person = JUERGEN | {"email": "cloudy.sanfrancisco+shopping@gmail.com"}
    assert row_of(META_PLAIN, tmp_path, person)["email"] == person["email"]


def test_google_keeps_spaces_in_names_and_leaves_titles_out(tmp_path: Path) -> None:
    person = JUERGEN | {"first_name": "Dr. Anna Maria", "last_name": "O'Neill Jr."}
    row = row_of(GOOGLE, tmp_path, person)
    # anna maria
    assert row["First Name"] == "dfa29cee752c3d2bb1a935e9ea1a3d474b5634a9086fd5cc66be4178dffa865f"
    # o'neill
    assert row["Last Name"] == "4897794243f02aab17572801e8e9629de1efcf107bcc8671f97aeb3d565b3d68"


@pytest.mark.parametrize(
    ("country", "code", "matched"),
    [("US", "94016-1234", "94016"), ("GB", "WC2H 8LG", "wc2h8lg"), ("PL", "00-950", "00950")],
)
def test_meta_takes_spaces_and_dashes_from_postal_codes(
    country: str, code: str, matched: str, tmp_path: Path
) -> None:
    person = JUERGEN | {"country": country, "postal_code": code}
    assert row_of(META_PLAIN, tmp_path, person)["zip"] == matched


def test_a_name_of_punctuation_only_is_left_empty_and_not_hashed(tmp_path: Path) -> None:
    assert row_of(META, tmp_path, JUERGEN | {"last_name": "---"})["ln"] == ""


@pytest.mark.parametrize("missing", [{"postal_code": None}, {"country": "UK"}, {"last_name": ","}])
def test_google_uses_an_address_whole_or_not_at_all(
    missing: Mapping[str, object], tmp_path: Path
) -> None:
    row = row_of(GOOGLE, tmp_path, {**JUERGEN, **missing})
    assert row["Email"]
    assert [row[header] for header in ("First Name", "Last Name", "Country", "Zip")] == [""] * 4
