from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.names import file_digest, fingerprint, split_ref, table_ref

# Whole numbers and text only: there, Python and JSON agree on what is equal.
LEAVES = st.none() | st.integers() | st.text()
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def shuffled(value: Any, *, seed: int) -> Any:
    """Return `value` with the keys of every dict in another order."""
    if isinstance(value, list):
        return [shuffled(item, seed=seed) for item in value]
    if isinstance(value, dict):
        keys = list(value)
        random.Random(seed).shuffle(keys)  # noqa: S311 - an order, not a secret
        return {key: shuffled(value[key], seed=seed) for key in keys}
    return value


@settings(deadline=None)
@given(VALUES, st.integers())
def test_order_of_keys_does_not_change_a_fingerprint(value: Any, seed: int) -> None:
    assert fingerprint(shuffled(value, seed=seed)) == fingerprint(value)


@settings(deadline=None)
@given(st.dictionaries(st.text(), VALUES, min_size=1), st.data())
def test_another_value_anywhere_changes_a_fingerprint(
    value: dict[str, Any], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(value)))
    other = data.draw(VALUES.filter(lambda drawn: drawn != value[key]))
    assert fingerprint("orders", [value]) != fingerprint("orders", [{**value, key: other}])


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(["orders", {"path": "a.csv", "days": 31}], id="a value"),
        pytest.param(["orders", {"path": "a.csv", "day": 30}], id="a key"),
        pytest.param(["orders", {"path": "a.csv"}], id="a key less"),
        pytest.param(["orders", {"path": "a.csv", "days": "30"}], id="a type"),
        pytest.param(["orders", {"path": "a.csv", "days": None}], id="nothing for a value"),
        pytest.param(["orders", [{"path": "a.csv", "days": 30}]], id="the nesting"),
        pytest.param([{"path": "a.csv", "days": 30}, "orders"], id="the order of parts"),
        pytest.param(["orders", {"path": "a.csv", "days": 30}, None], id="one part more"),
    ],
)
def test_any_change_changes_a_fingerprint(changed: list[object]) -> None:
    assert fingerprint(*changed) != fingerprint("orders", {"path": "a.csv", "days": 30})


def test_fingerprint_is_16_hex_digits_and_the_same_in_every_process() -> None:
    parts = [{"b": 1, "a": ["x", None]}, "text"]
    command = (
        "import json, sys; from contracts.names import fingerprint; "
        "print(fingerprint(*json.loads(sys.argv[1])))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", command, json.dumps(parts)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True, check=True, text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert found == {fingerprint(*parts)}
    assert len(bytes.fromhex(found.pop())) == 8


def test_a_date_counts_as_its_iso_text() -> None:
    assert fingerprint(date(2024, 2, 29)) == fingerprint("2024-02-29")


@settings(deadline=None)
@given(st.from_regex(r"[a-z_]+", fullmatch=True), st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
def test_reference_splits_into_what_it_was_made_of(name: str, key: str) -> None:
    assert split_ref(table_ref(name, key)) == (name, key)


def test_file_digest_is_the_sha256_of_the_content_whatever_the_name(tmp_path: Path) -> None:
    content = bytes(range(256)) * 2000
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(content)
    assert file_digest(tmp_path / "a.csv") == hashlib.sha256(content).hexdigest()
    assert file_digest(tmp_path / "b.csv") == hashlib.sha256(content).hexdigest()
