"""A feature's definition is known by a text that is the same everywhere until it changes."""

from __future__ import annotations

import subprocess
import sys

from features.catalogue import FEATURES
from features.definitions import definitions


def test_every_feature_has_a_definition_of_its_own() -> None:
    found = definitions()
    assert set(found) == set(FEATURES)
    assert len(set(found.values())) == len(found)


def test_definitions_are_the_same_in_another_process() -> None:
    script = "from features.definitions import definitions; print(sorted(definitions().items()))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == str(sorted(definitions().items()))
