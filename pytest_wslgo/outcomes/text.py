"""Text that stays bounded however much a test prints."""

from __future__ import annotations

LIMIT = 256 * 1024
"""Characters that are kept of one text where nobody wants it otherwise."""


class Text:
    """Keeps the head and the tail of what is appended, and counts what lies between.

    A test may print hundreds of megabytes; the journal on disk keeps them all, memory does not.

    Args:
        limit: Characters that ``str`` gives at most, half of them the head, besides a line that
            says how many were left out. Half as many again may be held in between.
    """

    __slots__ = ("_dropped", "_head", "_head_size", "_room", "_tail", "_tail_size")

    def __init__(self, limit: int = LIMIT) -> None:
        self._room = max(limit // 2, 1)
        self._head: list[str] = []
        self._head_size = 0
        self._tail: list[str] = []
        self._tail_size = 0
        self._dropped = 0

    def append(self, piece: str) -> None:
        """Add a piece of output, a line as a rule."""
        room = self._room - self._head_size
        if room > 0:
            self._head.append(piece[:room])
            self._head_size += min(room, len(piece))
            piece = piece[room:]
            if not piece:
                return
        self._tail.append(piece)
        self._tail_size += len(piece)
        if self._tail_size > 2 * self._room:
            self._shorten()

    def _shorten(self) -> None:
        # Not for each piece, so that appending stays linear in what is appended.
        tail = "".join(self._tail)
        self._dropped += len(tail) - self._room
        self._tail = [tail[-self._room :]]
        self._tail_size = self._room

    @property
    def size(self) -> int:
        """How many characters are held."""
        return self._head_size + self._tail_size

    def __bool__(self) -> bool:
        return bool(self._head)

    def __str__(self) -> str:
        if self._tail_size > self._room:
            self._shorten()
        middle = (
            f"\n[… {self._dropped} characters left out; the journal has them …]\n"
            if self._dropped
            else ""
        )
        return "".join(self._head) + middle + "".join(self._tail)
