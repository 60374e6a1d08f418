"""Runs the product as its user does, by its commands, and fetches the scores it stored."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb


class ProductFailed(Exception):
    """A command ended with an error; says its last words."""


def scores_at(settings: Path, as_of: date, **business: int) -> Path:
    """Train and score as of a day; return the stored table of scores, a glob of Parquet.

    Models of earlier trainings go first: a new one scores only where it beats them. `business`
    overrides settings of [business]. What was said is in `<settings>.log`.

    Raises
    ------
    ProductFailed
        A command stopped, such as for too short a history.
    """
    overrides = {f"STAMMKUNDE_BUSINESS__{name}".upper(): str(v) for name, v in business.items()}
    shutil.rmtree(settings.with_name("mlruns"), ignore_errors=True)
    given = ["--as-of", str(as_of)]
    _command("train", settings, given, overrides)
    said = _command("score", settings, given, overrides)
    [folder] = [line.removeprefix("scores: ") for line in said if line.startswith("scores: ")]
    return Path(folder) / "*.parquet"


def ingest(settings: Path) -> None:
    """Let the product accept what the settings name.

    Raises
    ------
    ProductFailed
        The command stopped.
    """
    _command("ingest", settings, [], {})


def predictions(scores: Path, out: Path) -> Path:
    """Write stored scores as the scripts of the bench read them, and return the file.

    One row per customer with a prediction: customer_id (a number there), exp_txn (orders
    expected), exp_spend (value expected), p_churn, and the interval of value.
    """
    duckdb.sql(
        "SELECT customer_id::BIGINT AS customer_id, expected_orders AS exp_txn, clv AS exp_spend, "
        "churn_probability AS p_churn, clv_p10, clv_p50, clv_p90 "
        f"FROM '{scores}' WHERE clv IS NOT NULL ORDER BY customer_id"
    ).write_parquet(str(out))
    return out


def _command(
    stage: str, settings: Path, given: Sequence[str], overrides: Mapping[str, str]
) -> list[str]:
    overrides = {**overrides, "STAMMKUNDE_PROJECT__ROOT": "."}
    command = [sys.executable, "-m", "stammkunde", stage, "--quiet", "--config", str(settings)]
    command += given
    with settings.with_suffix(".log").open("a+") as log:
        log.write(f"\n$ {' '.join(command)} {' '.join(overrides.values())}\n")
        log.flush()
        begin = log.tell()
        ran = subprocess.run(
            command, env={**os.environ, **overrides}, stdout=log, stderr=log, check=False
        )
        log.seek(begin)
        said = log.read().splitlines()
    if ran.returncode:
        raise ProductFailed(f"stammkunde {stage}: {' '.join(said[-3:])}")
    return said
