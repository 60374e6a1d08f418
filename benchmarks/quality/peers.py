"""The peers, each in a Python of its own, asked once; what they predicted is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.quality.holdouts import Holdout, Outcomes

_DRIVER = Path(__file__).with_name("peer_driver.py")
# Peers that see nothing after the cut -> the environment they live in.
_HOMES = {
    "recency": "venv-main", "naive_extrapolation": "venv-main", "lifetimes": "venv-lifetimes",
    "clvkit": "venv-clvkit", "clvkit_mbg": "venv-clvkit", "pymc_map": "venv-pymc",
    "xgb_temporal": "venv-main", "xgb_temporal_all": "venv-main",
}  # fmt: skip
_LONGEST_SECONDS = 900


def ask_peers(  # noqa: PLR0913 - where they live, what they see, where it is kept
    homes: Path, bench: Path, holdout: Holdout, outcomes: Outcomes, *, events: Path, data: Path,
    kept: Path,
) -> dict[str, dict[str, float]]:  # fmt: skip
    """Return peer -> figures; those without environment or that fail are told and left out.

    `data` is the folder of made data, for the peer that reads e-mails and tickets; a name without
    a folder is none.
    """
    found: dict[str, dict[str, float]] = {}
    kept.mkdir(parents=True, exist_ok=True)
    for peer, home in _HOMES.items():
        if peer.endswith("_all") and not data.is_dir():
            continue
        python, out = homes / home / "bin" / "python", kept / f"{holdout.name}.{peer}.parquet"
        if not out.exists() and not python.exists():
            sys.stderr.write(f"{peer} is left out: there is no {python}\n")
            continue
        command = [
            str(python), str(_DRIVER), str(bench / "clv_quality.py"), str(data), str(events),
            str(holdout.cut), str(holdout.days), peer, str(out),
        ]  # fmt: skip
        if not out.exists() and (error := _failure(command)):
            sys.stderr.write(f"{peer} is left out: {error}\n")
            continue
        found[peer] = outcomes.figures(out)
        found[f"{peer}, no purchase"] = outcomes.figures_of_churn(out)
    return found


def _failure(command: list[str]) -> str:
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=_LONGEST_SECONDS,
            env=environment,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        return str((error.stderr.strip().splitlines() or ["no word"])[-1])
    except subprocess.TimeoutExpired:
        return f"not done in {_LONGEST_SECONDS} s"
    return ""
