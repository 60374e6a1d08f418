"""What we write, we find nothing in: every target, whatever people are called."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segments.checking.check import check
from segments.vendors.recipients import RECIPIENTS
from segments.vendors.target import Target
from segments.vendors.targets import TARGETS
from tests.segments.reading import read_back, write

# Letters with and without umlauts, what CSV, spreadsheets and importers trip over, and an emoji.
_TEXTS = st.none() | st.text(
    "abczÄäöüßéñ \"',;\t\r\n=+-@|\0\uff1d\u2028👩‍🚀", max_size=8
)  # fmt: skip
_TEXTS |= st.sampled_from(["ü" * 200, "01067", "0123456789012345678", "sep=;", "-5.2"])
_MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.just(UTC),
)
_DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
_NUMBERS = st.none() | st.floats(-1e9, 1e9) | st.just(float("nan"))
_SAID = st.sampled_from(["granted", "withdrawn", None])
_PEOPLE = st.fixed_dictionaries(
    {
        "email": st.none()
        | st.sampled_from(["jane", "+foo@example.com", "Jürgen@example.com", "=a@example.com"])
        | st.integers(0, 30).map(lambda number: f"Jane{number}@example.com"),
        "phone": st.sampled_from([None, "030 23125012", "+49 171 3920012", "1", "=1"]),
        "first_name": _TEXTS,
        "last_name": _TEXTS,
        "street": _TEXTS,
        "postal_code": st.sampled_from([None, "01067", " 80331", "WC2H 8LG", "1010"]),
        "city": _TEXTS | st.sampled_from(["München", "Frankfurt (Oder)", "L'Aquila"]),
        "country": st.sampled_from([None, "AT", "at", "GB", "UK"]),
        "as_of": _DAYS,
        "lifecycle_stage": st.sampled_from(["at_risk", "new", None]),
        "churn_probability": _NUMBERS,
        "churn_percentile": _NUMBERS,
        "clv": _NUMBERS,
        "days_overdue": _NUMBERS,
        "next_order_p50": st.none() | _DAYS,
        "consent_state": _SAID,
        "consent_at": st.none() | _MOMENTS,
        "consent_channel": st.sampled_from([None, "email", "sms", "post"]),
        "consent_basis": st.sampled_from([None, "consent", "contract", "legitimate_interest"]),
        "consent_entry": _TEXTS,
        "ad_user_data": _SAID,
        "ad_personalization": st.just("granted"),
    }
)


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_PEOPLE, max_size=8))
def test_our_files_pass_their_own_check(target: Target, people: list[dict[str, object]]) -> None:
    rows = [{"customer_id": f"{number:03}", **one} for number, one in enumerate(people)]
    table = pa.Table.from_pylist(rows, schema=RECIPIENTS)
    with tempfile.TemporaryDirectory() as folder:
        written = write(target, Path(folder), table)
        found = [check(path, target) for path in written.files]
        assert len(read_back(target, Path(folder), table)) == written.rows
    for each in found:
        assert each.is_fine, each.findings
    assert sum(each.rows for each in found) == written.rows
    assert written.rows + sum(written.withheld.values()) == len(people)
