"""Secrets: read from the environment or a file at the moment they are used, and never kept."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from contracts.errors import SettingsError
from ingestion.settings import DatabaseSettings

_KEY_BYTES = 32


def read_secret(place: str, settings: DatabaseSettings, folder: Path) -> str:
    """Return the secret that `settings` point to; files are relative to `folder`.

    Raises
    ------
    SettingsError
        The variable or the file does not exist, or is empty.
    """
    if settings.url_env is not None:
        where, value = f"variable {settings.url_env}", os.environ.get(settings.url_env, "")
    else:
        path = folder / str(settings.url_file)
        where, value = f"file {path}", path.read_text() if path.is_file() else ""
    if not value.strip():
        raise SettingsError(
            f"The {where}, which [{place}] names, is missing or empty. It must hold the URL of the "
            "database, as in postgresql://reader:secret@db.example.com/crm."
        )
    return value.strip()


def keep_key(path: Path) -> bytes:
    """Return the key in the file; where there is none, make one that only its owner can read.

    Raises
    ------
    SettingsError
        The file holds no key.
    """
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(_KEY_BYTES) + "\n")
    try:
        return bytes.fromhex(path.read_text().strip())
    except ValueError:
        raise SettingsError(
            f"{path} holds no key of hexadecimal digits. Restore it; a new key makes every "
            "customer somebody else."
        ) from None
