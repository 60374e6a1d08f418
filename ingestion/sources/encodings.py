"""Text files in other encodings than UTF-8, rewritten for the engine, which reads only that."""

from __future__ import annotations

import gzip
import shutil
import zlib
from pathlib import Path
from typing import IO, cast

from contracts.errors import UnreadableFile


def as_utf8(path: Path, *, encoding: str, workspace: Path, table: str) -> Path:
    """Return a copy of `path` in UTF-8, unpacked, below `workspace`.

    Raises
    ------
    UnreadableFile
        The file is not in this encoding, or a packed one is cut off.
    """
    copy = workspace / f"{path.name.removesuffix('.gz')}.utf8.csv"
    try:
        with _open(path, encoding) as source, copy.open("w", encoding="utf-8", newline="") as made:
            shutil.copyfileobj(source, made)
    except UnicodeError:
        # The error itself would quote the bytes around the fault.
        raise UnreadableFile(
            table, str(path), reason=f"it is not {encoding}; correct `encoding`"
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise UnreadableFile(table, str(path), reason="it is no whole gzip file") from None
    return copy


def _open(path: Path, encoding: str) -> IO[str]:
    if path.suffix == ".gz":
        return cast(IO[str], gzip.open(path, "rt", encoding=encoding, newline=""))
    return path.open(encoding=encoding, newline="")
