"""Whether a delivery changes a table as much as its own history lets expect."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from contracts.rules import Severity
from validation.settings import ValidationSettings
from validation.verdict import Finding
from validation.words import percent

# In less, one busy day is a large share.
_LEAST_ROWS = 100

# Weekends and campaigns lie within this many deliveries; before as many, nothing is usual yet.
_LEAST_DELIVERIES, _MOST_DELIVERIES = 5, 30


@dataclass(frozen=True, kw_only=True)
class Volume:
    """What a delivery does to the size of a table.

    Attributes
    ----------
    before, after
        Live rows, superseded and rejected ones aside, without and with the delivery.
    delivered
        Rows of the delivery; None where the table is delivered whole, so that its size says it.
    earlier
        Rows of the deliveries before it, oldest first.
    """

    table: str
    before: int
    after: int
    delivered: int | None = None
    earlier: tuple[int, ...] = ()


def check_volumes(
    volumes: Iterable[Volume], settings: ValidationSettings, *, accepted: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return what is out of proportion; nothing for the tables that a person has `accepted`.

    A first load has nothing to be measured by, and a table below 100 rows is no measure, unless it
    loses all of them.
    """
    return tuple(
        finding
        for volume in volumes
        if volume.table not in accepted
        for finding in _findings(volume, settings)
    )


def _findings(volume: Volume, settings: ValidationSettings) -> Iterator[Finding]:
    if volume.before >= _LEAST_ROWS or (volume.before and not volume.after):
        lost = 1 - volume.after / volume.before
        if lost > settings.max_shrinking:
            yield _finding(
                volume, "shrunk", Severity.STOP,
                rule=f"a delivery takes at most {percent(settings.max_shrinking)} of the rows away",
                found=f"{volume.before:,} rows before this delivery, {volume.after:,} with it: "
                f"{percent(lost)} fewer",
                cause="that the delivery is complete",
            )  # fmt: skip
        if -lost > settings.max_growth:
            yield _finding(
                volume, "grown", Severity.STOP,
                rule=f"a delivery adds at most {percent(settings.max_growth)} of the rows there",
                found=f"{volume.before:,} rows before this delivery, {volume.after:,} with it: "
                f"{percent(-lost)} more",
                cause="that the delivery holds nothing twice",
            )  # fmt: skip
    if volume.delivered is not None:
        yield from _unusual(volume, volume.delivered, volume.earlier)


def _unusual(volume: Volume, delivered: int, earlier: tuple[int, ...]) -> Iterator[Finding]:
    """Compare a delivery with the smallest and the largest before it: some days are quiet."""
    # Beside an empty one that was accepted, no delivery would ever be unusually small again.
    earlier = tuple(rows for rows in earlier if rows)[-_MOST_DELIVERIES:]
    if len(earlier) < _LEAST_DELIVERIES or median(earlier) < _LEAST_ROWS:
        return
    least, most = min(earlier), max(earlier)
    if least / 2 <= delivered <= most * 2:
        return
    small = delivered < least / 2
    yield _finding(
        volume, "small_delivery" if small else "large_delivery", Severity.WARN,
        rule="a delivery has half to twice as many rows as others had",
        found=f"{delivered:,} rows delivered; the last {len(earlier)} deliveries had between "
        f"{least:,} and {most:,}",
        cause="that the delivery is complete" if small else "that it holds nothing twice",
    )  # fmt: skip


def _finding(  # noqa: PLR0913 - the parts of a finding
    volume: Volume, code: str, severity: Severity, *, rule: str, found: str, cause: str
) -> Finding:
    remedy = f"Check {cause}"
    if severity is Severity.STOP:
        remedy += f", or accept it: `stammkunde ingest --accept-volume {volume.table}`"
    return Finding(
        table=volume.table,
        column=None,
        code=code,
        rule=rule,
        severity=severity,
        rows=volume.after,
        failed_rows=abs(volume.after - volume.before),
        found=found,
        remedy=f"{remedy}.",
    )
