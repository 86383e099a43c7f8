"""The command line: ``python -m pytest_wslgo report JOURNAL``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.errors import WslgoError
from pytest_wslgo.reports import junit, read_session, text
from pytest_wslgo.reports.escaping import for_line, for_terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GREEN, NOT_GREEN, UNUSABLE = 0, 1, 2
"""The exit statuses: all is well; something failed or did not run; it could not be found out."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand and give its exit status; argparse exits by itself for a wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.command(arguments)
    except (WslgoError, OSError) as error:
        _complain(str(error))
        return UNUSABLE
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pytest_wslgo", description="Look at Go test runs of pytest --wslgo."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_report(commands)
    return parser


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "show what a session had found, also one that was killed, from its journal"
    parser = commands.add_parser(
        "report",
        help=about,
        description=f"{about.capitalize()}.",
        epilog="Exit status: 0 if every selected test is there and green, 1 if something failed "
        "or did not run, 2 if the journal cannot be read.",
    )
    parser.add_argument(
        "journal",
        metavar="JOURNAL",
        type=Path,
        help="the directory of a run, of a session, or of all journals (then the newest session "
        "is taken): as a rule .pytest_cache/d/wslgo",
    )
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write JUnit XML, too")
    parser.set_defaults(command=_report)


def _report(arguments: argparse.Namespace) -> int:
    session = read_session(arguments.journal)
    for message in session.unreadable:
        _complain(message)
    if session.unreadable and not session.results and not session.faults:
        return UNUSABLE
    # Before anything is shown: whoever reads may close the pipe.
    if arguments.junit is not None:
        try:
            junit.write(session, arguments.junit)
        except OSError as error:
            raise OSError(
                f"cannot write the JUnit file {arguments.junit}: {error.strerror}: "
                "name a file in a directory that can be written to"
            ) from error
    _print(text.render(session))
    if session.unreadable:
        return UNUSABLE
    return GREEN if session.green else NOT_GREEN


def _print(pieces: Iterable[str]) -> None:
    """Write to stdout; a reader that goes away (``| head``) is no error."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        for piece in pieces:
            sys.stdout.write(for_terminal(piece, encoding))
        sys.stdout.flush()
    except OSError as error:
        # Python flushes once more at its end, and would complain then.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise OSError(f"cannot write the report to stdout: {error.strerror}") from error


def _complain(message: str) -> None:
    print(f"pytest-wslgo: {for_line(for_terminal(message))}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
