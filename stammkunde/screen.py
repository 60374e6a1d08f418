"""What a person sees: progress while a run works, its result, and errors that say the mend."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.status import Status

from contracts.errors import StammkundeError, Transient


class Screen:
    """The terminal. A pipe, or `quiet`, gets plain lines and nothing that moves."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.verbose = verbose
        self.out = Console(highlight=False)
        self.moves = self.out.is_terminal and not quiet

    @contextmanager
    def working(self) -> Iterator[Screen]:
        """Show progress inside the block; turn an error of ours into a message and exit code."""
        status = self.out.status("starting") if self.moves else None
        _listen(_StepLines(self.out, status), verbose=self.verbose)
        try:
            if status is None:
                yield self
            else:
                with status:
                    yield self
        except StammkundeError as error:
            if self.verbose:
                raise
            sys.stderr.write(f"\n{error}\n")
            raise typer.Exit(error.exit_code) from error
        except Transient as error:
            # It was tried again, and did not go away.
            if self.verbose:
                raise
            sys.stderr.write(f"\n{error}\n")
            raise typer.Exit(1) from error

    def show_lines(self, lines: Iterable[str]) -> None:
        """Print lines as they are."""
        for line in lines:
            self.out.print(line, markup=False, soft_wrap=True)

    def show_markdown(self, text: str) -> None:
        """Print Markdown, laid out where somebody looks at it."""
        if self.moves:
            self.out.print(Markdown(text))
        else:
            self.show_lines(["", text])


class _StepLines(logging.Handler):
    """Prints a line per finished step, and says which one is under way."""

    def __init__(self, out: Console, status: Status | None) -> None:
        super().__init__()
        self.out, self.status = out, status

    def emit(self, record: logging.LogRecord) -> None:
        state = getattr(record, "state", None)
        if state == "begun" and self.status is not None:
            self.status.update(record.getMessage())
        elif state != "begun":
            self.out.print(record.getMessage(), markup=False, soft_wrap=True)


def _listen(handler: logging.Handler, *, verbose: bool) -> None:
    """Send our steps to the screen; the libraries' logs only where asked for."""
    ours = logging.getLogger("stammkunde")
    ours.handlers = [handler]
    ours.setLevel(logging.INFO)
    ours.propagate = False
    if verbose:
        logging.basicConfig(level=logging.INFO)
