"""What becomes of a graded version: it scores, it waits beside the champion, or neither."""

from __future__ import annotations

from dataclasses import dataclass

from training.comparison import Comparison, Incomparable
from training.grades import Grade, Verdict
from training.judgement import Interval
from training.ledger import BY_RULE, Decision, Outcome


@dataclass(frozen=True)
class Candidate:
    """A registered version with its grade, and where it is from."""

    version: str
    run_id: str
    verdict: Verdict
    as_of: str
    holdout: str


def decide(
    candidate: Candidate, champion: str | None, found: Comparison | Incomparable | None
) -> Decision:
    """Return the decision that the rules make; `found` is None where nothing was champion.

    Grade C is never champion. The first of grade A or B is; a later one only if it is above the
    champion with the interval clear of zero, or if the champion can score no more.
    """
    outcome, reason = _outcome(candidate.verdict, found)
    return Decision(
        version=candidate.version,
        run_id=candidate.run_id,
        outcome=outcome,
        champion_before=champion,
        champion_after=candidate.version if outcome is Outcome.CHAMPION else champion,
        approver=BY_RULE,
        reason=reason,
        grade=candidate.verdict.grade,
        as_of=candidate.as_of,
        holdout=candidate.holdout,
        compared_with=found.champion if isinstance(found, Comparison) else None,
        difference=over_champion(found),
    )


def over_champion(found: Comparison | Incomparable | None) -> Interval | None:
    """Return the interval of the difference to the champion, where they were compared."""
    return found.difference if isinstance(found, Comparison) else None


def _outcome(verdict: Verdict, found: Comparison | Incomparable | None) -> tuple[Outcome, str]:
    if verdict.grade is Grade.C:
        return Outcome.KEPT, verdict.reason
    if found is None:
        return Outcome.CHAMPION, f"the first of grade A or B: {verdict.reason}"
    if isinstance(found, Incomparable):
        told = f"champion {found.champion} cannot be compared: {found.reason}"
        return (Outcome.KEPT if found.stays else Outcome.CHAMPION), told
    low, high = found.difference
    told = f"champion {found.champion}, by {low:+.3f} to {high:+.3f}"
    if low > 0:
        return Outcome.CHAMPION, f"clearly above {told}"
    return Outcome.CHALLENGER, f"not clearly above {told}"
