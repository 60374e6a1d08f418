"""Writes rows before they count: staged rows, and the files of a batch made from them."""

from __future__ import annotations

from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

BUCKETS = 16

# Many small files cost more than they save; a small delivery is one file.
_BYTES_WORTH_BUCKETS = 64 * 2**20


@ibis.udf.scalar.builtin(name="hash", signature=(("string",), "uint64"))  # type: ignore[untyped-decorator]
def _engine_hash(text: str) -> int:  # type: ignore[empty-body]
    """Hash a text as the engine does: quick, and the same within one version of it."""


def bucketing(engine: Backend) -> str:
    """Return what stands for how this engine computes buckets: equal text, equal buckets."""
    probe = engine.to_pyarrow(_engine_hash(ibis.literal("stammkunde"))).as_py()
    return f"hash {probe % 2**32:08x} of {BUCKETS}"


def write_rows(
    engine: Backend, rows: ir.Table, folder: Path, *, by: str, source_bytes: int | None = None
) -> None:
    """Write `rows` to `folder` as Parquet with a `bucket` column, the hash of `by`.

    Rows from a source of many bytes go into a file per bucket, so that work on customers can go
    bucket by bucket; None means that the rows are few.
    """
    number = (_engine_hash(rows[by].fill_null("")) % BUCKETS).cast("uint8")
    bucketed = rows.mutate(bucket=number) if "bucket" not in rows.columns else rows
    folder.mkdir(parents=True, mode=0o700)
    if (source_bytes or 0) < _BYTES_WORTH_BUCKETS:
        engine.to_parquet(bucketed, folder / "part-0.parquet", compression="zstd")
        return
    engine.to_parquet(
        bucketed, folder, partition_by="bucket", write_partition_columns=True, compression="zstd"
    )


def read_rows(engine: Backend, folder: Path) -> ir.Table:
    """Return what `write_rows` wrote."""
    files = sorted(str(path) for path in folder.rglob("*.parquet"))
    return engine.read_parquet(files, hive_partitioning=False)
