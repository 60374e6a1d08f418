"""Folders and files that appear in one step, complete and on the disk, or not at all."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def appearing_whole(folder: Path, *, proof: str) -> Iterator[Path]:
    """Yield an empty folder to fill, its owner's only; it becomes `folder` when the block is done.

    Somebody else may have made the same folder meanwhile: where it holds the file `proof`, theirs
    stays. After an error in the block nothing is left.
    """
    partial = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}.partial")
    partial.mkdir(parents=True, mode=0o700)
    try:
        yield partial
        flush(partial)
        _rename(partial, folder, proof=proof)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_new(path: Path, text: str) -> None:
    """Write a file that nobody has written yet.

    Raises
    ------
    FileExistsError
        Somebody has; theirs stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{uuid.uuid4().hex}.partial")
    partial.write_text(text)
    flush(partial)
    try:
        # Unlike a rename, a link never takes the place of what another process wrote.
        os.link(partial, path)
    finally:
        partial.unlink()
    flush_alone(path.parent)


def flush(path: Path) -> None:
    """Wait until a file, or all files of a folder, are on the disk.

    A name must not stand for what a power cut can lose.
    """
    for each in (path, *path.rglob("*")) if path.is_dir() else (path,):
        flush_alone(each)


def flush_alone(path: Path) -> None:
    """Wait until a file, or the names in a folder without what they stand for, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rename(partial: Path, folder: Path, *, proof: str) -> None:
    try:
        partial.rename(folder)
    except OSError:
        if not (folder / proof).exists():
            raise
