"""A real PostgreSQL for tests: on loopback, in a folder of its own, stopped by its process id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

# PostgreSQL refuses to run as root; who is root lends it one of these.
_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Server:
    """A server on loopback with data of its own, whose superuser is `postgres`."""

    port: int
    password: str
    binaries: Path
    folder: Path
    options: tuple[str, ...] = ()

    @property
    def pid(self) -> int:
        """The process that began last, and every other one of the server with it."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """End all its processes as a power cut would, and wait till they are gone."""
        first = self.pid
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        processes = [first, *map(int, others)]
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(_is_alive(pid) for pid in processes):
            time.sleep(0.02)

    def url(
        self, database: str = "postgres", user: str = "postgres", password: str | None = None
    ) -> str:
        """Return the address of a database for a user."""
        secret = self.password if password is None else password
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, *statements: str) -> str:
        """Make a database anew and run statements in it; return its address for the superuser."""
        name = sql.Identifier(database)
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        self.execute(database, *statements)
        return self.url(database)

    def execute(self, database: str, *statements: str) -> None:
        """Run statements in a database, as its superuser."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement))

    def reader(self, database: str, password: str, *relations: str) -> str:
        """Make a role that may SELECT these relations; return the address for it."""
        role = sql.Identifier(f"reader_of_{database}")
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password))
            )
            for relation in relations:
                source = sql.Identifier(*relation.split("."))
                connection.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(source, role))
        return self.url(database, f"reader_of_{database}", password)


def find_binaries() -> Path | None:
    """Return the folder of the server's programs: on the PATH, or the newest that Debian has."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(debian, key=lambda path: float(path.parts[-3]), default=None)
    return newest and newest.parent


@contextmanager
def running_server(binaries: Path, *options: str) -> Iterator[Server]:
    """Run a server with new data on a free port of loopback; stop it and delete the data."""
    with new_server(binaries, *options) as server, running(server):
        yield server


@contextmanager
def new_server(binaries: Path, *options: str) -> Iterator[Server]:
    """Make new data for a server that does not run yet; delete it."""
    # Not below pytest's folder: others than its owner cannot enter that.
    folder = Path(tempfile.mkdtemp(prefix="stammkunde-postgres-"))
    secret = folder / "password"
    data = folder / "data"
    password = "p-" + os.urandom(8).hex()
    secret.write_text(password)
    user = _borrowed_user()
    if user is not None:
        for path in (folder, secret):
            shutil.chown(path, user)
    try:
        subprocess.run(
            [binaries / "initdb", "--pgdata", data, "--username=postgres", "--encoding=UTF8",
             "--locale=C.UTF-8", "--auth=scram-sha-256", "--pwfile", secret, "--no-sync"],
            check=True, capture_output=True, user=user, cwd=folder,
        )  # fmt: skip
        yield Server(_free_port(), password, binaries, folder, options)
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(server: Server) -> Iterator[None]:
    """Run a server on the data it has, and stop it, if it has not been killed."""
    settings = (
        f"port={server.port}", "listen_addresses=127.0.0.1", "unix_socket_directories=",
        "fsync=off", *server.options,
    )  # fmt: skip
    arguments = [part for setting in settings for part in ("-c", setting)]
    with (
        (server.folder / "log").open("ab") as log,
        subprocess.Popen(
            [server.binaries / "postgres", "-D", server.folder / "data", *arguments],
            stdout=log, stderr=log, user=_borrowed_user(), cwd=server.folder,
        ) as process,
    ):  # fmt: skip
        try:
            _wait_for(server, process)
            yield
        finally:
            process.send_signal(signal.SIGINT)  # ends the sessions that are left, then stops
            process.wait(timeout=60)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _borrowed_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _USERS if name in known)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(server.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
