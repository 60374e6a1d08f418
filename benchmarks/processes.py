"""Measures work in a process of its own, so that nothing before it counts, and says the figures."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
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


def spread(seconds: Sequence[float], *, digits: int) -> str:
    """Return median and range: "12.7 (12.3-14.0)"."""
    median, least, most = statistics.median(seconds), min(seconds), max(seconds)
    return f"{median:.{digits}f} ({least:.{digits}f}-{most:.{digits}f})"
