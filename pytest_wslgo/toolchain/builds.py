"""Builds: programs that several tests, in several processes, ask for, each linked once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING

from filelock import FileLock, SoftFileLock

from pytest_wslgo.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class Builds:
    """A directory of programs by what was asked for.

    `go build` is started each time, under a lock: it knows whether sources, flags or the
    environment have changed since the last time, and links again only then. So nothing here can be
    stale, and the second who asks waits for the first and then some 50 ms.

    What is handed out is a copy under the name of its content, which stays as it is when a later
    build differs: whoever has it keeps what they were given.

    Args:
        place: says where, when something is built; the directory is made, and removed by whoever
            named it.
        soft: says whether flock does not work there.
    """

    def __init__(
        self, place: Callable[[], Path], soft: Callable[[Path], bool] = lambda _: False
    ) -> None:
        self._place = place
        self._soft = soft

    def get(self, asked: Sequence[str], build: Callable[[str], object]) -> Path:
        """The program that was asked for.

        Args:
            asked: the words that tell one from another. What they leave out costs time where it
                changes to and fro, and never makes a result wrong.
            build: is given what follows `go build -o`: a directory, so that Go names the program.

        Raises:
            ArgumentError: it is no program, or more than one.
            OSError: the directory cannot be written.
        """
        __tracebackhide__ = True
        digest = hashlib.sha256(json.dumps(list(asked)).encode()).hexdigest()[:16]
        home = self._place() / digest
        home.mkdir(parents=True, exist_ok=True)
        lock = SoftFileLock if self._soft(home.parent) else FileLock
        with lock(home.with_suffix(".lock")):
            return _kept(self._built(home / "latest", build), home)

    def _built(self, target: Path, build: Callable[[str], object]) -> Path:
        __tracebackhide__ = True
        build(f"{target}{os.sep}")
        names = sorted(target.iterdir())
        if len(names) > 1:
            # One may be left from before the package got another name.
            shutil.rmtree(target)
            build(f"{target}{os.sep}")
            names = sorted(target.iterdir())
        if len(names) != 1:
            told = ", ".join(path.name for path in names)
            raise ArgumentError(
                f"go build made {len(names)} programs ({told}): ask for each by itself"
            )
        return names[0]


def _kept(file: Path, home: Path) -> Path:
    """A copy under the name of its content, made at most once."""
    with file.open("rb") as stream:
        digest = hashlib.sha256(stream.read()).hexdigest()[:16]
    kept = home / digest / file.name
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        unfinished = kept.with_name(f".{file.name}")
        shutil.copy2(file, unfinished)
        unfinished.replace(kept)
    return kept
