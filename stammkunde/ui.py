"""Serves the MLflow and the Prefect UI of a project until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from contracts.names import tracking_uri
from flows.environment import keep_prefect_at
from flows.project import Project, open_project
from stammkunde.servers import (
    LOOPBACK,
    Server,
    free_port,
    prefect_server,
    started,
    wait_until_ready,
)


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
    servers = [
        _mlflow_server(project, free_port(mlflow_port)),
        prefect_server(free_port(prefect_port), with_pages=True),
    ]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ExitStack() as running:
        processes = [running.enter_context(started(server)) for server in servers]
        for server, process in zip(servers, processes, strict=True):
            wait_until_ready(server, process)
            say([f"{server.name}: {server.address}"])
        say(["Ctrl-C stops both."])
        try:
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
        except KeyboardInterrupt:
            say(["stopping"])


def _mlflow_server(project: Project, port: int) -> Server:
    arguments = (
        "mlflow", "server", "--host", LOOPBACK, "--port", str(port), "--workers", "1",
        "--backend-store-uri", tracking_uri(project.mlruns),
        "--default-artifact-root", (project.mlruns / "artifacts").as_uri(),
    )  # fmt: skip
    # Jobs could be started without a password in releases up to 3.10; nothing here needs them.
    return Server(
        "MLflow", arguments, port, "/health", {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    )
