"""A machine's files below its root directory."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# As Linux: more symbolic links on one path are a loop (path_resolution(7)).
_LINKS: Final = 40
# PATH_MAX: the kernel takes no longer one.
_LONGEST: Final = 4096
_ENOUGH: Final = 1 << 20
# A FIFO in the place of a file must not wait for its writer.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Tree:
    """What lies below a root directory, read as if that were `/`.

    Symbolic links are followed inside, so that nothing of another machine comes in: the link
    `/etc/resolv.conf -> /run/resolv.conf` of a captured machine is looked up in the capture.
    Paths are given from the root, with or without the first slash. Nothing here raises: what
    cannot be read is None, or empty.

    Attributes:
        root: the directory; "/" is this machine.
    """

    root: Path

    @property
    def here(self) -> bool:
        """Whether this is the machine that this process runs on."""
        return self.root == Path("/")

    def resolved(self, path: str) -> str:
        """A path without symbolic links, as far as it exists; as it is in a loop of links."""
        absolute = "/" + path.lstrip("/")
        try:
            real = os.path.realpath(absolute) if self.here else _followed(self.root, absolute)
        except (OSError, ValueError):  # ValueError: a NUL in the path
            real = None
        return os.path.normpath(absolute) if real is None else real

    def read(self, path: str, *, at_most: int = _ENOUGH) -> str | None:
        """The text of a regular file or of its beginning; None if there is none to read.

        Bytes that are not UTF-8 (a mount point may hold any) survive as lone surrogates.
        """
        content = self.content(path, at_most=at_most)
        return None if content is None else content.decode("utf-8", "surrogateescape")

    def stripped(self, path: str) -> str | None:
        """The text of a file without the white space around it; None as for `read`."""
        text = self.read(path)
        return None if text is None else text.strip()

    def content(self, path: str, *, at_most: int = _ENOUGH, start: int = 0) -> bytes | None:
        """The bytes of a regular file, or of a part of it; None if there is none to read."""
        place = self._place(path)
        if place is None:
            return None
        try:
            with open(os.open(place, _FLAGS), "rb") as file:  # noqa: PTH123 - a descriptor
                regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
                if not regular:
                    return None
                if start:
                    file.seek(start)
                return file.read(at_most)
        except (OSError, ValueError):
            return None

    def exists(self, path: str) -> bool:
        """Whether there is anything."""
        return self._mode(path) is not None

    def is_dir(self, path: str) -> bool:
        """Whether there is a directory."""
        mode = self._mode(path)
        return mode is not None and stat.S_ISDIR(mode)

    def names(self, path: str, *, at_most: int = 1000) -> list[str]:
        """The first names in a directory, sorted; empty if there is none."""
        place = self._place(path)
        found: list[str] = []
        if place is None:
            return found
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if len(found) == at_most:
                        break
                    found.append(entry.name)
        except (OSError, ValueError):
            pass
        return sorted(found)

    def link(self, path: str) -> str | None:
        """Where a symbolic link points, as it is written; None if it is none."""
        parent, _, name = path.rpartition("/")
        place = self._place(parent)
        try:
            return None if place is None else str((place / name).readlink())
        except (OSError, ValueError):
            return None

    def _place(self, path: str) -> Path | None:
        if self.here:
            return Path("/" + path.lstrip("/"))
        inside = _followed(self.root, path)
        return None if inside is None else self.root / inside.lstrip("/")

    def _mode(self, path: str) -> int | None:
        place = self._place(path)
        try:
            return None if place is None else place.stat().st_mode
        except (OSError, ValueError):
            return None


def _followed(root: Path, path: str) -> str | None:
    """A path without symbolic links, seen from a root directory; None in a loop of them."""
    if len(path) > _LONGEST:
        return None
    pending, done, links = path.split("/")[::-1], list[str](), 0
    while pending:
        name = pending.pop()
        if name in ("", "."):
            continue
        if name == "..":
            done = done[:-1]
            continue
        try:
            target = os.readlink("/".join((str(root), *done, name)))  # noqa: PTH115 - much faster
        except (OSError, ValueError):  # no link, or nothing that can be looked at
            done.append(name)
            continue
        links += 1
        if links > _LINKS:
            return None
        done = [] if target.startswith("/") else done
        pending += target.split("/")[::-1]
    return "/" + "/".join(done)
