"""Scanning test files while `go list` is still at work: two things that need not wait in turn."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.discovery.scan import scan_file
from pytest_wslgo.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_wslgo.discovery.model import TestFile


def scan_until(done: Callable[[], bool], start: Path) -> dict[Path, TestFile]:
    """Scan the test files below a directory that Go may want, until it is known which.

    Args:
        done: Whether there is nothing left to wait for; asked before each file.
        start: Where to begin; an absolute path.

    Returns:
        What was scanned by then, by path. A file that cannot be read is left to whoever needs it.
    """
    found: dict[Path, TestFile] = {}
    for path in _test_files(str(start)):
        if done():
            break
        try:
            found[path] = scan_file(path)
        except DiscoveryError:
            continue
    return found


def _test_files(start: str) -> Iterator[Path]:
    for directory, below, names in os.walk(start):
        below[:] = sorted(name for name in below if name[0] not in "._" and name != "testdata")
        for name in sorted(names):
            if name.endswith("_test.go"):
                yield Path(directory, name)
