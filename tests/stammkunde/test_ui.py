"""`stammkunde ui`: both pages are served, on loopback only, and all of it ends with the command."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, dict[str, str]]]:
    """Start the command; yield its pid and name -> address as it prints them."""
    folder = tmp_path_factory.mktemp("ui")
    (folder / "stammkunde.toml").write_text(
        '[project]\nname = "made"\ncurrency = "EUR"\n[sources.orders]\npath = "orders.csv"\n'
    )
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT", "MLFLOW"))
    }
    with subprocess.Popen(
        [sys.executable, "-m", "stammkunde", "ui", "--mlflow-port", "0", "--prefect-port", "0"],
        cwd=folder, env={**clean, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            addresses = {}
            for line in process.stdout:
                if line.startswith("Ctrl-C"):
                    break
                name, _, address = line.strip().partition(": ")
                addresses[name] = address
            yield process.pid, addresses
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    for address in addresses.values():
        assert not _answers(address), f"{address} still answers"


def test_both_pages_are_served(served: tuple[int, dict[str, str]]) -> None:
    _, addresses = served
    assert set(addresses) == {"MLflow", "Prefect"}
    for name, address in addresses.items():
        with urlopen(address, timeout=30) as page:  # noqa: S310
            assert name.lower() in page.read().decode().lower()


def test_nothing_listens_beyond_loopback(served: tuple[int, dict[str, str]]) -> None:
    pid, addresses = served
    listening = _listening(_family_of(pid))
    ports = {int(address.rpartition(":")[2]) for address in addresses.values()}
    assert {port for _, port in listening} >= ports
    assert {host for host, _ in listening} == {"127.0.0.1"}


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    (tmp_path / "stammkunde.toml").write_text(
        '[project]\nname = "made"\ncurrency = "EUR"\n[sources.orders]\npath = "orders.csv"\n'
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "stammkunde", "ui", "--mlflow-port", port],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert f"Port {port} is taken" in done.stderr


def _answers(address: str) -> bool:
    host, _, port = address.removeprefix("http://").partition(":")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) != 0:
                return False
        time.sleep(0.2)
    return True


def _family_of(pid: int) -> set[int]:
    """Return a process and all below it."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _listening(pids: set[int]) -> set[tuple[str, int]]:
    """Return address and port of every TCP socket on which these processes listen."""
    inodes = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                found = re.match(r"socket:\[(\d+)\]", str(link.readlink()))
            except OSError:
                continue
            if found:
                inodes.add(found[1])
    sockets = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                host, _, port = fields[1].partition(":")
                sockets.add((_host(host), int(port, 16)))
    return sockets


def _host(text: str) -> str:
    if len(text) == 8:
        return socket.inet_ntoa(bytes.fromhex(text)[::-1])
    return f"IPv6 {text}"
