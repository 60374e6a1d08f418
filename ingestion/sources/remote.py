"""Fetches files from addresses such as s3://bucket/orders/*.csv, by the drivers of fsspec.

Credentials are the driver's own affair: it takes them from its environment (AWS_ACCESS_KEY_ID,
AWS_ENDPOINT_URL ...). An address holds none, since addresses are shown and recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import fsspec
from fsspec.spec import AbstractFileSystem

from contracts.errors import DriverMissing, SettingsError, SourceMissing, Transient, UsageError
from contracts.names import file_digest
from ingestion.sources.deliveries import DIGEST_LENGTH, Delivery

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
# What our extras bring; for the rest fsspec names its own.
_PACKAGES = {"s3": "stammkunde[s3]", "s3a": "stammkunde[s3]"}


def is_remote(path: str) -> bool:
    """Return whether a path is an address, with a scheme before it."""
    return _SCHEME.match(path) is not None


def holds_secret(address: str) -> bool:
    """Return whether an address may hold a password or a token.

    Of web addresses that is any query. In addresses of stores a question mark stands for a letter.
    """
    parts = urlsplit(address)
    password = ":" in parts.netloc.rpartition("@")[0]
    return password or (parts.scheme in {"http", "https"} and "?" in address)


def fetch_deliveries(table: str, pattern: str, *, workspace: Path) -> list[Delivery]:
    """Return all files that the address names, in name order, fetched to `workspace`.

    Raises
    ------
    SettingsError
        The address holds a secret, or its scheme is none that can be read.
    DriverMissing
        What reads such an address is not installed.
    UsageError
        The store refuses access.
    Transient
        The store does not answer, or broke off.
    """
    if holds_secret(pattern):
        raise SettingsError(
            f"[sources.{table}] `path` holds a password or a token. Take it out; credentials come "
            "from the environment, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    store = _store(table, pattern)
    folder = workspace / f"fetched-{table}"
    folder.mkdir(parents=True, exist_ok=True)
    deliveries = []
    with _told(table, pattern):
        # A long-lived process would otherwise see the files of its first run only.
        store.invalidate_cache()
        found = store.glob(store._strip_protocol(pattern), detail=True)
        for position, path in enumerate(sorted(found)):
            if found[path].get("type") == "directory":
                continue
            kept = folder / f"{position:05}-{_safe(path)}"
            store.get_file(path, str(kept))
            _check_whole(table, pattern, kept, stated=found[path].get("size"))
            name = str(store.unstrip_protocol(path))
            digest = file_digest(kept)[:DIGEST_LENGTH]
            deliveries.append(Delivery(kept, name, digest, kept.stat().st_size))
    return deliveries


def _store(table: str, pattern: str) -> AbstractFileSystem:
    scheme = pattern.partition("://")[0].lower()
    try:
        return fsspec.filesystem(scheme)
    except ImportError:
        package = _PACKAGES.get(scheme, f"fsspec[{scheme}]")
        raise DriverMissing(table, scheme, package=package) from None
    except ValueError:
        raise SettingsError(
            f"[sources.{table}] `path` begins with `{scheme}://`, which is no kind of address that "
            "is known. Correct it, as in s3://bucket/orders/*.csv."
        ) from None


@contextmanager
def _told(table: str, pattern: str) -> Iterator[None]:
    """Turn what a driver raises into our errors; its own may quote signed addresses."""
    try:
        yield
    except FileNotFoundError:
        raise SourceMissing(table, pattern) from None
    except Transient:
        raise
    except Exception as error:  # noqa: BLE001 - each driver raises its own
        kind = type(error).__name__
        if isinstance(error, PermissionError) or "Credential" in kind:
            raise UsageError(
                f"Table `{table}`: access to `{pattern}` is refused. Check the credentials in the "
                f"environment, their rights, and `path` under [sources.{table}]."
            ) from None
        raise Transient(f"Table `{table}`: `{pattern}` could not be fetched ({kind}).") from None


def _check_whole(table: str, pattern: str, kept: Path, *, stated: int | None) -> None:
    if stated is not None and kept.stat().st_size != stated:
        raise Transient(f"Table `{table}`: fetching `{pattern}` broke off.")


def _safe(path: str) -> str:
    return re.sub(r"[^\w.-]", "_", PurePosixPath(path).name)[-100:]
