"""Serves the MLflow and the Prefect UI of a project, on loopback only, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from contracts.errors import UsageError
from flows.environment import keep_prefect_at
from flows.project import Project, open_project

_LOOPBACK = "127.0.0.1"
_START_SECONDS = 180


@dataclass(frozen=True)
class Server:
    """A UI to start: its command, its port and the path that answers once it is up."""

    name: str
    command: list[str]
    port: int
    ready_path: str

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://{_LOOPBACK}:{self.port}"


def serve(
    config: Path, *, mlflow_port: int, prefect_port: int, say: Callable[[Iterable[str]], None]
) -> None:
    """Start both servers, say their addresses, and stop them when this process is told to.

    Raises
    ------
    UsageError
        A port is taken, or a server did not start.
    """
    project = open_project(config)
    keep_prefect_at(project.prefect_home)
    project.mlruns.mkdir(parents=True, exist_ok=True)
    servers = [_mlflow(project, _free(mlflow_port)), _prefect(_free(prefect_port))]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ExitStack() as running:
        processes = [running.enter_context(_started(server)) for server in servers]
        for server, process in zip(servers, processes, strict=True):
            _wait_until_ready(server, process)
            say([f"{server.name}: {server.address}"])
        say(["Ctrl-C stops both."])
        try:
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
        except KeyboardInterrupt:
            say(["stopping"])


def _mlflow(project: Project, port: int) -> Server:
    store = f"sqlite:///{project.mlruns / 'mlflow.db'}"
    artifacts = (project.mlruns / "artifacts").as_uri()
    command = [
        sys.executable, "-m", "mlflow", "server", "--host", _LOOPBACK, "--port", str(port),
        "--workers", "1", "--backend-store-uri", store, "--default-artifact-root", artifacts,
    ]  # fmt: skip
    return Server("MLflow", command, port, "/health")


def _prefect(port: int) -> Server:
    command = [
        sys.executable, "-m", "prefect", "server", "start", "--host", _LOOPBACK,
        "--port", str(port),
    ]  # fmt: skip
    return Server("Prefect", command, port, "/api/health")


@contextmanager
def _started(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server's command as a group of its own; stop the whole group at the end."""
    quiet = {
        **os.environ,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "PREFECT_UI_API_URL": f"{server.address}/api",
    }
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and fixed arguments
        server.command,
        env=quiet,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{server.address}{server.ready_path}", timeout=5):  # noqa: S310
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise UsageError(
        f"{server.name} did not start on {server.address}. See why with: {' '.join(server.command)}"
    )


def _free(port: int) -> int:
    """Return `port`, or a free one for 0.

    Raises
    ------
    UsageError
        Something listens there already.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError as error:
            raise UsageError(
                f"Port {port} is taken. Stop what listens there, or choose another with "
                "--mlflow-port or --prefect-port (0 takes a free one)."
            ) from error
        return int(probe.getsockname()[1])
