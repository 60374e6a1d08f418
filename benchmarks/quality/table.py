"""The table that a person reads, and the file that a program reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.quality.measures import Figures, Row

_COLUMNS = ("set", "measure", "best honest peer", "ours", "must reach", "")
HEADER = f"| {' | '.join(_COLUMNS)} |\n{'| --- ' * len(_COLUMNS)}|"


@dataclass(frozen=True)
class Part:
    """The rows of one holdout, with every figure that was measured, and why some were not."""

    name: str
    title: str
    rows: Sequence[Row]
    ours: Figures = field(default_factory=dict)
    peers: Mapping[str, Figures] = field(default_factory=dict)
    seconds: float = 0.0
    note: str = ""


def lines(part: Part) -> list[str]:
    """Return the part as lines of a Markdown table, and its note below."""
    told = [_line(part.title, row) for row in part.rows]
    return [*told, f"\n{part.title}: {part.note}\n"] if part.note else told


def keep(part: Part, file: Path) -> None:
    """Put the part in `file`, a JSON object of parts by name, in place of an older one."""
    parts = json.loads(file.read_text()) if file.exists() else {}
    parts[part.name] = {
        "title": part.title,
        "seconds": round(part.seconds, 1),
        "note": part.note,
        "rows": [
            {
                "measure": row.measure.label, "ours": row.ours, "peer": row.peer,
                "peer_name": row.peer_name, "low": row.measure.goal.low,
                "high": row.measure.goal.high, "verdict": row.verdict,
            }
            for row in part.rows
        ],
        "ours": dict(part.ours),
        "peers": {name: dict(figures) for name, figures in part.peers.items()},
    }  # fmt: skip
    file.write_text(json.dumps(parts, indent=1))


def _line(title: str, row: Row) -> str:
    peer = _number(row.peer, row)
    named = f"{peer} ({row.peer_name})" if row.peer_name else peer
    return (
        f"| {title} | {row.measure.label} | {named} | {_number(row.ours, row)} "
        f"| {row.measure.goal} | {row.verdict} |"
    )


def _number(value: float | None, row: Row) -> str:
    return "-" if value is None else f"{value:.{row.measure.digits}f}"
