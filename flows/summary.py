"""What a person wants to know of a run, and how it reads as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.deciding import told
from flows.markdown import table
from flows.metric_names import METRICS
from flows.project import Project
from training.judgement import Judgement


@dataclass(frozen=True)
class ModelSummary:
    """One model of the run: what it says, how it did, beside the best simple rule.

    `decided` says what became of it: another version may be the one that scored. `lost_after_days`
    is None where the end of contracts says who is lost.
    """

    name: str
    version: str
    horizon_days: int
    holdout: str
    holdout_days: int
    learnt_days: int
    lost_after_days: int | None
    judgement: Judgement
    decided: str


@dataclass(frozen=True)
class Summary:
    """A published run. Rows by canonical table, customers by stage and by segment file."""

    as_of: str
    run_id: str
    project_file: Path
    currency: str
    value_basis: str
    tables: Mapping[str, int]
    findings: Sequence[str]
    models: Sequence[ModelSummary]
    stages: Mapping[str, int]
    segments: Mapping[str, int]
    withheld: Mapping[str, int]
    changes: Mapping[str, Any]
    early_warning: str
    folder: Path
    data_docs: Path

    def to_markdown(self) -> str:
        """Return the summary as a person reads it."""
        return "\n\n".join(
            [
                f"# Customers as of {self.as_of}",
                "## Data",
                table(
                    ("table", "rows"),
                    [(n, f"{rows:,}") for n, rows in self.tables.items()],
                    has_numbers=True,
                ),
                "\n".join(f"- {line}" for line in self.findings),
                *(self._model(model) for model in self.models),
                "## Customers and segments",
                table(
                    ("lifecycle stage", "customers"),
                    [(name, f"{count:,}") for name, count in self.stages.items()],
                    has_numbers=True,
                ),
                self._segments(),
                self.early_warning,
                self._consent(),
                "## Where it is",
                self._places(),
            ]
        )

    def _model(self, model: ModelSummary) -> str:
        judged = model.judgement
        rule = judged.rules[judged.best_rule]
        unit = f", {self.value_basis} in {self.currency}" if model.name == "clv" else ""
        title = f"## Model {model.name} {model.version}: the next {model.horizon_days} days{unit}"
        rows = [
            (
                METRICS[name][0],
                METRICS[name][1].format(value),
                " to ".join(METRICS[name][1].format(end) for end in judged.intervals[name]),
                METRICS[name][1].format(rule[name]) if name in rule else "-",
            )
            for name, value in judged.metrics.items()
            if name in METRICS
        ]
        base = f"{judged.base:.1%} churned" if model.name == "churn" else f"{judged.base:.2f} each"
        verdict = "better than" if judged.is_better else "NOT clearly better than"
        return "\n\n".join(
            [
                title,
                f"Judged on {judged.rows:,} customers at risk on {model.holdout} ({base}; "
                f"{_who(model)}), unseen in fitting: {verdict} the best "
                f"simple rule, {judged.best_rule}.{self._shortness(model)}",
                table(
                    ("metric", "model", "90 % interval", judged.best_rule), rows, has_numbers=True
                ),
                f"{model.decided}.",
            ]
        )

    def _segments(self) -> str:
        """Return the segments, and how many members have come and gone since the publish before."""
        since, changed = self.changes["since"], self.changes["segments"]
        told = () if since is None else (f"since {since}",)
        rows = [
            (name, f"{count:,}", *(_come_and_gone(changed[name]) for _ in told))
            for name, count in self.segments.items()
        ]
        return table(("segment file", "customers", *told), rows, has_numbers=True)

    def _shortness(self, model: ModelSummary) -> str:
        """Say what was done about a history of less than two horizons."""
        if model.learnt_days == model.horizon_days:
            return ""
        return (
            f" The orders hold less than two horizons: the model learnt from what follows in "
            f"{model.learnt_days} days and was judged over {model.holdout_days}; what lies "
            "beyond rests on the order history."
        )

    def _consent(self) -> str:
        if "consents" not in self.tables:
            return (
                "There is no table `consents`: nobody was withheld for want of consent. The files "
                f"hold ids only; check consent before anybody is contacted. {self._left_out()}"
            )
        return self._left_out()

    def _left_out(self) -> str:
        """Say how many members of segments are in no file, and why."""
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in self.withheld.items())
        return f"{sum(self.withheld.values()):,} customers withheld" + (
            f": {reasons}." if reasons else "."
        )

    def _places(self) -> str:
        return "\n".join(
            [
                f"- files: {self.folder} (also {self.folder.parent.parent / 'current'})",
                f"- what validation saw: {self.data_docs / 'index.html'}",
                f"- models and runs: `stammkunde ui --config {self.project_file}`",
            ]
        )


def _come_and_gone(of: Mapping[str, int]) -> str:
    return f"+{of['entered']:,} -{of['left']:,}"


def _who(model: ModelSummary) -> str:
    """Say who is at risk."""
    if model.lost_after_days is None:
        return "contract running, its end not known"
    return f"silent for at most {model.lost_after_days} days"


def summarise(
    project: Project,
    *,
    findings: Sequence[str],
    trained: Mapping[str, Any],
    manifest: Mapping[str, Any],
    folder: Path,
) -> Summary:
    """Return the summary of the run that `manifest` describes."""
    return Summary(
        as_of=manifest["as_of"],
        run_id=manifest["run_id"],
        project_file=project.file,
        currency=manifest["currency"],
        value_basis=manifest["value_basis"] + ", less refunds" * manifest["net_of_refunds"],
        tables={name: facts["rows"] for name, facts in manifest["tables"].items()},
        findings=findings,
        models=[
            ModelSummary(
                name, model["version"], model["horizon_days"], model["holdout"],
                model["holdout_days"],
                model["learnt_days"],
                model["lost_after_days"], Judgement.from_json(model["judgement"]),
                told(name, model),
            )
            for name, model in trained.items()
        ],
        stages=manifest["lifecycle_stages"],
        segments={
            Path(file).stem: rows
            for file, rows in manifest["rows"].items()
            if file.startswith("segments/")
        },
        withheld=manifest["withheld"],
        changes=manifest["changes"],
        early_warning=_early(manifest["early_warning"]),
        folder=folder,
        data_docs=project.data_docs,
    )  # fmt: skip


def _early(warned: Mapping[str, Any]) -> str:
    """Say of which list the segment of early warning is, or why nobody is in it."""
    if "none" in warned:
        return f"Nobody is in `early_warning`: {warned['none']}"
    return (
        f"In `early_warning` are {warned['told']:,} of {warned['watched']:,} watched customers "
        f"(budget {warned['budget']}), by model {warned['model']}."
    )
