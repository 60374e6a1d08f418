"""Says in words that the disk is full, whoever meets it: Python or the engine."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from contracts.errors import DiskFull

_NUMBERS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# The engine has no numbers. It also stops by itself before its spill fills the disk.
_WORDS = re.compile(
    r"No space left on device|Disk quota exceeded|File too large|max_temp_directory_size"
)


@contextmanager
def told_if_full(folder: Path) -> Iterator[None]:
    """Write below `folder` inside the block.

    Raises
    ------
    DiskFull
        There is no room left, or a limit of this user or process is reached.
    """
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if not is_full(error):
            raise
        raise DiskFull(folder, free_bytes=shutil.disk_usage(folder).free) from None


def is_full(error: Exception) -> bool:
    """Return whether an error of Python or of the engine means that there is no room."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _NUMBERS
    return _WORDS.search(str(error)) is not None
