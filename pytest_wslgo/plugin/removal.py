"""Removing a directory with all that is in it, also what resists."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

LIMIT = 2.0
"""Seconds within which a process that still writes must be done."""
GONE = ".gone"
"""Behind the name of a directory that is being removed."""


def remove_tree(directory: Path, *, within: float = LIMIT) -> bool:
    """Remove a directory; tell whether all of it is gone.

    Go's module cache is read-only, directories too (mode 0555). A process that still writes there
    by names finds the directory gone at once; one that stands in it has a while.
    """
    doomed = directory
    if not directory.name.endswith(GONE):
        with suppress(OSError):
            doomed = directory.rename(directory.with_name(directory.name + GONE))
    began = time.monotonic()
    while True:
        shutil.rmtree(doomed, ignore_errors=True)
        if not os.path.lexists(doomed):
            return True
        if time.monotonic() - began > within:
            return False
        _make_writable(doomed)


def _make_writable(directory: Path) -> None:
    """Give the owner all rights to a directory and those below; links are not followed."""
    waiting = [directory]
    while waiting:
        here = waiting.pop()
        with suppress(OSError):
            here.chmod(0o700)
            with os.scandir(here) as entries:
                waiting += [Path(each) for each in entries if each.is_dir(follow_symlinks=False)]
