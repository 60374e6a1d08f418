"""A made company in a folder: the same again, whole, and never over what is there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from contracts.errors import UsageError
from contracts.tables import TABLES
from flows.settings import load_settings
from flows.simulating import Company, Format, simulate


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_the_same_is_made_again_and_another_seed_makes_another(
    format_: Format, tmp_path: Path
) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        company = Company(customers=300, seed=seed, days=365)
        rows = simulate(tmp_path / name, company, format_=format_, command="made")
        assert set(rows) == {*TABLES, "truth"}
    one, again, other = (contents(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    for name in one:
        if name not in {"README.md", "stammkunde.toml", f"campaigns.{format_}"}:
            assert one[name] != other[name], name


def test_both_formats_hold_the_same_rows(tmp_path: Path) -> None:
    company = Company(customers=150, days=365)
    csv = simulate(tmp_path / "csv", company, format_="csv", command="made")
    parquet = simulate(tmp_path / "parquet", company, format_="parquet", command="made")
    assert csv == parquet
    assert pq.read_metadata(tmp_path / "parquet" / "orders.parquet").num_rows == csv["orders"]
    assert len((tmp_path / "csv" / "orders.csv").read_text().splitlines()) == csv["orders"] + 1


@pytest.mark.parametrize("kind", ["shop", "contract"])
def test_its_settings_name_every_table_and_never_the_truth(kind: str, tmp_path: Path) -> None:
    company = Company(customers=100, kind=kind)  # type: ignore[arg-type]
    simulate(tmp_path / "made", company, format_="csv", command="made")
    settings = load_settings(tmp_path / "made" / "stammkunde.toml")
    assert set(settings.sources) == set(TABLES)
    assert settings.business.kind == kind
    for source in settings.sources.values():
        assert (tmp_path / "made" / str(source.path)).is_file()


def test_the_readme_tells_of_every_file_and_of_every_column_of_the_truth(tmp_path: Path) -> None:
    company = Company(customers=100, days=365)
    simulate(tmp_path / "made", company, format_="csv", command="stammkunde simulate made")
    readme = (tmp_path / "made" / "README.md").read_text()
    assert "    stammkunde simulate made\n" in readme
    for name in contents(tmp_path / "made"):
        assert name == "README.md" or f"`{name}`" in readme
    for column in pq.read_schema(tmp_path / "made" / "truth.parquet").names:
        assert column == "customer_id" or f"`{column}`" in readme


def test_a_folder_with_files_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds files and stays as it is"):
        simulate(tmp_path, Company(customers=100), format_="csv", command="made")
    with pytest.raises(UsageError, match="is a file"):
        simulate(tmp_path / "note.txt", Company(customers=100), format_="csv", command="made")
    assert contents(tmp_path) == {"note.txt": b"mine"}


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    simulate(tmp_path / "made", Company(customers=100, days=365), format_="csv", command="made")
    assert (tmp_path / "made" / "orders.csv").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"customers": 99}, "99 customers cannot be simulated; ask for 100 to"),
        ({"customers": 1_000_001}, "1,000,001 customers"),
        ({"days": 364}, "364 days"),
        ({"days": 4000}, "4,000 days"),
        ({"seed": -1}, "-1 is no seed"),
    ],
)
def test_what_cannot_be_made_is_told(asked: dict[str, int], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Company(**asked)  # type: ignore[arg-type]


def test_days_are_counted_from_the_start() -> None:
    company = Company(start=date(2024, 1, 1), days=366)
    assert (company.end, company.last_day) == (date(2025, 1, 1), date(2024, 12, 31))
