"""Text that stays bounded however much a test prints."""

from __future__ import annotations

HEAD = 128 * 1024
TAIL = 128 * 1024


class Text:
    """Keeps the head and the tail of what is appended, and counts what lies between.

    A test may print hundreds of megabytes; the journal on disk keeps them all, memory does not.
    Sizes are in characters: at most ``HEAD + 2 * TAIL`` are held at any time.
    """

    __slots__ = ("_dropped", "_head", "_head_size", "_tail", "_tail_size")

    def __init__(self) -> None:
        self._head: list[str] = []
        self._head_size = 0
        self._tail: list[str] = []
        self._tail_size = 0
        self._dropped = 0

    def append(self, piece: str) -> None:
        """Add a piece of output, a line as a rule."""
        room = HEAD - self._head_size
        if room > 0:
            self._head.append(piece[:room])
            self._head_size += min(room, len(piece))
            piece = piece[room:]
            if not piece:
                return
        self._tail.append(piece)
        self._tail_size += len(piece)
        if self._tail_size > 2 * TAIL:
            self._shorten()

    def _shorten(self) -> None:
        # Only every TAIL characters, so that appending stays linear in what is appended.
        tail = "".join(self._tail)
        self._dropped += len(tail) - TAIL
        self._tail = [tail[-TAIL:]]
        self._tail_size = TAIL

    @property
    def size(self) -> int:
        """How many characters are held."""
        return self._head_size + self._tail_size

    def __bool__(self) -> bool:
        return bool(self._head)

    def __str__(self) -> str:
        if self._tail_size > TAIL:
            self._shorten()
        middle = f"\n[… {self._dropped} characters left out …]\n" if self._dropped else ""
        return "".join(self._head) + middle + "".join(self._tail)
