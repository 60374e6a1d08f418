"""What a delivered file is: its kind by content and name, and all that is needed to read it."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal, cast

from contracts.errors import EmptyTable, UnreadableFile
from ingestion.sources.deliveries import Delivery, is_packed, open_bytes

Kind = Literal["csv", "jsonl", "parquet", "excel"]

KINDS = {"csv": "CSV", "jsonl": "JSON Lines", "parquet": "Parquet", "excel": "Excel"}

_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_WORKBOOK = "EncryptedPackage".encode("utf-16-le")

# What people deliver by mistake: its first bytes and its name.
_STRANGERS = {
    b"(\xb5/\xfd": "packed by zstd; only gzip is unpacked",
    b"BZh": "packed by bzip2; only gzip is unpacked",
    b"\xfd7zXZ": "packed by xz; only gzip is unpacked",
    b"7z\xbc\xaf": "a 7z archive; only gzip is unpacked",
    b"%PDF": "a PDF",
}
_NAMED = {
    ".parquet": "parquet", ".pq": "parquet", ".xlsx": "excel", ".xlsm": "excel",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
}  # fmt: skip


@dataclass(frozen=True)
class FileFormat:
    """All that is needed to read one file. `timestamp_formats` has columns that are not ISO 8601.

    `shows_decimal` says whether a number of this file, or of one before it, showed the decimal
    sign; where none did, the sign settles nothing in the next file.

    `encoding`, `delimiter`, `skip_lines` and `trailer` are of text; a workbook is read as text
    that was written from it, so it has a delimiter too.
    """

    kind: Kind
    encoding: str = "utf-8"
    delimiter: str = ","
    skip_lines: int = 0
    trailer: str | None = None
    decimal: str = "."
    thousands: str | None = None
    # Files that differ in nothing else are read alike.
    shows_decimal: bool = field(default=False, compare=False)
    sheet: str | None = None
    timestamp_formats: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` makes the same format of, as JSON can say it."""
        return asdict(self)

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> FileFormat:
        """Return the format that `to_json` wrote."""
        return cls(**written)

    def describe(self) -> str:
        """Return the format in one line for a person; names of columns are in it, values never."""
        said = [KINDS[self.kind]]
        if self.sheet is not None:
            said.append(f"sheet {self.sheet}")
        if self.kind in {"csv", "jsonl"}:
            said.append(self.encoding.removesuffix("-sig"))
        if self.kind == "csv":
            said.append("tab" if self.delimiter == "\t" else f'"{self.delimiter}"')
        if self.decimal == ",":
            said.append("decimal comma")
        if self.thousands is not None:
            said.append(f'thousands by "{self.thousands}"')
        for written in dict.fromkeys(self.timestamp_formats.values()):
            said.append(f"dates as {written}")
        if self.skip_lines:
            lines = "line" if self.skip_lines == 1 else "lines"
            said.append(f"{self.skip_lines} {lines} before the header")
        if self.trailer is not None:
            said.append("a trailer")
        return ", ".join(said)


def find_kind(delivery: Delivery, *, stated: Kind | None, table: str) -> Kind:
    """Return what a file is, by its first bytes and then by its name.

    Raises
    ------
    EmptyTable
        It has no bytes.
    UnreadableFile
        It is nothing that can be read, or not what its name or `stated` says.
    """
    if delivery.size == 0:
        raise EmptyTable(table, delivery.name)
    head = _first_bytes(delivery, table=table)
    found = _kind_of_bytes(delivery, head, table=table)
    named = _NAMED.get(PurePosixPath(delivery.name.lower().removesuffix(".gz")).suffix)
    wanted = stated or named
    if found is None and wanted in {"parquet", "excel"}:
        by = "`format`" if stated else "its name"
        reason = f"it is no whole {KINDS[wanted]} file, though {by} says so"
        raise UnreadableFile(table, delivery.name, reason=reason)
    if found is not None:
        if stated not in {None, found}:
            reason = f"it is {KINDS[found]}, and `format` says {stated}"
            raise UnreadableFile(table, delivery.name, reason=reason)
        return found
    if wanted is not None:
        return cast(Kind, wanted)
    return "jsonl" if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else "csv"


def _first_bytes(delivery: Delivery, *, table: str) -> bytes:
    try:
        with open_bytes(delivery) as content:
            return content.read(4096)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise UnreadableFile(table, delivery.name, reason="it is no whole gzip file") from None


def _kind_of_bytes(delivery: Delivery, head: bytes, *, table: str) -> Kind | None:
    """Return the kind that the first bytes alone tell; None for text."""
    binary = head.startswith((_PARQUET, _ZIP, _OLD_OFFICE))
    if binary and is_packed(delivery):
        raise UnreadableFile(table, delivery.name, reason="only text may be packed by gzip")
    if head.startswith(_PARQUET):
        return "parquet"
    if head.startswith(_ZIP):
        if _is_workbook(delivery):
            return "excel"
        reason = "it is a zip archive or a damaged workbook; deliver the file that is in it"
        raise UnreadableFile(table, delivery.name, reason=reason)
    if head.startswith(_OLD_OFFICE):
        raise UnreadableFile(table, delivery.name, reason=_about_old_office(delivery))
    for first, what in _STRANGERS.items():
        if head.startswith(first):
            raise UnreadableFile(table, delivery.name, reason=f"it is {what}")
    return None


def _is_workbook(delivery: Delivery) -> bool:
    try:
        with zipfile.ZipFile(delivery.path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _about_old_office(delivery: Delivery) -> str:
    with delivery.path.open("rb") as content:
        if _ENCRYPTED_WORKBOOK in content.read(1 << 20):
            return "it is protected by a password; save it without one"
    return "it is an Excel file of before 2007, or protected by a password; save it as .xlsx"
