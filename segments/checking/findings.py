"""What was found in a file: what, where, how often, and what to do. No value of a cell is in it."""

from __future__ import annotations

from dataclasses import dataclass, field

_MOST_LINES = 5


@dataclass(frozen=True)
class Fault:
    """Something that is wrong at one place, and its mend. Equal ones are told together.

    Of a note the tool makes something, though perhaps not what was meant: it fails no check.
    """

    what: str
    remedy: str
    is_note: bool = False


@dataclass(frozen=True)
class Finding:
    """A fault, the first lines that have it, and how many places do. No lines: the whole file."""

    fault: Fault
    lines: tuple[int, ...]
    count: int


@dataclass
class Findings:
    """Gathers faults in the order in which they were first seen."""

    _lines: dict[Fault, list[int]] = field(default_factory=dict)
    _counts: dict[Fault, int] = field(default_factory=dict)

    def add(self, fault: Fault, line: int | None = None) -> None:
        """Add a fault at a line, or of the whole file."""
        lines = self._lines.setdefault(fault, [])
        self._counts[fault] = self._counts.get(fault, 0) + 1
        if line is not None and len(lines) < _MOST_LINES and line not in lines:
            lines.append(line)

    def told(self) -> tuple[Finding, ...]:
        """Return all of them, faults before notes."""
        found = [
            Finding(fault, tuple(lines), self._counts[fault])
            for fault, lines in self._lines.items()
        ]
        return tuple(sorted(found, key=lambda finding: finding.fault.is_note))
