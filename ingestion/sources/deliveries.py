"""One delivered file, as every reader of files is handed it, and its bytes."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from contracts.errors import FileChanged

DIGEST_LENGTH = 16

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Version:
    """What of a file is another once it has been written to or replaced."""

    inode: int
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Delivery:
    """One delivered file, on this machine.

    Attributes
    ----------
    path
        Where its bytes are; below the workspace where it was fetched from elsewhere.
    name
        What a person calls it: its path or address, without credentials.
    digest
        First 16 hex digits of the SHA-256 of its content.
    size
        Bytes of its content, as delivered.
    version
        That of the file whose hash `digest` is; None of a copy that nobody else writes to.
    """

    path: Path
    name: str
    digest: str
    size: int
    version: Version | None = None


def version_of(path: Path) -> Version:
    """Return the version of a file as it is now."""
    found = path.stat()
    return Version(found.st_ino, found.st_size, found.st_mtime_ns)


@contextmanager
def unchanged(table: str, deliveries: Sequence[Delivery]) -> Iterator[None]:
    """Read `deliveries` inside the block; what was read is of the content that was hashed.

    Raises
    ------
    FileChanged
        A file changed or vanished meanwhile, whatever reading it then said.
    """
    try:
        yield
    except Exception:
        _check_unchanged(table, deliveries)
        raise
    _check_unchanged(table, deliveries)


def _check_unchanged(table: str, deliveries: Sequence[Delivery]) -> None:
    for delivery in deliveries:
        try:
            is_same = delivery.version in {None, version_of(delivery.path)}
        except FileNotFoundError:
            is_same = False
        if not is_same:
            raise FileChanged(table, delivery.name) from None


def is_packed(delivery: Delivery) -> bool:
    """Return whether a file is packed by gzip, whatever its name says."""
    with delivery.path.open("rb") as content:
        return content.read(2) == _GZIP


def open_bytes(delivery: Delivery) -> IO[bytes]:
    """Open the content of a file, unpacked."""
    if is_packed(delivery):
        return cast(IO[bytes], gzip.open(delivery.path))
    return delivery.path.open("rb")
