"""What of a source is to be read now, given what was accepted before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.errors import SourceChanged
from ingestion.settings import SourceSettings
from ingestion.sources.deliveries import Delivery
from warehouse.batches import Batch


@dataclass(frozen=True)
class Plan:
    """What to read of one source.

    `deliveries` are the files to read. `since` is the cursor value from which a database is read;
    None means from the start. `is_complete` says that keys which do not come are deleted.
    """

    is_complete: bool
    deliveries: tuple[Delivery, ...] = ()
    since: str | None = None


def plan_files(  # noqa: PLR0913 - what is there, what was there, and how it is read
    table: str,
    found: Sequence[Delivery],
    earlier: Sequence[Batch],
    *,
    source: SourceSettings,
    settings: str,
    full: bool,
) -> Plan | None:
    """Return which of the files `found`, in name order, are to be read; None for none.

    A file whose content was accepted before is not read again, whatever it is called now. Where
    the source is to be read another way than before, all files are, as a complete delivery. `found`
    may be empty where a mover has taken the accepted files away.

    Raises
    ------
    SourceChanged
        They would have to be, but some are no longer there.
    """
    if source.complete:
        if not found:
            if earlier[-1].settings != settings:
                _check_all_there(table, found, earlier[-1:])
            return None
        newest = found[-1]
        known = earlier[-1].digests if earlier and earlier[-1].settings == settings else set()
        is_known = newest.digest in known and not full
        return None if is_known else Plan(is_complete=True, deliveries=(newest,))
    if full:
        return Plan(is_complete=True, deliveries=tuple(found))
    if earlier and earlier[-1].settings != settings:
        _check_all_there(table, found, earlier)
        return Plan(is_complete=True, deliveries=tuple(found))
    seen = set().union(*(batch.digests for batch in _since_complete(earlier)))
    fresh = tuple(delivery for delivery in found if delivery.digest not in seen)
    return Plan(is_complete=False, deliveries=fresh) if fresh else None


def plan_query(
    earlier: Sequence[Batch], *, source: SourceSettings, settings: str, full: bool
) -> Plan:
    """Return from which cursor value a database is to be read."""
    is_comparable = bool(earlier) and earlier[-1].settings == settings
    since = next((batch.cursor for batch in reversed(earlier) if batch.cursor is not None), None)
    if source.cursor is None or full or not is_comparable or since is None:
        return Plan(is_complete=True)
    return Plan(is_complete=False, since=since)


def _check_all_there(table: str, found: Sequence[Delivery], earlier: Sequence[Batch]) -> None:
    there = {delivery.digest for delivery in found}
    missing = [
        str(delivery["name"])
        for batch in _since_complete(earlier)
        for delivery in batch.deliveries
        if delivery["digest"] not in there
    ]
    if missing:
        raise SourceChanged(table, missing=missing)


def _since_complete(earlier: Sequence[Batch]) -> list[Batch]:
    """Return the last complete delivery and what was added since; before it all was replaced."""
    completes = [number for number, batch in enumerate(earlier) if batch.is_complete]
    return list(earlier[completes[-1] :] if completes else earlier)
