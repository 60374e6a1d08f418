"""A TCP proxy on loopback before a PostgreSQL: something happens when a statement passes it."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def proxy_to(
    port: int, *, watched: bytes, happens: Callable[[], object], answered: bool
) -> Iterator[int]:
    """Yield the port of a proxy to `port`.

    When bytes with `watched` come from the client, they are passed on, with `answered` the server's
    answer is awaited and kept back, then `happens` is called and both connections are dropped.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(
            target=_serve, args=(listening, port, watched, happens, answered), daemon=True
        )
        serving.start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)
        serving.join(timeout=10)


def _serve(
    listening: socket.socket,
    port: int,
    watched: bytes,
    happens: Callable[[], object],
    answered: bool,
) -> None:
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return  # the proxy is closed
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            _pass_on(client, server, watched, happens, answered)


def _pass_on(
    client: socket.socket,
    server: socket.socket,
    watched: bytes,
    happens: Callable[[], object],
    answered: bool,
) -> None:
    while True:
        for ready in select.select([client, server], [], [])[0]:
            try:
                passing = ready.recv(1 << 16)
            except OSError:
                return
            if not passing:
                return
            (server if ready is client else client).sendall(passing)
            if ready is client and watched in passing:
                if answered:
                    server.recv(1 << 16)
                happens()
                return
