"""A card says what its model is for, how it did and what it must not be used for, and no more."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import Any

import pytest

from flows.catalogue import list_features
from flows.model_card import CardProject, card_page, model_card
from tests.panels import AS_OF, HOLDOUT, small_models
from training.by_group import FEWEST
from training.card_facts import card_facts
from training.ledger import Decision, Outcome

PROJECT = CardProject(currency="EUR", value_basis="margin")
DECISION = Decision(
    version="2", run_id="r", outcome=Outcome.CHALLENGER, champion_before="1", champion_after="1",
    approver="rule", reason="not clearly above champion 1, by -0.010 to +0.020", grade="B",
    as_of=str(AS_OF), holdout=str(HOLDOUT), compared_with="1", difference=(-0.01, 0.02),
)  # fmt: skip
FAMILIES = {each.feature.name: each.family.name for each in list_features()}


def record(name: str, **changes: Any) -> dict[str, Any]:
    fitted = small_models()[name]
    facts = card_facts(fitted, families=FAMILIES)
    common = {
        "tables": {"orders": 12345, "customers": 300}, "first_order_on": "2024-01-01",
        "fewest": FEWEST, "returns": [], "curve": [], "net_of_refunds": False,
        "code_version": "0.1.0", "data_fingerprint": "f00",
    }  # fmt: skip
    return {
        "version": "2", "run_id": "r", "judgement": asdict(fitted.judged.judgement),
        "horizon_days": 60, "holdout": str(HOLDOUT), "holdout_days": 60, "learnt_days": 60,
        "lost_after_days": 90, "card": {**common, **facts, **changes},
    }  # fmt: skip


def card(name: str, decision: Decision = DECISION, **changes: Any) -> str:
    told = {**asdict(decision), "champion": decision.champion_after}
    return model_card(name, record(name, **changes), told, project=PROJECT, comparisons=3)


@pytest.mark.parametrize("name", ["churn", "clv"])
def test_every_card_has_all_its_parts(name: str) -> None:
    text = card(name)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == [
        "What it is for", "What it must not be used for", "What it learnt from", "How it did",
        "Beside the champion", "By group",
        "Calibration" if name == "churn" else "Stated and realised", "What it uses", "Limits",
        "What it costs to be wrong", "Where it is from",
    ]  # fmt: skip
    assert text.startswith(f"# Model card: {name} 2\n\n**Grade B: challenger.** Not clearly above")
    assert "Version 1 scores." in text
    for part in ("credit, insurance, employment", "| orders | 12,345 |", "300 customers",
                 f"as of {HOLDOUT}", "data and settings f00", "rhythm", "Pareto/NBD"):  # fmt: skip
        assert part in text
    # Every heading stands alone, so that it is one.
    assert all(text[: match.start()].endswith("\n\n") for match in re.finditer(r"^## ", text, re.M))


def test_a_churn_card_says_what_alarms_cost_and_that_risk_is_no_effect() -> None:
    text = card("churn", campaign={
        "contact_cost": 1.0, "offer_cost": 10.0, "acceptance": 0.3, "acceptance_trials": 20.0,
    }, worth=200.0)  # fmt: skip
    assert "a false alarm costs 11.00 EUR" in text
    assert "a churner who is missed 56.00 EUR" in text
    assert "a high risk does not say that a contact helps" in text


def test_a_value_card_names_basis_and_currency() -> None:
    text = card("clv")
    assert "the margin expected in the 60 days" in text
    assert "the margin, less refunds, expected in the 60 days" in card("clv", net_of_refunds=True)
    assert re.search(r"stated [\d.]+% too (high|low)", text)


def test_the_comparison_with_the_champion_is_told_with_its_interval_and_count() -> None:
    text = card("churn")
    assert "less that of champion 1 lies between -0.010 and +0.020" in text
    assert "3 of these comparisons" in text
    seen = replace(DECISION, compared_with=None, difference=None, reason="champion 1 has seen it")
    assert "It was not compared: champion 1 has seen it." in card("churn", seen)
    first = replace(seen, champion_before=None, champion_after="2", outcome=Outcome.CHAMPION)
    assert "There was no champion to compare it with." in card("churn", first)


def test_a_short_history_is_told() -> None:
    short = {**record("churn"), "learnt_days": 40, "holdout_days": 30}
    told = {**asdict(DECISION), "champion": "1"}
    text = model_card("churn", short, told, project=PROJECT, comparisons=0)
    assert "The orders hold less than two horizons: it learnt from what follows in 40 days" in text
    assert "less than two horizons" not in card("churn")


def test_the_page_shows_the_same_and_takes_nothing_for_markup() -> None:
    groups = [
        {"attribute": "country", "value": "<img src=x>|y", "customers": 80, "predicted": 0.2,
         "realised": 0.25, "level": 0.8, "headline": 0.5, "calibration_error": None}
    ]  # fmt: skip
    page = card_page(card("churn", groups=groups, left_out={"country": 2}), title="churn & 2")
    assert "<title>churn &amp; 2</title>" in page
    assert "<h1>Model card: churn 2</h1>" in page
    assert "<td>country: &lt;img src=x&gt;|y</td>" in page.replace(' style="text-align:right"', "")
    assert "country: 2 not shown" in page
    assert re.search(r"<(img|script|link)", page) is None


def test_no_customer_is_named() -> None:
    for name in ("churn", "clv"):
        assert re.search(r"\bc\d{5}\b", card(name)) is None


def test_outcomes_of_the_cutoffs_are_stated_and_an_unusual_one_is_marked() -> None:
    outcomes = small_models()["churn"].outcomes
    stated = ", ".join(f"{each.mean:.1%}" for each in outcomes)
    assert f"stayed away after these cutoffs:\n  {stated}.\n" in card("churn")
    assert "**What followed is unlike.**" in card("churn", outcome_alarm="what followed is unlike")


def test_who_came_back_after_having_been_called_churned_is_told_of_churn_only() -> None:
    returns = [
        {"horizon_days": 30, "cutoff": "2024-09-02", "watched_days": 60, "churned": 1200,
         "returned": 300, "rate": 0.25}
    ]  # fmt: skip
    assert "| 30 | 2024-09-02 | 1,200 | 25.0% |" in card("churn", returns=returns)
    assert "came back in the 60 days after them" in card("churn", returns=returns)
    assert "came back in" not in card("clv", returns=returns) + card("churn")


def test_what_a_random_split_would_have_shown_is_told() -> None:
    text = card("churn", random_split=0.912)
    assert "plain trees would have had average precision 0.912; on the holdout they have 0." in text
    assert "random split" not in card("churn", random_split=None)


def test_what_campaigns_took_from_learning_and_judging_is_told() -> None:
    treated = {
        "rows": 5000, "excluded": 1200, "weighted": 130, "without_control": 0, "churners": 900,
        "excluded_churners": 480, "holdout_rows": 800, "holdout_excluded": 90,
        "holdout_weighted": 12, "scarce": ["2024-08-01"],
    }  # fmt: skip
    text = card("churn", treated=treated)
    assert "- 1,200 of 5,000 rows left out, because a campaign contacted the customer" in text
    assert "(480 of 900 churners), and 90 of 800 at the holdout; 130 controls count" in text
    assert "; more than half of the churners are left out at 2024-08-01.\n" in text
    assert "- It states what customers do without a campaign" in text
    assert "campaign contacted" not in card("churn")
    assert "without a campaign" not in card("churn")


def test_a_learning_curve_is_told_where_there_is_one() -> None:
    curve = [{"customers": 100, "value": 0.4}, {"customers": 1200, "value": 0.55}]
    assert "its average precision is 0.400 of 100, 0.550 of 1,200.\n" in card("churn", curve=curve)
    assert "fewer customers" not in card("churn")


def warned(**changes: Any) -> dict[str, Any]:
    """Return a churn model of which is known how early early warning warns."""
    figures = {
        "found": 0.6, "precision": 0.7, "delay_days": 61.0, "lead_days": 29.0, "by_30_days": 0.1,
        "by_60_days": 0.4, "alerts": 9, "curve": (),
    }  # fmt: skip
    judged = {
        "weeks": 40, "targets": 1234, "budget": "1%", "model": figures,
        "intervals": dict.fromkeys(figures, (0.5, 77.0)),
        "rules": {"silence": {**figures, "found": 0.321}}, "best_rule": "silence",
    }  # fmt: skip
    return {**record("churn"), "warning": {"judgement": judged, "told": "", **changes}}


def test_a_churn_card_says_how_early_early_warning_warns() -> None:
    def shown(model: dict[str, Any]) -> str:
        told = {**asdict(DECISION), "champion": "1"}
        return model_card("churn", model, told, project=PROJECT, comparisons=3)

    text = shown(warned())
    assert "| of those who left, found in time | 60.0% | 50.0% to 7700.0% | 32.1% |" in text
    assert "over 40 weeks" in text
    assert "1,234 customers left" in text
    assert "Too short.\n" in shown(warned(judgement=None, told="too short"))
    assert "early_warning" not in card("churn")
