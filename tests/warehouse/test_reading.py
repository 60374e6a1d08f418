"""What the engine says of a bad file reaches a person in our words, without the file's content."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from ibis.backends.duckdb import Backend

from contracts.errors import UnreadableFile
from warehouse.reading import readable

CANARY = "canary-4711@example.com"
GOOD = "id,mail,amount\n" + "".join(f"{n},{CANARY},5.0\n" for n in range(3000))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("latin.csv", GOOD.encode() + f"Mü,{CANARY},1\n".encode("cp1252"),
         "line 3,002: it is not UTF-8; set `encoding`"),
        ("short.csv", f"{GOOD}1,{CANARY}\n".encode(), "do not have the same fields"),
        ("cut.csv.gz", gzip.compress(GOOD.encode(), mtime=0)[:-500], "cut off"),
        ("no.parquet", f"PAR1{CANARY}PAR1".encode(), "no whole Parquet file"),
        ("no.jsonl", f'{{"mail": "{CANARY}"}}\n{{"mail: '.encode(), "no JSON"),
    ],
)  # fmt: skip
def test_a_bad_file_is_explained_and_never_quoted(
    name: str, content: bytes, reason: str, tmp_path: Path, engine: Backend
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as told, readable("orders", name):  # noqa: PT012
        if path.suffix == ".parquet":
            rows = engine.read_parquet(str(path))
        elif path.suffix == ".jsonl":
            rows = engine.read_json(str(path), format="newline_delimited")
        else:
            rows = engine.read_csv(str(path), all_varchar=True, header=True, comment="")
        engine.to_pyarrow(rows)
    assert reason in str(told.value)
    assert f"Table `orders`: `{name}` cannot be read" in str(told.value)
    assert CANARY not in str(told.value)
    assert told.value.__suppress_context__
    assert told.value.__cause__ is None
    assert told.value.exit_code == 1


def test_errors_that_are_not_of_the_file_pass_through() -> None:
    with pytest.raises(ZeroDivisionError), readable("orders", "x.csv"):
        raise ZeroDivisionError
