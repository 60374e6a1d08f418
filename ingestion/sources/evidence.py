"""What the values of a file have said so far of its signs and of its formats of times."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingestion.sources.guessing import NumberVotes
from ingestion.sources.time_formats import TimeVotes

# What is longer is neither a number nor a time.
_LONGEST_VALUE = 64


@dataclass
class Evidence:
    """The votes of numbers, and of each column of times; `suffix` is added to every time."""

    suffix: str
    times: dict[str, TimeVotes]
    numbers: NumberVotes = field(default_factory=NumberVotes)

    def add_numbers(self, column: str, values: list[str | float]) -> None:
        """Count values of a column of numbers."""
        if self.numbers.decisive:  # all that is still looked for is what may part thousands
            other = self.numbers.rarer_signs()
            values = [value for value in values if isinstance(value, str) and other.search(value)]
        for value in values:
            if isinstance(value, float):
                self.numbers.add_number()
            elif len(value) <= _LONGEST_VALUE and not value.isdigit():
                self.numbers.add(column, value)

    def add_times(self, column: str, values: list[str | float]) -> None:
        """Count values of a column of times."""
        for value in values:
            if len(text := f"{value}{self.suffix}") <= _LONGEST_VALUE:
                self.times[column].add(text)
