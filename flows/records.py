"""What a finished stage leaves beside tables: a small JSON record, found by fingerprint."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any


def find_record(folder: Path, stage: str, fingerprint: str) -> dict[str, Any] | None:
    """Return the record of a finished stage, or None where there is none."""
    path = folder / stage / f"{fingerprint}.json"
    return dict(json.loads(path.read_text())) if path.exists() else None


def keep_record(
    folder: Path, stage: str, fingerprint: str, record: dict[str, Any]
) -> dict[str, Any]:
    """Write the record of a finished stage in one step, and return it as it will be found."""
    path = folder / stage / f"{fingerprint}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{fingerprint}.{uuid.uuid4().hex}.partial")
    text = json.dumps(record, indent=1)
    partial.write_text(text)
    partial.replace(path)
    return dict(json.loads(text))
