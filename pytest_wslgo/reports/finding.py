"""Which runs a path means: one run, those of a session, or those of the newest session."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_wslgo.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SESSION = re.compile(r"(?P<began>\d{8}-\d{6}(?:\.\d+)?)-\d+")
"""How a session's directory is called: date and time, process ID."""
_DEPTH = 2
"""Runs are directly in a session's directory, or one level below in those of its workers."""


def find_runs(path: Path) -> list[Path]:
    """The directories of the runs that a path stands for.

    Args:
        path: The directory of a run (it holds ``plan.json``), of a session (it holds runs), or of
            all journals (it holds sessions): then the newest session that has a run is meant.

    Raises:
        JournalError: There is no run, or a directory cannot be read.
    """
    try:
        if path.name == "plan.json" and path.is_file():
            path = path.parent
        for directory in _newest_first(path):
            if runs := sorted(_runs(directory, _DEPTH)):
                return runs
    except OSError as error:
        raise JournalError(f"cannot read the journal {path}: {error.strerror}: {_CURE}") from error
    raise JournalError(
        f"cannot read the journal {path}: there is no plan.json in it or below it: {_CURE}"
    )


_CURE = "name a directory that a run with --wslgo has written (as a rule .pytest_cache/d/wslgo)"


def _newest_first(path: Path) -> list[Path]:
    if (path / "plan.json").exists():
        return [path]
    named = [
        (match["began"], child)
        for child in _children(path)
        if (match := _SESSION.fullmatch(child.name))
    ]
    return [child for _, child in sorted(named, reverse=True)] or [path]


def _runs(directory: Path, depth: int) -> Iterator[Path]:
    if (directory / "plan.json").exists():
        yield directory
    elif depth:
        for child in _children(directory):
            yield from _runs(child, depth - 1)


def _children(directory: Path) -> list[Path]:
    # Links are left out: a journal is what lies in its directory.
    return [each for each in directory.iterdir() if each.is_dir() and not each.is_symlink()]
