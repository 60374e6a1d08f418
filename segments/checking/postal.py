"""Postal codes of a file that has no countries: some of four digits among many of five."""

from __future__ import annotations

from dataclasses import dataclass, field

from segments.checking.findings import Fault, Findings

_FAULT = Fault(
    "postal codes of four digits, most others have five: a leading zero may be lost",
    "Write them as text from the source, as 01067; a column of countries would tell.",
)


@dataclass
class CodesWithoutCountry:
    """Counts codes by their length."""

    five_digits: int = 0
    four_digits: int = 0
    lines: list[int] = field(default_factory=list)

    def take(self, code: str, line: int) -> None:
        """Count a code."""
        if code.isdecimal() and len(code) == 5:
            self.five_digits += 1
        elif code.isdecimal() and len(code) == 4:
            self.four_digits += 1
            self.lines.append(line)

    def tell(self, findings: Findings) -> None:
        """Tell of the short ones, where the long ones are more."""
        if self.five_digits > self.four_digits:
            for line in self.lines:
                findings.add(_FAULT, line)
