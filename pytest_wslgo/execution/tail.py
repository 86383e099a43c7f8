"""The lines of a file that grows."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHUNK = 1 << 20
_LONGEST_LINE = 8 << 20
"""Bytes of one line that are held in memory: test2json's lines are at most a few kilobytes, and a
line without an end must not fill the memory."""


class Tail:
    """The lines of a file that grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._end: int | None = None
        self._rest = b""

    def end_at(self, offset: int) -> None:
        """Leave out what stands beyond an offset, in bytes."""
        self._end = offset

    def end_here(self) -> None:
        """Leave out what is written from now on."""
        with suppress(OSError):
            self._end = self._path.stat().st_size

    def pieces(self) -> Iterator[list[bytes]]:
        """All complete lines since the last call, as many at a time as are read at once."""
        while chunk := self._read():
            pieces = (self._rest + chunk).split(b"\n")
            self._rest = pieces.pop()
            if len(self._rest) > _LONGEST_LINE:
                pieces.append(self._rest)
                self._rest = b""
            yield [piece + b"\n" for piece in pieces]

    def lines(self) -> Iterator[bytes]:
        """All complete lines since the last call."""
        for piece in self.pieces():
            yield from piece

    def rest(self) -> Iterator[bytes]:
        """A last line without an end, once the file is complete."""
        if self._rest:
            yield self._rest
            self._rest = b""

    def _read(self) -> bytes:
        # Opened anew each time: a session follows few files, and holds none of them open.
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                size = _CHUNK if self._end is None else min(_CHUNK, self._end - self._offset)
                chunk = file.read(max(size, 0))
        except FileNotFoundError:
            return b""
        self._offset += len(chunk)
        return chunk
