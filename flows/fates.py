"""What became of the rows of a delivery, in words; every row that was read is in one count."""

from __future__ import annotations

from collections.abc import Mapping

# Count of a batch -> what a person reads. Only these are rows of the delivery itself.
_FATES = {
    "accepted": "accepted",
    "unchanged": "unchanged",
    "collapsed": "told twice",
    "added_up": "added up to orders of one time",
    "passed_over": "passed over",
    "rejected": "rejected",
    "repeated": "contradicted by a later row",
}
_OF_EARLIER_ROWS = {"superseded": "replaced", "deleted": "deleted"}


def tell_fates(counts: Mapping[str, int]) -> str:
    """Return a line: "103 rows read: 98 accepted, 5 rejected; of earlier rows 2 replaced"."""
    read = sum(counts.get(name, 0) for name in _FATES)
    said = f"{read:,} rows read"
    if fates := _listed(counts, _FATES):
        said += f": {fates}"
    if earlier := _listed(counts, _OF_EARLIER_ROWS):
        said += f"; of earlier rows {earlier}"
    return said


def _listed(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    return ", ".join(f"{counts[name]:,} {word}" for name, word in words.items() if counts.get(name))
