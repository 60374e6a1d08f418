from __future__ import annotations

import pytest

from segments.vendors.identifiers import Unusable, is_e164, read_country, read_email, read_phone


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+49 30 23125012", None, "+493023125012"),
        ("+49 (0)30 / 23125-012", None, "+493023125012"),
        ("030 23125012", "DE", "+493023125012"),
        ("0049 30 23125012", "DE", "+493023125012"),
        ("0171 3920012", "DE", "+491713920012"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("+44 20 7946 0123", "DE", "+442079460123"),
    ],
)
def test_a_telephone_number_is_read_in_its_country(
    text: str, country: str | None, number: str
) -> None:
    assert read_phone(text, country) == number


@pytest.mark.parametrize(
    ("text", "country", "reason"),
    [
        ("030 23125012", None, "telephone number without country"),
        ("0", "DE", "telephone number not valid"),
        ("ask in the shop", "DE", "telephone number not valid"),
        ("+49 1", None, "telephone number not valid"),
        ("+49 199 123456789", None, "telephone number not valid"),
        (" ", "DE", "no telephone number"),
        (None, "DE", "no telephone number"),
    ],
)
def test_why_a_telephone_number_cannot_be_used(
    text: str | None, country: str | None, reason: str
) -> None:
    read = read_phone(text, country)
    assert isinstance(read, Unusable)
    assert read.reason == reason
    assert read.is_absent == (reason == "no telephone number")


@pytest.mark.parametrize(
    "text", ["+foo@example.com", "Jane.Groß@example.com", "a@bücher.example.com"]
)
def test_an_address_stays_as_it_is_written(text: str) -> None:
    assert read_email(f" {text} ") == text


@pytest.mark.parametrize(
    "text", ["jane", "jane@", "ja ne@example.com", "jane@example", "a@b@example.com"]
)
def test_no_address_is_not_one(text: str) -> None:
    assert read_email(text) == Unusable("e-mail not valid")


def test_a_country_is_two_letters_of_iso() -> None:
    assert [read_country(text) for text in ("de", " AT ", "UK", "Germany", "", None)] == [
        "DE", "AT", None, None, None, None,
    ]  # fmt: skip


def test_e164_has_a_plus_and_no_spaces() -> None:
    assert is_e164("+493023125012")
    assert not any(map(is_e164, ("493023125012", "+49 30 23125012", "030 23125012", "+4.93E+11")))
