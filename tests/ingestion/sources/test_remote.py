"""Files of stores: fetched whole, named without secrets, from a real store on this machine."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.spec import AbstractFileSystem
from moto.server import ThreadedMotoServer

from contracts.errors import DriverMissing, SettingsError, SourceMissing, Transient, UsageError
from contracts.names import file_digest
from ingestion.settings import SourceSettings
from ingestion.sources.deliveries import Delivery
from ingestion.sources.files import find_deliveries

ReadRows = Callable[..., list[dict[str, Any]]]
Find = Callable[[str], list[Delivery]]

JANUARY, FEBRUARY = "order_id,amount\n1,5\n2,6\n", "order_id,amount\n3,7\n"


@pytest.fixture
def find(crm: Path, workspace: Path) -> Find:
    """Find the deliveries of orders at an address."""

    def find(path: str) -> list[Delivery]:
        return find_deliveries("orders", SourceSettings(path=path), folder=crm, workspace=workspace)

    return find


@pytest.fixture
def memory() -> Iterator[AbstractFileSystem]:
    """Yield the store that fsspec keeps in the memory of this process."""
    store = fsspec.filesystem("memory")
    yield store
    store.rm("/", recursive=True)


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """Yield the address of a store that speaks as S3 does."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[AbstractFileSystem]:
    """Yield the store with a bucket `crm`; the environment says how to reach it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "reader")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    store_class = fsspec.get_filesystem_class("s3")
    store_class.clear_instance_cache()
    store = fsspec.filesystem("s3")
    store.mkdir("crm")
    yield store
    store.rm("crm", recursive=True)
    store_class.clear_instance_cache()


@pytest.mark.slow
def test_files_of_a_bucket_are_read_in_name_order(
    bucket: AbstractFileSystem, find: Find, read_rows: ReadRows
) -> None:
    bucket.pipe("crm/orders/2024-02.csv", FEBRUARY.encode())
    bucket.pipe("crm/orders/2024-01.csv.gz", gzip.compress(JANUARY.encode(), mtime=0))
    bucket.pipe("crm/orders/old/2023.csv", b"order_id,amount\n0,0\n")
    deliveries = find("s3://crm/orders/2024-*")
    assert [delivery.name for delivery in deliveries] == [
        "s3://crm/orders/2024-01.csv.gz", "s3://crm/orders/2024-02.csv",
    ]  # fmt: skip
    assert [delivery.digest for delivery in deliveries] == [
        file_digest(delivery.path)[:16] for delivery in deliveries
    ]
    assert [delivery.size for delivery in deliveries][1] == len(FEBRUARY)
    rows = read_rows("s3://crm/orders/2024-*")
    assert [(row["order_id"], row["_file"]) for row in rows] == [("1", 0), ("2", 0), ("3", 1)]


@pytest.mark.slow
def test_a_file_that_comes_later_is_seen_by_the_same_process(
    bucket: AbstractFileSystem, find: Find
) -> None:
    bucket.pipe("crm/1.csv", JANUARY.encode())
    assert len(find("s3://crm/*.csv")) == 1
    other = fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)
    other.pipe("crm/2.csv", FEBRUARY.encode())
    other.pipe("crm/3.csv", FEBRUARY.encode())
    assert [delivery.name for delivery in find("s3://crm/*.csv")] == [
        "s3://crm/1.csv", "s3://crm/2.csv",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("path", ["s3://crm/none.csv", "s3://crm/*.csv", "s3://no-bucket/*.csv"])
def test_an_address_without_a_file_is_missing(
    path: str, bucket: AbstractFileSystem, find: Find
) -> None:
    with pytest.raises(SourceMissing) as missing:
        find(path)
    assert missing.value.path == path


@pytest.mark.slow
def test_no_credentials_are_wrong_use_and_no_store_is_a_moments_trouble(
    s3_address: str, monkeypatch: pytest.MonkeyPatch, find: Find, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_address)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    store_class = fsspec.get_filesystem_class("s3")
    store_class.clear_instance_cache()
    with pytest.raises(UsageError, match=r"access to `s3://crm/1\.csv` is refused"):
        find("s3://crm/1.csv")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "reader")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    store_class.clear_instance_cache()
    with pytest.raises(Transient, match=r"`s3://crm/1\.csv` could not be fetched") as trouble:
        find("s3://crm/1.csv")
    assert trouble.value.__suppress_context__
    store_class.clear_instance_cache()


def test_a_web_address_is_fetched(crm: Path, find: Find, read_rows: ReadRows) -> None:
    (crm / "orders.csv").write_text(JANUARY)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(crm))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/orders.csv"
        try:
            assert [row["order_id"] for row in read_rows(address)] == ["1", "2"]
            assert [delivery.name for delivery in find(address)] == [address]
            with pytest.raises(SourceMissing):
                find(address.replace("orders", "none"))
        finally:
            server.shutdown()
            thread.join()


def test_any_store_that_fsspec_knows_is_read(
    memory: AbstractFileSystem, crm: Path, find: Find, read_rows: ReadRows
) -> None:
    memory.pipe("/crm/a [1].csv", JANUARY.encode())
    memory.pipe("/crm/b.csv", JANUARY.encode())
    memory.makedirs("/crm/c.csv")
    assert [delivery.name for delivery in find("memory://crm/*.csv")] == ["memory:///crm/a [1].csv"]
    assert [row["order_id"] for row in read_rows("memory://crm/*.csv")] == ["1", "2"]
    (crm / "orders.csv").write_text(FEBRUARY)
    assert [row["order_id"] for row in read_rows(f"file://{crm}/*.csv")] == ["3"]


@pytest.mark.parametrize(
    "path",
    [
        "https://reader:canary-4711@example.com/o.csv", "https://example.com/o.csv?sig=canary-4711",
        "s3://key:canary-4711@crm/o.csv", "sftp://reader:canary-4711@example.com/o.csv",
    ],
)  # fmt: skip
def test_an_address_with_a_secret_is_refused_and_not_repeated(path: str, find: Find) -> None:
    with pytest.raises(SettingsError, match=r"\[sources\.orders\] `path` holds a password") as told:
        find(path)
    assert "canary" not in str(told.value)


def test_a_question_mark_in_a_store_stands_for_a_letter(
    memory: AbstractFileSystem, find: Find
) -> None:
    memory.pipe("/crm/1.csv", JANUARY.encode())
    assert len(find("memory://crm/?.csv")) == 1


def test_a_kind_of_address_that_nobody_knows_is_named(find: Find) -> None:
    with pytest.raises(SettingsError, match="begins with `s4://`"):
        find("s4://crm/o.csv")


def test_a_driver_that_is_not_installed_is_named_with_what_installs_it() -> None:
    script = (
        "import sys; sys.modules['s3fs'] = None; from pathlib import Path\n"
        "from ingestion.sources.remote import fetch_deliveries\n"
        "fetch_deliveries('orders', 's3://crm/o.csv', workspace=Path('.'))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert "DriverMissing" in ended.stderr
    assert "pip install 'stammkunde[s3]'" in ended.stderr
    missing = DriverMissing("orders", "gs", package="fsspec[gs]")
    assert (missing.table, missing.scheme, missing.exit_code) == ("orders", "gs", 2)


def test_a_transfer_that_breaks_off_is_no_file(
    memory: AbstractFileSystem, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.pipe("/crm/1.csv", JANUARY.encode())

    def cut_off(path: str, kept: str) -> None:
        Path(kept).write_bytes(memory.cat(path)[:-1])

    monkeypatch.setattr(memory, "get_file", cut_off)
    with pytest.raises(Transient, match="broke off"):
        find("memory://crm/1.csv")
