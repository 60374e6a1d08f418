"""The house itself: folders, docs, requirements and what must never be committed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from flows.features_page import features_page
from flows.settings_page import settings_page

HOUSE = Path(__file__).parents[1]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text())
ROOMS = PROJECT["tool"]["importlinter"]["root_packages"]


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=HOUSE, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [HOUSE / name for name in listed.splitlines() if (HOUSE / name).is_file()]


def test_python_3_11_is_the_floor() -> None:
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert PROJECT["tool"]["ruff"]["target-version"] == "py311"
    assert PROJECT["tool"]["mypy"]["python_version"] == "3.11"
    assert sys.version_info >= (3, 11)


def test_every_python_file_parses_on_the_floor() -> None:
    for path in tracked():
        if path.suffix == ".py":
            parsed = ast.parse(path.read_text(), str(path), feature_version=(3, 11))
            assert isinstance(parsed, ast.Module)


def test_every_dependency_is_pinned_once_per_python() -> None:
    pins = (HOUSE / "requirements.txt").read_text()
    groups = PROJECT["project"]["optional-dependencies"]
    extras = [wanted for group in groups.values() for wanted in group]
    for wanted in [*PROJECT["project"]["dependencies"], *extras, "uv"]:
        name = re.split(r"[\[<>=]", wanted)[0]
        assert re.search(rf"^{re.escape(name)}==\S+", pins, re.MULTILINE), name


def test_no_index_address_and_no_path_of_a_machine_is_committed() -> None:
    patterns = (
        r"https?://[^\s\"')]*(?:pypi|pythonhosted|simple)", r"(?:extra-)?index-url",
        r"/(?:root|home|work)/\w+/",
    )  # fmt: skip
    for path in tracked():
        if path == Path(__file__) or path.suffix in {".svg", ".png"}:
            continue
        text = path.read_text()
        for pattern in patterns:
            found = re.search(pattern, text)
            assert found is None, f"{path.relative_to(HOUSE)}: {found and found[0]}"


def test_no_data_database_or_model_is_committed() -> None:
    for path in tracked():
        assert path.suffix not in {".csv", ".gz", ".parquet", ".db", ".duckdb", ".ubj", ".pkl"}
        assert path.stat().st_size < 200_000, path


@pytest.mark.parametrize(
    "folder", ["flows", "features", "training", "validation", "tests", "mlruns"]
)
def test_the_prescribed_folders_stand_in_a_fresh_clone(folder: str) -> None:
    assert any(HOUSE / folder in path.parents for path in tracked())


def test_every_module_says_its_idea_in_its_first_line() -> None:
    for room in ROOMS:
        for path in (HOUSE / room).rglob("*.py"):
            said = ast.get_docstring(ast.parse(path.read_text()))
            assert said, path
            assert said.splitlines()[0].endswith((".", ":", '"')), path


def test_modules_stay_small() -> None:
    for room in ROOMS:
        for path in (HOUSE / room).rglob("*.py"):
            assert len(path.read_text().splitlines()) <= 260, path


def test_the_settings_page_is_current() -> None:
    assert (HOUSE / "docs" / "settings.md").read_text() == settings_page(), "run `make docs`"


def test_the_features_page_is_current() -> None:
    assert (HOUSE / "docs" / "features.md").read_text() == features_page(), "run `make docs`"


def test_every_link_of_the_pages_leads_somewhere() -> None:
    for page in (HOUSE / "README.md", HOUSE / "CONTRIBUTING.md", HOUSE / "CHANGELOG.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_make_targets_that_pages_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text(), re.MULTILINE))
    for page in (HOUSE / "README.md", HOUSE / "CONTRIBUTING.md"):
        for named in re.findall(r"(?:^    |`)make ([a-z]+)", page.read_text(), re.MULTILINE):
            assert named in targets, f"{page.name}: make {named}"
