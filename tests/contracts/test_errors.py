from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from contracts import errors
from contracts.errors import (
    AmbiguousFormat,
    AuditFailed,
    ColumnMissing,
    ColumnRetyped,
    ColumnTwice,
    DamagedStore,
    DiskFull,
    DriverMissing,
    EmptyTable,
    EngineMissing,
    FileChanged,
    GateStopped,
    IngestLocked,
    PresetUnfit,
    SourceChanged,
    SourceMissing,
    StammkundeError,
    Transient,
    UsageError,
    WordListsMissing,
)

CLASSES = [
    member
    for _, member in inspect.getmembers(errors, inspect.isclass)
    if member.__module__.startswith(f"{errors.__name__}.")
]


def drawn_parents() -> dict[str, str | None]:
    """Return class name -> name of the class it hangs under in the drawing."""
    parents: dict[str, str | None] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        branch = re.match(r" {4}([ |`-]*)([A-Z]\w+)(  |$)", line)
        if branch is None:
            continue
        depth, name = len(branch[1]), branch[2]
        above = [(column, parent) for column, parent in above if column < depth]
        parents[name] = above[-1][1] if above else None
        above.append((depth, name))
    return parents


def test_every_error_hangs_in_the_drawn_tree_under_the_class_it_extends() -> None:
    declared = {
        cls.__name__: cls.__base__.__name__ if cls.__base__ in CLASSES else None for cls in CLASSES
    }
    assert drawn_parents() == declared


@pytest.mark.parametrize("error", [cls for cls in CLASSES if issubclass(cls, StammkundeError)])
def test_wrong_use_exits_with_2_an_audit_with_3_and_the_rest_with_1(
    error: type[StammkundeError],
) -> None:
    expected = {UsageError: 2, AuditFailed: 3}
    codes = [code for cls, code in expected.items() if issubclass(error, cls)]
    assert error.exit_code == (codes[0] if codes else 1)


def test_what_a_retry_can_help_is_not_an_error_of_the_tree() -> None:
    assert not issubclass(Transient, StammkundeError)


@pytest.mark.parametrize(
    ("error", "kind", "facts", "remedy"),
    [
        pytest.param(
            SourceMissing("orders", "crm/*.csv"), UsageError,
            ["`orders`", "`crm/*.csv`"], "change `path` under [sources.orders]",
            id="SourceMissing",
        ),
        pytest.param(
            ColumnMissing("orders", ["day", "sum"], found=["id", "total"], path="crm/o.csv"),
            UsageError,
            ["`orders`", "`crm/o.csv`", "`day`, `sum`", "id, total"],
            "Correct `columns` under [sources.orders]",
            id="ColumnMissing",
        ),
        pytest.param(
            ColumnTwice("orders", "sum", places=[3, 7], path="crm/o.csv"), UsageError,
            ["`orders`", "`crm/o.csv`", "`sum`: columns 3 and 7"], "by `sum_0` or `sum_1`",
            id="ColumnTwice",
        ),
        pytest.param(
            PresetUnfit("orders", "shopify_order", nearest="shopify_orders"),
            UsageError,
            ["`shopify_order`", "[sources.orders]", "did you mean `shopify_orders`?"],
            "`stammkunde presets` lists them",
            id="PresetUnfit, unknown",
        ),
        pytest.param(
            PresetUnfit("customers", "shopify_orders", belongs_to="orders"),
            UsageError,
            ["`shopify_orders`", "[sources.customers]", "it is for table `orders`"],
            "Move it to [sources.orders]",
            id="PresetUnfit, other table",
        ),
        pytest.param(
            AmbiguousFormat(
                "orders", "crm/o.csv", columns=["sum"], reason="two ways", setting="decimal"
            ),
            UsageError,
            ["`orders`", "column `sum` of `crm/o.csv`", "two ways"],
            "Set `decimal` under [sources.orders]",
            id="AmbiguousFormat",
        ),
        pytest.param(
            DriverMissing("orders", "s3", package="stammkunde[s3]"), UsageError,
            ["`orders`", "`s3://` addresses"], "`pip install 'stammkunde[s3]'`",
            id="DriverMissing",
        ),
        pytest.param(
            EngineMissing("PySpark is not installed", remedy="Install it"), UsageError,
            ["PySpark is not installed", '`name` under [engine] is "spark"', "DuckDB"],
            "Install it; or leave",
            id="EngineMissing",
        ),
        pytest.param(
            WordListsMissing("tickets", package="textblob-de"), UsageError,
            ["`tickets`", "`sentiment_from`", "`textblob-de`"],
            "`pip install 'stammkunde[sentiment]'`",
            id="WordListsMissing",
        ),
        pytest.param(
            EmptyTable("orders", "crm/o.csv"), GateStopped,
            ["`orders`", "`crm/o.csv`", "no rows"], "Deliver it again",
            id="EmptyTable",
        ),
        pytest.param(
            ColumnRetyped("orders", "total", before="numbers", now="text"), GateStopped,
            ["`orders`", "`total`", "numbers", "text"], "stammkunde ingest --full orders",
            id="ColumnRetyped",
        ),
        pytest.param(
            SourceChanged("orders", missing=["a.csv", "b.csv", "c.csv", "d.csv"]), UsageError,
            ["`orders`", "4 of them", "a.csv"], "Deliver them again",
            id="SourceChanged",
        ),
        pytest.param(
            IngestLocked("process 7"), StammkundeError, ["process 7"], "Wait until it has ended",
            id="IngestLocked",
        ),
        pytest.param(
            DiskFull(Path("/srv/crm"), free_bytes=12_300_000), StammkundeError,
            ["/srv/crm", "12.3 MB are free"], "Make room and run again",
            id="DiskFull",
        ),
        pytest.param(
            FileChanged("orders", "crm/o.csv"), Transient,
            ["`orders`", "`crm/o.csv`"], "rename them when they are",
            id="FileChanged",
        ),
        pytest.param(
            DamagedStore(Path("data/store/x"), "it is missing"), StammkundeError,
            ["data/store/x", "it is missing"], "Restore it from a backup",
            id="DamagedStore",
        ),
    ],
)  # fmt: skip
def test_message_names_table_facts_and_remedy(
    error: Exception, kind: type[Exception], facts: list[str], remedy: str
) -> None:
    assert isinstance(error, kind)
    message = str(error)
    assert [fact for fact in facts if fact not in message] == []
    assert remedy in message
    assert message.endswith(".")


def test_facts_of_an_error_are_attributes() -> None:
    source = SourceMissing("orders", "crm/*.csv")
    column = ColumnMissing("orders", ["day"], found=["id"], path="o.csv")
    empty = EmptyTable("orders", "o.csv")
    assert (source.table, source.path) == ("orders", "crm/*.csv")
    assert (column.table, column.missing, column.found) == ("orders", ["day"], ["id"])
    assert (empty.table, empty.path) == ("orders", "o.csv")
