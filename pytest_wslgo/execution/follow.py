"""Following a journal while it is written, or reading one that is complete."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytest_wslgo.execution.journal import Journal

_CHUNK = 1 << 20
_LONGEST_LINE = 8 << 20
"""Bytes of one line that are held in memory: test2json's lines are at most a few kilobytes, and a
line without an end must not fill the memory."""
_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "runner": {"pid": int},
    "start": {"invocation": int, "pid": int, "created": (int, float)},
    "stop": {"why": str},
    "stopping": {"invocation": int, "stdout_size": int},
    "end": {"invocation": int, "returncode": (int, type(None)), "stopped": str, "error": str},
    "done": {"stopped": str},
}
"""What the entries of the log hold."""


class Sink(Protocol):
    """Takes what one process writes; the ledger of ``pytest_wslgo.outcomes`` is one."""

    def feed(self, line: bytes) -> None:
        """Take one line of stdout, with its newline as a rule."""

    def feed_stderr(self, line: bytes) -> None:
        """Take one line of stderr."""

    def close(self, returncode: int | None, *, stopped: str = "", lost: str = "") -> None:
        """Take the end: the exit status, or why somebody stopped it, or why it is not known."""


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

    def lines(self) -> Iterator[bytes]:
        """All complete lines since the last call."""
        while chunk := self._read():
            pieces = (self._rest + chunk).split(b"\n")
            self._rest = pieces.pop()
            if len(self._rest) > _LONGEST_LINE:
                pieces.append(self._rest)
                self._rest = b""
            for piece in pieces:
                yield piece + b"\n"

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


class Follower:
    """Feeds sinks, one for each invocation, with what a journal holds."""

    def __init__(self, journal: Journal, sinks: Sequence[Sink]) -> None:
        self._sinks = list(sinks)
        self._log = Tail(journal.log_file)
        self._stdout = [Tail(journal.stdout(index)) for index in range(len(sinks))]
        self._stderr = [Tail(journal.stderr(index)) for index in range(len(sinks))]
        self._open = set(range(len(sinks)))
        self._started: dict[int, tuple[int, float]] = {}
        self.runner_pid = 0
        self.done = False
        self.stop_reason = ""
        """What to tell the sinks instead of the runner's own words, where the session knows why."""
        self.damaged = 0
        """How many lines of the log are no entries of a log: the disk or somebody changed them."""
        self.began = self.noted = 0.0
        """When the first and the last entry were made, in seconds since the epoch."""

    def poll(self) -> bool:
        """Take in what is new; tell whether there was something."""
        if self.done:
            return False
        # The log first: when it tells of an end, the process has written all of its output.
        entries = list(self._entries())
        news = bool(entries)
        for entry in entries:
            self._learn(entry)
        for index in sorted(self._started.keys() & self._open):
            news = self._feed(index) or news
        for entry in entries:
            if entry["event"] == "end":
                self._end(entry)
            elif entry["event"] == "done":
                self.give_up(stopped=self.stop_reason or entry["stopped"])
        return news

    def end_here(self) -> None:
        """Leave out what processes say from now on: they are about to be killed."""
        for index in self._open:
            self._stdout[index].end_here()

    def open_processes(self) -> list[tuple[int, float]]:
        """Process ID and time of creation of what was started and has not ended."""
        return [self._started[index] for index in self._open & self._started.keys()]

    def give_up(self, *, stopped: str = "", lost: str = "") -> None:
        """Close every sink that is still open: nothing more will come."""
        for index in sorted(self._open):
            self._feed(index)
            self._sinks[index].close(None, stopped=stopped, lost=lost)
        self._open.clear()
        self.done = True

    def _entries(self) -> Iterator[dict[str, Any]]:
        for line in self._log.lines():
            entry = _parse(line, len(self._sinks))
            if entry is None:
                self.damaged += 1
                continue
            self.noted = entry.get("time", self.noted)
            self.began = self.began or self.noted
            yield entry

    def _learn(self, entry: dict[str, Any]) -> None:
        """Take in what matters before the processes' output is read."""
        if entry["event"] == "runner":
            self.runner_pid = entry["pid"]
        elif entry["event"] == "start":
            self._started[entry["invocation"]] = (entry["pid"], entry["created"])
        elif entry["event"] == "stop":
            # From this process or, with pytest-xdist, from another worker's.
            self.stop_reason = self.stop_reason or entry["why"]
        elif entry["event"] == "stopping":
            # What a process says on its way out is not the tests' doing.
            self._stdout[entry["invocation"]].end_at(entry["stdout_size"])

    def _end(self, entry: dict[str, Any]) -> None:
        index = entry["invocation"]
        if index not in self._open:
            return
        self._feed(index)
        for line in self._stdout[index].rest():
            self._sinks[index].feed(line)
        for line in self._stderr[index].rest():
            self._sinks[index].feed_stderr(line)
        stopped = entry["stopped"] and (self.stop_reason or entry["stopped"])
        self._sinks[index].close(entry["returncode"], stopped=stopped, lost=entry["error"])
        self._open.discard(index)

    def _feed(self, index: int) -> bool:
        news = False
        sink = self._sinks[index]
        for line in self._stderr[index].lines():
            sink.feed_stderr(line)
            news = True
        for line in self._stdout[index].lines():
            sink.feed(line)
            news = True
        return news


def _parse(line: bytes, invocations: int) -> dict[str, Any] | None:
    """An entry with all that belongs to its event; None for any other line."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    fields = _FIELDS.get(str(entry.get("event"))) if isinstance(entry, dict) else None
    if fields is None or not isinstance(entry.get("time", 0.0), float):
        return None
    sound = all(isinstance(entry.get(key, ...), fields[key]) for key in fields)
    if sound and "invocation" in fields:
        sound = 0 <= entry["invocation"] < invocations
    return entry if sound else None
