"""Checks files for marketing tools, for the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from contracts.errors import AuditFailed, UsageError
from contracts.vendors import VENDORS
from segments.checking.check import Checked, check
from segments.checking.findings import Finding
from segments.vendors.targets import TARGETS

__all__ = ["FileCheck", "Finding", "check_file"]


@dataclass(frozen=True)
class FileCheck:
    """What a tool would refuse or misread in a file; no value of the file is in it."""

    file: Path
    checked: Checked

    def check(self) -> None:
        """Raise where the tool would refuse the file, or read it otherwise than it is meant.

        Raises
        ------
        AuditFailed
            There is a finding that is more than a note.
        """
        faults = sum(not finding.fault.is_note for finding in self.checked.findings)
        if faults:
            raise AuditFailed(
                f"{self.file} is not fit for {self.checked.target.title}: "
                f"{faults} {'finding' if faults == 1 else 'findings'}. Mend them before the import."
            )


def check_file(file: Path, vendor: str) -> FileCheck:
    """Return what the tool `vendor` would refuse or misread in a file.

    Raises
    ------
    UsageError
        There is no such file, or no such tool, or the file may not be read.
    """
    if vendor not in TARGETS:
        raise UsageError(f"There is no tool `{vendor}`. Known are {', '.join(VENDORS)}.")
    if not file.is_file():
        raise UsageError(f"There is no file {file}. Name one that is to be imported.")
    try:
        return FileCheck(file, check(file, TARGETS[vendor]))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
