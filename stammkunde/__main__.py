"""`python -m stammkunde` is the command `stammkunde`."""

from stammkunde.cli import app

app()
