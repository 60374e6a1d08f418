"""The command `stammkunde check-file`: whether a tool would take a file as it is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from contracts.vendors import VENDORS
from stammkunde.screen import Screen

EPILOG = (
    "Example: stammkunde check-file upload.csv --vendor google. Exit codes: 0 fine, 3 the tool "
    "would refuse or misread something, 1 and 2 as of all commands."
)


def check_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is to be imported.")],
    *,
    vendor: Annotated[
        str,
        typer.Option(
            "--vendor", metavar="TOOL", help=f"Which tool it is for: {', '.join(VENDORS)}."
        ),
    ],
) -> None:
    """Say what a marketing tool would refuse or misread in a file, without showing its values."""
    with Screen().working() as screen:
        from flows.vendor_files import check_file as checked
        from stammkunde.check_report import check_report

        found = checked(file, vendor)
        screen.show_lines(check_report(found))
        found.check()
