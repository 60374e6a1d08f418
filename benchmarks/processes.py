"""Measures work in a process of its own, so that nothing before it counts, and says the figures."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measured:
    """What work took: CPU and wall seconds, and the peak of memory of its process in MB."""

    cpu: float
    wall: float
    peak_mb: float


def measure(work: Callable[[], None]) -> Measured:
    """Do the work here; CPU seconds are user and system of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(time.process_time() - cpu, time.perf_counter() - wall, peak)


def say(measured: Measured) -> None:
    """Print what `in_a_process` reads."""
    sys.stdout.write(json.dumps(asdict(measured)) + "\n")


def in_a_process(module: str, *arguments: str, python: str = sys.executable) -> Measured:
    """Run `python -m module`, which says what it measured in its last line."""
    command = [python, "-m", module, *arguments]
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return Measured(**json.loads(ran.stdout.splitlines()[-1]))


def table(found: Mapping[str, Sequence[Measured]]) -> list[str]:
    """Return the lines of a table of ways: medians of CPU and wall seconds, the highest peak."""
    lines = ["| way | CPU s, median (min-max) | wall s | peak MB |", "| --- | --- | --- | --- |"]
    for way, runs in found.items():
        cpu = spread([run.cpu for run in runs], digits=1)
        wall = statistics.median(run.wall for run in runs)
        lines.append(f"| {way} | {cpu} | {wall:.1f} | {max(run.peak_mb for run in runs):.0f} |")
    return lines


def spread(seconds: Sequence[float], *, digits: int) -> str:
    """Return median and range: "12.7 (12.3-14.0)"."""
    median, least, most = statistics.median(seconds), min(seconds), max(seconds)
    return f"{median:.{digits}f} ({least:.{digits}f}-{most:.{digits}f})"
