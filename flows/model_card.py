"""The model card of a version: what it is for, how it did, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt

from flows.markdown import table
from flows.metric_names import METRICS, WARNING_METRICS
from training.treated_rows import told_treated


@dataclass(frozen=True)
class CardProject:
    """What a card says of the project."""

    currency: str
    value_basis: str


def model_card(
    name: str,
    model: Mapping[str, Any],
    decision: Mapping[str, Any],
    *,
    project: CardProject,
    comparisons: int,
) -> str:
    """Return the card in Markdown; `comparisons` counts those on the same holdout so far."""
    card, headline = model["card"], model["judgement"]["headline"]
    environment = Environment(  # noqa: S701 - Markdown; the page escapes what is in it
        loader=PackageLoader("flows"), undefined=StrictUndefined, trim_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    return environment.get_template("model_card.j2").render(
        name=name, model=model, decision=decision, card=card, project=project,
        of_contracts=_is_of_contracts(name, model),
        headline={"title": _title(headline), "form": METRICS[headline][1]},
        table=lambda head, rows: _table(head, [(key, f"{n:,}") for key, n in rows.items()]),
        metrics=_metrics(model["judgement"]),
        standings=_standings(card["standings"], headline),
        champion=_champion(decision, headline, comparisons),
        outcome="{:.1%}" if name == "churn" else "{:,.2f}",
        treated=told_treated(card["treated"]) if card["treated"] else [],
        random_split=_random_split(card, headline),
        returns=_returns(card["returns"]), warning=_warning(model.get("warning")),
        groups=_groups(card, headline), tenths=_tenths(card["tenths"]),
        families=_families(card["families"]), costs=_costs(name, model, project),
    )  # fmt: skip


def _is_of_contracts(name: str, model: Mapping[str, Any]) -> bool:
    """Say whether it is about the end of contracts, and not of orders."""
    return name == "churn" and model["lost_after_days"] is None


def card_page(card: str, *, title: str) -> str:
    """Return the card as a page that loads nothing."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(card)
    environment = Environment(
        loader=PackageLoader("flows"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("model_card_page.j2").render(title=title, body=body)


def _metrics(judgement: Mapping[str, Any]) -> str:
    rule = judgement["rules"][judgement["best_rule"]]
    rows = [
        (
            _title(name), _value(name, value), _ends(name, judgement["intervals"][name]),
            _value(name, rule[name]) if name in rule else "-",
        )
        for name, value in judgement["metrics"].items()
        if name in METRICS
    ]  # fmt: skip
    return _table(("metric", "model", "90 % interval", judgement["best_rule"]), rows)


def _returns(returns: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (f"{each['horizon_days']}", each["cutoff"], f"{each['churned']:,}", f"{each['rate']:.1%}")
        for each in returns
    ]
    return _table(("days", "from", "called churned", "came back"), rows)


def _warning(warning: Mapping[str, Any] | None) -> str | None:
    """Say how early early warning warns, or why that is not known; None where nobody asked."""
    if warning is None:
        return None
    judged = warning["judgement"]
    if judged is None:
        told = str(warning["told"]).removesuffix(".")
        return f"{told[:1].upper()}{told[1:]}."
    best = judged["best_rule"]
    rows = [
        (
            title, form.format(judged["model"][name]),
            " to ".join(form.format(end) for end in judged["intervals"][name]),
            form.format(judged["rules"][best][name]),
        )
        for name, (title, form) in WARNING_METRICS.items()
    ]  # fmt: skip
    shown = _table(("figure", "early warning", "90 % interval", best), rows)
    lead = (
        f"Weekly alerts on {judged['budget']} of the watched customers, simulated over "
        f"{judged['weeks']} weeks that the twin of the warning model had not seen; "
        f"{judged['targets']:,} customers left in them."
    )
    return f"{lead}\n\n{shown}"


def _standings(standings: Sequence[Mapping[str, Any]], headline: str) -> str:
    rows = [
        (
            each["approach"], each["family"], _value(headline, each[headline]),
            _ends(headline, (each[f"{headline}.low"], each[f"{headline}.high"])),
        )
        for each in standings
    ]  # fmt: skip
    return _table(("approach", "kind", _title(headline), "90 % interval"), rows)


def _random_split(card: Mapping[str, Any], headline: str) -> str | None:
    """Say how much better plain trees look where customers are split at random."""
    if card["random_split"] is None:
        return None
    plain = next(each for each in card["standings"] if each["approach"] == "plain trees")
    return (
        f"On a random split, which knows the time that it judges, plain trees would have had "
        f"{_title(headline)} {_value(headline, card['random_split'])}; on the holdout they have "
        f"{_value(headline, plain[headline])}. Much more on the random split is a sign that "
        "something gives the outcome away."
    )


def _champion(decision: Mapping[str, Any], headline: str, comparisons: int) -> str:
    if decision["champion_before"] is None:
        return "There was no champion to compare it with."
    if decision["compared_with"] is None:
        return f"It was not compared: {decision['reason']}."
    low, high = decision["difference"]
    return (
        f"Its {_title(headline)} less that of champion {decision['compared_with']} lies between "
        f"{low:+.3f} and {high:+.3f} (90 % interval), on the same customers, neither having seen "
        f"what followed. So far {comparisons} of these comparisons were made on this holdout: the "
        "more there are, the more a win is luck."
    )


def _groups(card: Mapping[str, Any], headline: str) -> str:
    if not card["groups"]:
        return "There are no groups to tell apart."
    rows = [
        (
            f"{each['attribute']}: {each['value']}", f"{each['customers']:,}",
            f"{each['predicted']:.3g}", f"{each['realised']:.3g}",
            _or_dash("{:.2f}", each["level"]), _or_dash("{:.3f}", each["calibration_error"]),
            _or_dash(METRICS[headline][1], each["headline"]),
        )
        for each in card["groups"]
    ]  # fmt: skip
    head = ("group", "customers", "stated", "realised", "stated / realised", "calibration error")
    shown = _table((*head, _title(headline)), rows)
    left_out = [f"{attribute}: {count} not shown" for attribute, count in card["left_out"].items()]
    return "\n\n".join([shown, "; ".join(left_out)]) if left_out else shown


def _tenths(tenths: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            f"{each['place']}", f"{each['predicted']:.3g}", f"{each['happened']:.3g}",
            "-" if each["low"] is None else f"{each['low']:.3g} to {each['high']:.3g}",
        )
        for each in tenths
    ]  # fmt: skip
    return _table(("tenth, highest first", "stated", "realised", "90 % interval"), rows)


def _families(families: Sequence[Mapping[str, Any]]) -> str:
    rows = [(each["family"], f"{each['features']}", f"{each['gain']:.1%}") for each in families]
    return _table(("family", "features", "part of the trees' gain"), rows)


def _costs(name: str, model: Mapping[str, Any], project: CardProject) -> str:
    first = model["card"]["tenths"][0]
    if name != "churn":
        bias = model["judgement"]["metrics"]["total_bias"]
        return (
            f"All values together were stated {abs(bias):.1%} too {'high' if bias > 0 else 'low'} "
            f"on the holdout. Of the most valuable tenth {first['predicted']:,.2f} "
            f"{project.currency} each were stated and {first['happened']:,.2f} came. Who spends up "
            "to the stated value of single customers loses on about half of them: use p10 and p90."
        )
    back = "stayed" if _is_of_contracts(name, model) else "come back"
    campaign, worth, money = model["card"]["campaign"], model["card"]["worth"], project.currency
    alarm = campaign["contact_cost"] + campaign["offer_cost"]
    missed = campaign["acceptance"] * (worth - campaign["offer_cost"]) - campaign["contact_cost"]
    return (
        f"With the costs of the settings, a false alarm costs {alarm:,.2f} {money} (contact and an "
        f"offer that was not needed), and a churner who is missed {missed:,.2f} {money} (an offer "
        f"is accepted by {campaign['acceptance']:.0%}, who then are worth {worth:,.2f} {money}). "
        f"Of the riskiest tenth {1 - first['happened']:.1%} would have {back} anyway."
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose cells are text, whatever a category is called."""
    return table(head, [tuple(map(_cell, row)) for row in rows], has_numbers=True)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _or_dash(form: str, value: float | None) -> str:
    return "-" if value is None else form.format(value)


def _title(metric: str) -> str:
    return METRICS[metric][0]


def _value(metric: str, value: float) -> str:
    return METRICS[metric][1].format(value)


def _ends(metric: str, ends: Sequence[float]) -> str:
    return " to ".join(_value(metric, end) for end in ends)
