"""How tables are named when stages hand them on, and how the same work is found again.

A stored table is called `name@fingerprint`. The fingerprint stands for everything the table was
made from: inputs, settings and code. Equal fingerprint, equal table.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

# Aliases of registered versions: the one that scores, the one that was not better, and the one that
# scored before.
CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"

_FINGERPRINT_LENGTH = 16


def table_ref(name: str, fingerprint: str) -> str:
    """Return the name under which stages hand on a stored table."""
    return f"{name}@{fingerprint}"


def split_ref(ref: str) -> tuple[str, str]:
    """Return (name, fingerprint) of a reference made by `table_ref`."""
    name, _, fingerprint = ref.partition("@")
    return name, fingerprint


def fingerprint(*parts: object) -> str:
    """Return 16 hex digits that stand for `parts`: anything JSON can say, dates as ISO text."""
    text = json.dumps(parts, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_FINGERPRINT_LENGTH]


def tracking_uri(mlruns: Path) -> str:
    """Return how MLflow addresses its store in this folder."""
    return f"sqlite:///{mlruns / 'mlflow.db'}"


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hex."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
