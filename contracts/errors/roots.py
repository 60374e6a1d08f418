"""The roots of the tree of errors: what a class says of exit code and retry."""

from __future__ import annotations

from typing import ClassVar


class StammkundeError(Exception):
    """Root of the tree. `exit_code` is what the command line returns."""

    exit_code: ClassVar[int] = 1


class UsageError(StammkundeError):
    """The command or the settings must change."""

    exit_code: ClassVar[int] = 2


class GateStopped(StammkundeError):
    """A gate stopped the run before anything was published."""


class Transient(Exception):
    """Something outside failed in a way that may be gone in a moment, such as a locked database."""
