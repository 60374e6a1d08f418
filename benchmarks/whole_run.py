"""The whole job on made customers beside the least that anybody could do, in one run.

`python -m benchmarks.whole_run FOLDER [--work FOLDER] [--repeat N]`: FOLDER has orders/,
email_events/, customers/ and tickets/ as Parquet.

"run" is all that `stammkunde run` does on a new project: Parquet in, segment files out, with
validation, panel, training, judgement, MLflow, Prefect and its server. "floor" reads the same
files, computes 41 features by hand-written SQL and what followed by another query, fits 300 trees
of depth 6 to all customers and predicts them. Each is a process of its own, imports included. The
CPU of a run is told by stage: that of the process from step to step, and of its children.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import shutil
import statistics
import sys
import time
from pathlib import Path

from benchmarks.feature_windows import AS_OF
from benchmarks.processes import Measured, in_a_process, say, table
from benchmarks.scale_project import scale_project

HORIZON_DAYS = 182
# What a step begins with -> the stage it belongs to; panel and snapshot have the same steps.
_STAGES = {
    "read the panel": "train", "read": "ingest", "compare": "ingest", "accept": "ingest",
    "canonical": "ingest", "validate": "validate", "spine": "features", "features": "features",
    "label": "features", "count order": "features", "count returns": "train", "fit": "train",
    "decide": "train", "tell who": "early warning", "score": "score", "publish": "publish",
}  # fmt: skip
_EARLY = "early warning"
_BETWEEN = "between steps"


class StageClock(logging.Handler):
    """Tells the CPU seconds of this process apart by the step that is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = {}
        self._stage, self._since, self._trained, self._early = _BETWEEN, 0.0, False, False

    def emit(self, record: logging.LogRecord) -> None:
        """Take the time at the begin and the end of a step."""
        step = getattr(record, "step", None)
        if step is None:
            return
        self.take()
        begun = getattr(record, "state", "") == "begun"
        if step == "judge early warning":
            self._early = begun  # with all steps that are within it
        stage = self._stage_of(str(step)) if begun else _BETWEEN
        self._stage = _EARLY if self._early else stage

    def take(self) -> None:
        """Give the seconds since the last call to the stage under way."""
        now = time.process_time()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._since = now

    def _stage_of(self, step: str) -> str:
        stage = next((s for begin, s in _STAGES.items() if step.startswith(begin)), _BETWEEN)
        self._trained = self._trained or stage == "train"
        if stage == "features":
            return "features at the date" if self._trained else "features of the panel"
        return stage


def main() -> None:
    """Take both ways in turn, and print medians, the ratio, and the stages of the last run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("benchmarks/work/whole"))
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--way", choices=("run", "floor"))
    arguments = parser.parse_args()
    if arguments.way:
        (_run if arguments.way == "run" else _floor)(arguments.data, arguments.work)
        return
    given = [str(arguments.data), "--work", str(arguments.work)]
    found: dict[str, list[Measured]] = {"floor": [], "run": []}
    for _round in range(arguments.repeat):
        for way, runs in found.items():
            runs.append(in_a_process("benchmarks.whole_run", *given, "--way", way))
    cpus = {way: statistics.median(run.cpu for run in runs) for way, runs in found.items()}
    lines = table(found)
    lines += ["", f"run takes {cpus['run'] / cpus['floor']:.2f} of floor; by stage:", ""]
    stages = json.loads(_stages_file(arguments.work).read_text())
    lines += ["| stage of the last run | CPU s |", "| --- | --- |"]
    lines += [f"| {stage} | {seconds:.1f} |" for stage, seconds in stages.items()]
    sys.stdout.write("\n".join(lines) + "\n")


def _stages_file(work: Path) -> Path:
    return work / "stages.json"


def _run(data: Path, work: Path) -> None:
    """Do the whole job on a new project, and keep the CPU of its stages."""
    shutil.rmtree(work, ignore_errors=True)
    file = Path(scale_project(data, work, horizon_days=HORIZON_DAYS))
    clock, started = StageClock(), time.perf_counter()
    told = logging.getLogger("stammkunde")
    told.setLevel(logging.INFO)
    told.addHandler(clock)

    from stammkunde.work import whole_job  # noqa: PLC0415 - what it loads is part of the run

    whole_job(file, as_of=AS_OF, known_at=None)
    clock.take()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    of_children = children.ru_utime + children.ru_stime
    stages = {**clock.seconds, "children (Prefect's server)": of_children}
    _stages_file(work).write_text(json.dumps(stages))
    say(_measured(time.process_time() + of_children, time.perf_counter() - started))


def _floor(data: Path, work: Path) -> None:
    """Do the least: features and outcomes by SQL, one fit, one predict."""
    started = time.perf_counter()
    import duckdb  # noqa: PLC0415 - what is loaded is part of the floor
    import numpy as np  # noqa: PLC0415

    from benchmarks.bare_fit import bare_chances  # noqa: PLC0415
    from benchmarks.feature_peers import by_sql  # noqa: PLC0415

    work.mkdir(parents=True, exist_ok=True)
    features = work / "floor.parquet"
    by_sql(data, features)
    rows = duckdb.sql(
        f"SELECT f.*, o.customer_id IS NULL AS left FROM '{features}' f LEFT JOIN (SELECT DISTINCT "
        f"customer_id FROM '{data}/orders/*.parquet' WHERE ordered_at >= DATE '{AS_OF}' AND "
        f"ordered_at < DATE '{AS_OF}' + {HORIZON_DAYS}) o USING (customer_id)"
    ).to_arrow_table()
    left = rows["left"].to_numpy().astype(np.float32)
    named = [name for name in rows.column_names if name not in {"customer_id", "left"}]
    X = np.column_stack([rows[name].to_numpy().astype(np.float32) for name in named])
    np.save(work / "floor.npy", bare_chances(X, left))
    say(_measured(time.process_time(), time.perf_counter() - started))


def _measured(cpu: float, wall: float) -> Measured:
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return Measured(cpu, wall, peak / 1024)


if __name__ == "__main__":
    main()
