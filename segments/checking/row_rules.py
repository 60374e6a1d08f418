"""Judges rows: whom they are about, whether they come twice, and whether all agree on consent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from segments.checking.findings import Fault
from segments.checking.suggestive import suggests_health_or_income
from segments.vendors.cells import key_of
from segments.vendors.target import Column, Target

_CONSENTS = frozenset({"aduserdata", "adpersonalization"})
_LISTS = frozenset({"segment", "audience", "list", "liste", "tag", "tags"})


@dataclass
class Rows:
    """Judges the rows of a file one after the other; remembers a digest of each."""

    target: Target
    headers: Sequence[str]
    columns: Sequence[Column | None]
    _seen: set[int] = field(default_factory=set)
    _consents: set[tuple[str, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Find the places of the columns that rows are judged by."""
        flat = ["".join(filter(str.isalpha, header.casefold())) for header in self.headers]
        self._consent_places = [place for place, name in enumerate(flat) if name in _CONSENTS]
        self._list_places = [
            place for place, name in enumerate(flat)
            if name.removeprefix("sk") in _LISTS and self.target.is_ad_platform
        ]  # fmt: skip
        self._key_places = tuple(self._places(self.target.key))
        self._identifying = self._places(self.target.identifiers)
        self._together = self._places(self.target.together)
        self._empty_is_trap = [
            (place, column, next(iter(self._places((column.beside,))), None))
            for place, column in enumerate(self.columns)
            if column is not None and column.empty_means
        ]

    def faults(self, cells: Sequence[str]) -> Iterator[Fault]:
        """Yield what is wrong with a row of as many cells as there are headers."""
        if self._identifying and not any(cells[place] for place in self._identifying):
            named = " nor ".join(f"`{header}`" for header in self.target.identifiers)
            yield Fault(f"a row with no {named}", "Leave the row out: it is about nobody.")
        known_by = key_of(cells, self._key_places)
        if known_by in self._seen:
            yield Fault(
                "a row that comes twice, by what the tool knows rows by", "Leave one of them out."
            )
        self._seen.add(known_by)
        filled = sum(bool(cells[place]) for place in self._together)
        if 0 < filled < len(self._together):
            named = ", ".join(self.target.together)
            yield Fault(f"a part of {named} only", "Fill all of them, or none: parts never match.")
        yield from self._empty_traps(cells)
        yield from self._consent(cells)
        if any(suggests_health_or_income(cells[place]) for place in self._list_places):
            yield SUGGESTIVE

    def _empty_traps(self, cells: Sequence[str]) -> Iterator[Fault]:
        for place, column, beside in self._empty_is_trap:
            if not cells[place] and (not column.beside or (beside is not None and cells[beside])):
                yield Fault(
                    f"`{column.header}`: empty, which {column.empty_means}",
                    f"Write {self.target.form.empty or 'the value'}, or leave the row out.",
                )

    def _consent(self, cells: Sequence[str]) -> Iterator[Fault]:
        if not self._consent_places or not self.target.is_ad_platform:
            return
        said = tuple(cells[place].strip().casefold() for place in self._consent_places)
        # Bounded, though cells may hold anything: what is not granted is one state.
        self._consents.add(tuple("granted" if each == "granted" else "not" for each in said))
        if len(self._consents) > 1:
            yield MIXED_CONSENT

    def _places(self, headers: Sequence[str]) -> list[int]:
        return [
            place for header in headers
            for place, column in enumerate(self.columns)
            if column is not None and column.header == header
        ]  # fmt: skip


SUGGESTIVE = Fault(
    "a segment whose name suggests health or income",
    "Name it by a neutral code, as SK-07: platforms block such audiences.",
)
MIXED_CONSENT = Fault(
    "people of several states of consent in one file",
    "Consent counts for a whole upload: one file per state, and none for those who did not grant.",
)
