"""Small files that unpack to more than a machine has are refused, or read, in bounded memory."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

pytestmark = pytest.mark.slow

# What importing the libraries takes, about 250 MB, and the engine's own 500 MB.
LIMIT_MB = 900

# Reads one file as a run does, in a process of its own; prints what came of it and the most memory
# that it, and what it started, had.
SCRIPT = """
import resource, sys
from pathlib import Path
from contracts.errors import StammkundeError
from ingestion.settings import SourceSettings
from ingestion.sources.detecting import detect
from ingestion.sources.files import find_deliveries
from ingestion.sources.reading import read_file
from warehouse.engine import open_engine
from warehouse.reading import readable
from warehouse.settings import EngineSettings

folder, name, memory_gb = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
source = SourceSettings(path=name)
try:
    with open_engine(EngineSettings(memory_gb=memory_gb), spill=folder / "spill") as engine:
        with readable("orders", name):
            [delivery] = find_deliveries("orders", source, folder=folder, workspace=folder)
            found = detect(
                engine, delivery, source, table="orders", numbers=["amount"], times=[],
                known=None, workspace=folder,
            )
            rows = read_file(engine, delivery, found, table="orders", workspace=folder)
            longest = rows.order_id.cast("string").length().max()
            counted = rows.aggregate(n=rows.count(), longest=longest)
            print("read", engine.to_pyarrow(counted).to_pylist())
except StammkundeError as error:
    print(error)
# The most of this program alone: ru_maxrss begins with what the process had that started it.
[most] = [line for line in Path("/proc/self/status").open() if line.startswith("VmHWM")]
print(int(most.split()[1]) // 1024)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


@pytest.fixture
def read_apart(crm: Path) -> Callable[[str], tuple[str, int, int]]:
    """Return what came of reading a file, and the MB that its process and its children had."""

    def read_apart(name: str) -> tuple[str, int, int]:
        ended = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(crm), name, "0.5"],
            check=True, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        *said, own, children = ended.stdout.splitlines()
        return "\n".join(said), int(own), int(children)

    return read_apart


ReadApart = Callable[[str], tuple[str, int, int]]


def repeated(path: Path, *parts: bytes, times: int) -> None:
    """Write a gzip file whose last part comes many times: members follow each other as they are."""
    *first, last = (gzip.compress(part, compresslevel=9, mtime=0) for part in parts)
    with path.open("wb") as packed:
        packed.writelines(first)
        for _ in range(times):
            packed.write(last)


def test_a_line_without_end_is_refused_when_it_is_too_long(
    crm: Path, read_apart: ReadApart
) -> None:
    repeated(crm / "o.csv.gz", b"order_id,amount\n1,", b"x" * (64 << 20), times=32)  # 2 GB
    said, own, _ = read_apart("o.csv.gz")
    assert "a line is longer than 2 MB" in said
    assert own < LIMIT_MB


def test_zeros_are_refused_at_once(crm: Path, read_apart: ReadApart) -> None:
    repeated(crm / "o.csv.gz", b"order_id,amount\n1,", bytes(64 << 20), times=32)
    said, own, _ = read_apart("o.csv.gz")
    assert "line 2 holds a NUL byte" in said
    assert own < LIMIT_MB


def test_rows_without_end_are_refused(crm: Path, read_apart: ReadApart) -> None:
    repeated(crm / "o.csv.gz", b"order_id,amount\n", b"1,5\n" * (16 << 20), times=32)
    said, own, _ = read_apart("o.csv.gz")
    assert "unpacks to more than 250 times its size" in said
    assert own < LIMIT_MB


def test_a_quote_that_never_closes_is_refused(crm: Path, read_apart: ReadApart) -> None:
    lines = "".join(f"{n},5\n" for n in range(20_000_000))
    (crm / "o.csv").write_text(f'order_id,amount\n"{lines}')
    said, own, _ = read_apart("o.csv")
    assert "cannot be read" in said
    assert "read [" not in said
    assert own < LIMIT_MB


def workbook(path: Path, *, sheet: str, strings: str = "") -> None:
    """Write a workbook of one sheet whose parts are given as they are."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="Mai" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
            "</Relationships>",
        )
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{strings}</sst>')
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
        )


def cell(name: str, text: str) -> str:
    return f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_a_workbook_made_by_hand_is_read(crm: Path, read_apart: ReadApart) -> None:
    rows = f'<row r="1">{cell("A1", "order_id")}</row><row r="2">{cell("A2", "7")}</row>'
    workbook(crm / "o.xlsx", sheet=rows)
    assert read_apart("o.xlsx")[0] == "read [{'n': 1, 'longest': 1}]"


@pytest.mark.parametrize("bomb", ["wide sheet", "long text in many cells", "size not as stated"])
def test_a_workbook_that_unpacks_to_more_than_it_says_is_refused(
    bomb: str, crm: Path, read_apart: ReadApart
) -> None:
    path = crm / "o.xlsx"
    if bomb == "wide sheet":
        far = f'<row r="1048576">{cell("XFD1048576", "x")}</row>'
        workbook(path, sheet=f'<row r="1">{cell("A1", "order_id")}</row>{far}')
    elif bomb == "long text in many cells":
        cells = '<row><c t="s"><v>0</v></c></row>' * 300_000
        workbook(path, sheet=cells, strings=f"<si><t>{'x' * 30_000}</t></si>")
    else:
        spaces = " " * (256 << 20)
        workbook(path, sheet=f'<row r="1">{cell("A1", "order_id")}</row>', strings=spaces)
        honest = (256 << 20) + 1
        content = path.read_bytes()
        stated = next(
            size.to_bytes(4, "little")
            for size in range(honest, honest + 200)
            if size.to_bytes(4, "little") in content
        )
        path.write_bytes(content.replace(stated, (1000).to_bytes(4, "little")))
    said, own, children = read_apart("o.xlsx")
    reasons = {True: "it is no whole Excel file", False: "takes too much memory or time"}
    assert reasons[bomb == "size not as stated"] in said
    assert own < LIMIT_MB
    assert children < 3500


def test_a_workbook_that_says_what_it_unpacks_to_is_not_unpacked(
    crm: Path, read_apart: ReadApart
) -> None:
    path = crm / "o.xlsx"
    workbook(path, sheet=" " * 1_000_000)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        stated = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(
        content.replace(stated.to_bytes(4, "little"), (4_000_000_000).to_bytes(4, "little"))
    )
    said, _, children = read_apart("o.xlsx")
    assert "it unpacks to 4.0 GB; save it as CSV" in said
    assert children == 0


def test_a_row_group_of_all_rows_is_read(crm: Path, read_apart: ReadApart) -> None:
    rows = 10_000_000
    numbers = pa.repeat(pa.scalar(7, pa.int64()), rows)
    table = pa.table({"order_id": numbers, "amount": numbers})
    pyarrow.parquet.write_table(table, crm / "o.parquet", row_group_size=rows)
    said, own, _ = read_apart("o.parquet")
    # Above it may stand what the engine shows of its progress.
    assert said.endswith(f"read [{{'n': {rows}, 'longest': 1}}]")
    assert own < LIMIT_MB


def test_a_page_larger_than_the_engine_may_hold_is_refused(
    crm: Path, read_apart: ReadApart
) -> None:
    texts = ["x" * 400_000_000] * 2
    table = pa.table({"order_id": texts, "amount": texts})
    pyarrow.parquet.write_table(table, crm / "o.parquet", compression="zstd", use_dictionary=False)
    said, own, _ = read_apart("o.parquet")
    assert "more memory than `memory_gb` under [engine] allows" in said
    assert own < LIMIT_MB
