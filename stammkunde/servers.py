"""Servers of our own for as long as this process lives: on loopback only, stopped by their pid."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.error import URLError
from urllib.request import urlopen

from contracts.errors import UsageError

LOOPBACK = "127.0.0.1"

# The first start makes a database; on a busy machine that takes more than a minute.
_START_SECONDS = 240
_STOP_SECONDS = 20
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Server:
    """What to start: a Python module with arguments, its port, the path that answers when ready."""

    name: str
    arguments: tuple[str, ...]
    port: int
    ready_path: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def command(self) -> list[str]:
        """How it is started, in the interpreter that runs us."""
        return [sys.executable, "-m", *self.arguments]


def prefect_server(port: int, *, with_pages: bool) -> Server:
    """Return Prefect's server, with or without its pages for people."""
    arguments = ["prefect", "server", "start", "--host", LOOPBACK, "--port", str(port)]
    if not with_pages:
        arguments.append("--no-ui")
    environment = {"PREFECT_UI_API_URL": f"http://{LOOPBACK}:{port}/api"}
    return Server("Prefect", tuple(arguments), port, "/api/health", environment)


@contextmanager
def started(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """Start the server; at the end of the block stop it and all it has started."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed arguments
        server.command,
        env={**os.environ, **server.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers.

    Raises
    ------
    UsageError
        It ended, or did not answer in time.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{server.address}{server.ready_path}", timeout=5):  # noqa: S310
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise UsageError(
        f"{server.name} did not start on {server.address}. See why with: {' '.join(server.command)}"
    )


def free_port(wanted: int = 0) -> int:
    """Return `wanted`, or a free port for 0.

    Raises
    ------
    UsageError
        Something listens there already.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError as error:
            raise UsageError(
                f"Port {wanted} is taken. Stop what listens there, or choose another with "
                "--mlflow-port or --prefect-port (0 takes a free one)."
            ) from error
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed, so that no server is left over."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
