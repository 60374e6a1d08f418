"""How large holdouts must be, as a table and in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stammkunde.report import aligned

if TYPE_CHECKING:
    from flows.power import Asked, Plan, PowerReport, SegmentPower

_HEAD = (
    "segment", "members", "left alone now", "would leave", "if contacted", "smallest holdout",
    "of members", "smallest lift", "campaigns to add up",
)  # fmt: skip
_HOW = (
    "Two shares compared by the normal approximation, arms of unequal size, without continuity "
    "correction (Fleiss, Levin and Paik 2003). Who would leave is what the model expects; "
    "`stammkunde uplift` tells what came of it."
)


def power_report(report: PowerReport) -> list[str]:
    """Return a table with a row per segment, what it says in sentences, and how it was reckoned."""
    asked = report.asked
    return [
        f"as of {report.as_of}; left: within {report.horizon_days} days; to be seen: of those who "
        f"would leave a contact keeps {asked.lift:.1%}, with power {asked.power:g} at two-sided "
        f"alpha {asked.alpha:g}; left alone: {report.share:.1%} of the members",
        "",
        *aligned(
            [_HEAD, *(_cells(each, asked) for each in report.segments)], right=set(range(1, 9))
        ),
        "",
        *(line for each in report.segments for line in _sentences(each, report)),
        "",
        _HOW,
    ]


def _cells(each: SegmentPower, asked: Asked) -> tuple[str, ...]:
    found, plan = each.found, each.plan
    sizes = (found.segment, f"{found.members:,}", f"{found.held_out:,}")
    if plan is None or found.leaving is None:
        return (*sizes, *["not known"] * 2, *["-"] * 4)
    return (
        *sizes, f"{found.leaving:.1%}", f"{found.leaving * (1 - asked.lift):.1%}",
        "none" if plan.holdout is None else f"{plan.holdout:,}",
        "-" if plan.holdout is None else f"{plan.holdout / found.members:.1%}",
        "none" if plan.lift is None else f"{plan.lift:.1%}",
        "-" if plan.campaigns is None else f"{plan.campaigns:,}",
    )  # fmt: skip


def _sentences(each: SegmentPower, report: PowerReport) -> Iterator[str]:
    found, plan, asked = each.found, each.plan, report.asked
    if plan is None or found.leaving is None:
        yield f"{found.segment}: no member has a risk, so nobody can say."
        return
    if plan.holdout is None:
        yield f"{found.segment}: too small for any holdout. {_why_not(found.members, plan, asked)}"
    else:
        yield (
            f"{found.segment}: leave {plan.holdout:,} of {found.members:,} members alone "
            f"({plan.holdout / found.members:.1%}) to see that of those contacted "
            f"{found.leaving * (1 - asked.lift):.1%} leave and not {found.leaving:.1%}."
        )
    if each.is_advice:
        yield f"{found.segment}: it is an advice list (`is_advice`), of which no holdout is drawn."
    else:
        yield f"{found.segment}: {_at_share(plan, report)}"
    if found.with_risk < found.members:
        yield (
            f"{found.segment}: {found.members - found.with_risk:,} members have no risk; they are "
            "taken to leave as the others do."
        )


def _why_not(members: int, plan: Plan, asked: Asked) -> str:
    if plan.power_of_half >= asked.power:
        return f"Half of its {members:,} members are fewer than 20, or fewer than 5 of them leave."
    return (
        f"Even half of its {members:,} members left alone would show it with power "
        f"{plan.power_of_half:.2f} only."
    )


def _at_share(plan: Plan, report: PowerReport) -> str:
    """Return what the share that is left alone shows."""
    if plan.campaigns is None:
        return f"with {report.share:.1%} left alone nothing shows, however many campaigns."
    if plan.lift is None:
        shows = "no lift shows in one campaign"
    else:
        shows = f"a lift of {plan.lift:.1%} or more shows"
    more = (
        "one campaign of this size will do"
        if plan.campaigns == 1
        else f"for {report.asked.lift:.1%} add up {plan.campaigns:,} campaigns of this size"
    )
    return f"with {report.share:.1%} left alone {shows}; {more}."
