"""How large holdouts must be, from a published folder to lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from contracts.errors import NotEnoughData, UsageError
from flows.power import Asked, PowerReport, find_power
from segments.destinations.outbox import Publish, publish
from stammkunde.power_report import power_report

AS_OF = date(2024, 7, 1)
# Segment -> members, how many of them are left alone, and their risk.
SEGMENTS: Mapping[str, tuple[int, int, float | None]] = {
    "at_risk": (3000, 310, 0.3), "valuable_loyal": (400, 40, 0.04), "lost": (700, 70, None),
    "call_them": (40, 0, 0.6), "strict": (36, 4, 0.97),
}  # fmt: skip
FACTS = {"project": "shop", "segments": {}, "holdout_share": 0.1, "horizon_days": 90}
SETTINGS = """\
[project]
name = "shop"
currency = "EUR"
[sources.orders]
path = "orders.csv"
[segments.named.call_them]
condition = "TRUE"
label = "R-1"
is_advice = true
"""


def made(outbox: Path, as_of: date, segments: Mapping[str, tuple[int, int, float | None]]) -> None:
    """Publish; ids look like numbers, and every tenth of `at_risk` has no risk."""
    contacts, scores = [], []
    for place, (name, (members, held, risk)) in enumerate(segments.items()):
        for number in range(members):
            customer = f"0{place}{number:05}"
            arm = "holdout" if number < held else "treated"
            contacts.append(
                {"campaign_id": f"{name} {as_of}", "customer_id": customer, "arm": arm,
                 "contacted_at": f"{as_of} 00:00:00", "channel": None}
            )  # fmt: skip
            spread = 0.02 if number % 2 else -0.02
            known = risk is not None and not (name == "at_risk" and number % 10 in {8, 9})
            scores.append(
                {"customer_id": customer, "churn_probability": risk + spread}
                if known and risk is not None
                else {"customer_id": customer, "churn_probability": None}
            )
    scores.append({"customer_id": "nobody's member", "churn_probability": 0.99})
    columns = ("campaign_id", "customer_id", "contacted_at", "channel", "arm")
    log = pa.schema([(name, pa.string()) for name in columns])
    stated = pa.schema([("customer_id", pa.string()), ("churn_probability", pa.float64())])
    rows = pa.Table.from_pylist(scores[::-1], schema=stated)
    publish(outbox, Publish(
        as_of, "run", rows, {}, contacts=pa.Table.from_pylist(contacts, schema=log),
        arms=rows.slice(0, 0), facts=FACTS,
    ))  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("power")
    file = folder / "stammkunde.toml"
    file.write_text(SETTINGS)
    made(folder / "outbox", date(2024, 6, 1), {"at_risk": (50, 5, 0.9)})
    made(folder / "outbox", AS_OF, SEGMENTS)
    return file


@pytest.fixture(scope="module")
def report(shop: Path) -> PowerReport:
    return find_power(str(shop), Asked())


def test_members_and_their_risks_are_those_of_the_current_publish(report: PowerReport) -> None:
    assert (report.as_of, report.horizon_days, report.share) == (AS_OF, 90, 0.1)
    found = [each.found for each in report.segments]
    assert [(each.segment, each.members, each.held_out, each.with_risk) for each in found] == [
        ("at_risk", 3000, 310, 2400), ("lost", 700, 70, 0), ("valuable_loyal", 400, 40, 400),
        ("call_them", 40, 0, 40), ("strict", 36, 4, 36),
    ]  # fmt: skip
    assert [each.leaving for each in found] == [
        pytest.approx(0.3), None, pytest.approx(0.04), pytest.approx(0.6), pytest.approx(0.97),
    ]  # fmt: skip


def test_the_report_says_it_in_a_table_and_in_sentences(report: PowerReport) -> None:
    lines = power_report(report)
    text = "\n".join(lines)
    assert lines[0] == (
        "as of 2024-07-01; left: within 90 days; to be seen: of those who would leave a contact "
        "keeps 20.0%, with power 0.8 at two-sided alpha 0.05; left alone: 10.0% of the members"
    )
    assert lines[2].startswith("segment         members  left alone now  would leave  if contacted")
    cells = {line.split()[0]: line.split()[1:] for line in lines[3:8]}
    plan = report.segments[0].plan
    assert plan is not None
    assert plan.holdout is not None
    assert plan.lift is not None
    assert cells["at_risk"] == [
        "3,000", "310", "30.0%", "24.0%", f"{plan.holdout:,}", f"{plan.holdout / 3000:.1%}",
        f"{plan.lift:.1%}", "2",
    ]  # fmt: skip
    assert cells["lost"] == ["700", "70", "not", "known", "not", "known", "-", "-", "-", "-"]
    assert cells["valuable_loyal"][4:7] == ["none", "-", "none"]
    assert f"at_risk: leave {plan.holdout:,} of 3,000 members alone (" in text
    assert "to see that of those contacted 24.0% leave and not 30.0%." in text
    assert f"left alone a lift of {plan.lift:.1%} or more shows; for 20.0% add up 2 camp" in text
    assert "at_risk: 600 members have no risk; " in text
    assert "\nlost: no member has a risk" in text
    assert "\nvaluable_loyal: too small for any holdout. Even half of its 400 members " in text
    assert "10.0% left alone no lift shows in one campaign; for 20.0% add up " in text
    assert cells["call_them"][4:] == ["none", "-", "none", "-"]
    assert "call_them: it is an advice list (`is_advice`)" in text
    assert "call_them: with" not in text
    assert "at_risk: it is an advice list" not in text
    assert "Fleiss, Levin and Paik 2003" in lines[-1]


def test_one_segment_and_another_share_may_be_asked_for(shop: Path) -> None:
    found = find_power(str(shop), Asked(), segment="at_risk", share=0.2)
    assert [each.found.segment for each in found.segments] == ["at_risk"]
    plan = found.segments[0].plan
    assert plan is not None
    assert plan.campaigns == 1
    assert "at_risk: with 20.0% left alone a lift of" in "\n".join(power_report(found))
    assert "; one campaign of this size will do." in "\n".join(power_report(found))
    nobody = power_report(find_power(str(shop), Asked(), segment="at_risk", share=0))
    assert "at_risk: with 0.0% left alone nothing shows, however many campaigns." in nobody


def test_arms_of_a_handful_are_refused_even_where_reckoning_would_do(shop: Path) -> None:
    lines = power_report(find_power(str(shop), Asked(lift=0.9), segment="strict"))
    told = "Half of its 36 members are fewer than 20, or fewer than 5 of them leave."
    assert f"strict: too small for any holdout. {told}" in lines


def test_a_segment_without_a_campaign_is_refused_with_those_that_have_one(shop: Path) -> None:
    with pytest.raises(
        UsageError, match=r"There is: at_risk, call_them, lost, strict, valuable_loyal\."
    ):
        find_power(str(shop), Asked(), segment="win_back")
    with pytest.raises(UsageError, match="--share must be"):
        find_power(str(shop), Asked(), share=0.7)


def test_where_nothing_was_published_or_nobody_chosen_it_is_said(tmp_path: Path) -> None:
    file = tmp_path / "stammkunde.toml"
    file.write_text(SETTINGS)
    with pytest.raises(NotEnoughData, match="Nothing has been published yet"):
        find_power(str(file), Asked())
    made(tmp_path / "outbox", AS_OF, {})
    with pytest.raises(NotEnoughData, match=r"chose nobody: its contacts\.csv has no rows"):
        find_power(str(file), Asked())
    (tmp_path / "outbox" / "current" / "contacts.csv").unlink()
    with pytest.raises(NotEnoughData, match=r"contacts\.csv is missing"):
        find_power(str(file), Asked())
