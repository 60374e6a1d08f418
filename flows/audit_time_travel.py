"""The flow `audit time travel`: features made again of what lay before their date are the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

from prefect import flow, task

from contracts.errors import AuditFailed
from features.catalogue import FAMILIES, by_stream, streams, switched_on
from features.comparison import ROWS, UNMATCHED, count_differences
from features.sample import of_customers
from features.time_travel import features_on, undated
from flows.canonical import canonical_tables
from flows.dates import settle_as_of
from flows.feature_tables import SPINE_TABLES, build_features, known_tables
from flows.names import TableRefs
from flows.panel import build_panel_features, panel_dates, plan_splits
from flows.progress import step
from flows.project import open_project


@dataclass(frozen=True)
class ComparedFamily:
    """One family: stored rows that were made again, and those that could not be or are too many.

    `differing` has every feature, with how many of the `rows` differ in it.
    """

    name: str
    rows: int
    unmatched: int
    differing: dict[str, int]

    @property
    def values(self) -> int:
        """How many values were compared."""
        return self.rows * len(self.differing)

    @property
    def differing_values(self) -> int:
        """How many of them differ."""
        return sum(self.differing.values())

    def describe(self) -> list[str]:
        """Return a line per fault: what differs, and how often; never a value."""
        faults = [
            f"`{feature}` of family `{self.name}`: {count:,} of {self.rows:,} values differ"
            for feature, count in self.differing.items()
            if count
        ]
        if self.unmatched:
            faults.append(
                f"family `{self.name}`: {self.unmatched:,} customers x dates are there only with, "
                "or only without, what came later"
            )
        return faults


@dataclass(frozen=True)
class TimeTravelAudit:
    """What was compared at which dates; `undated` are families whose attributes have no date."""

    dates: tuple[date, ...]
    is_panel: bool
    families: tuple[ComparedFamily, ...]
    undated: tuple[str, ...]

    def check(self) -> None:
        """Check that nothing differs.

        Raises
        ------
        AuditFailed
            Something does.
        """
        faults = [fault for family in self.families for fault in family.describe()]
        if faults:
            raise AuditFailed(
                "\n".join(
                    [
                        "Features depend on what came after their date:", *faults,
                        "Let stream and feature look back only, and name what becomes known later "
                        "in `known_later`; then train again. What was learnt from them is not to "
                        "be trusted.",
                    ]
                )
            )  # fmt: skip


@flow(name="audit time travel")
def audit_time_travel(
    project_file: str, *, as_of: date | None = None, known_at: datetime | None = None
) -> TimeTravelAudit:
    """Compare stored features with those made of the tables as they were on each of their dates.

    With `as_of` they are those of all customers on that day, as scoring builds them; without, those
    of the panel that models learn from, at all its cutoffs. What is not stored yet is built first.

    Raises
    ------
    StammkundeError
        The orders say nothing about the date, or are too few for a panel.
    """
    tables = canonical_tables(project_file, known_at)
    day = settle_as_of(project_file, tables["orders"], as_of)
    if as_of is None:
        splits = plan_splits(project_file, tables["orders"], day, known_at)
        dates = panel_dates(splits)
        built = build_panel_features(project_file, tables, splits, known_at=known_at)
    else:
        dates = [day]
        built = build_features(project_file, tables, dates, known_at=known_at)
    families = switched_on(tables)
    compared: dict[str, ComparedFamily] = {}
    for stream, names in by_stream(families).items():
        compared |= compare_stream(
            project_file, stream, names, tables=tables, built=built, dates=dates,
            known_at=known_at, is_sample=as_of is None,
        )  # fmt: skip
    return TimeTravelAudit(
        dates=tuple(dates),
        is_panel=as_of is None,
        families=tuple(compared[name] for name in families),
        undated=tuple(undated(families)),
    )


@task(task_run_name="travel back for {stream}")
def compare_stream(  # noqa: PLR0913 - what was built, from what, and as of when
    project_file: str,
    stream: str,
    names: tuple[str, ...],
    *,
    tables: TableRefs,
    built: TableRefs,
    dates: list[date],
    known_at: datetime | None,
    is_sample: bool,
) -> dict[str, ComparedFamily]:
    """Return family -> how the stored features of one stream do beside those made again."""
    counts: Counter[str] = Counter()
    with open_project(project_file).open_lake() as lake, step(f"travel back for {stream}") as done:
        needed = {
            name: ref
            for name, ref in tables.items()
            if name in {*SPINE_TABLES, *streams()[stream].tables}
        }
        for only, day in product(lake.slices(needed.values()), dates):
            known = known_tables(lake, needed, known_at, only=only)
            if is_sample:
                known = of_customers(known, lake.table(built["spine"], only=only))
            stored = lake.table(built[stream], only=only)
            differences = count_differences(
                stored.filter(stored.snapshot_date == day), features_on(day, names, known)
            )
            counts.update(lake.engine.to_pyarrow(differences).to_pylist()[0])
        done.outcome = f"{', '.join(names)}: {counts[ROWS]:,} rows"
    return {
        name: ComparedFamily(
            name, counts[ROWS], counts[UNMATCHED],
            {each.name: counts[each.name] for each in FAMILIES[name].features},
        )
        for name in names
    }  # fmt: skip
