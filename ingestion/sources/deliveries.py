"""One delivered file, as every reader of files is handed it, and its bytes."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

DIGEST_LENGTH = 16

_GZIP = b"\x1f\x8b"


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
    """

    path: Path
    name: str
    digest: str
    size: int


def is_packed(delivery: Delivery) -> bool:
    """Return whether a file is packed by gzip, whatever its name says."""
    with delivery.path.open("rb") as content:
        return content.read(2) == _GZIP


def open_bytes(delivery: Delivery) -> IO[bytes]:
    """Open the content of a file, unpacked."""
    if is_packed(delivery):
        return cast(IO[bytes], gzip.open(delivery.path))
    return delivery.path.open("rb")
