"""Following a journal while it is written, or reading one that is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pytest_wslgo.execution.entries import parse
from pytest_wslgo.execution.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_wslgo.execution.journal import Journal


class Sink(Protocol):
    """Takes what one process writes; the ledger of ``pytest_wslgo.outcomes`` is one."""

    def feed(self, line: bytes) -> None:
        """Take one line of stdout, with its newline as a rule."""

    def feed_stderr(self, line: bytes) -> None:
        """Take one line of stderr."""

    def strike(self, limit: str, *, started: bool) -> None:
        """Take that the session's deadline struck: between the lines before and after it.

        Args:
            limit: The deadline as it was given, in Go's spelling.
            started: Whether the process had been started by then; it never will be otherwise.
        """

    def close(self, returncode: int | None, *, stopped: str = "", lost: str = "") -> None:
        """Take the end: the exit status, or why somebody stopped it, or why it is not known."""


@dataclass(frozen=True, slots=True)
class _Strike:
    """The deadline's entry: what was running, and how many bytes it had written by then."""

    invocation: int
    limit: str
    stdout_size: int


class Follower:
    """Feeds sinks, one for each invocation, with what a journal holds."""

    def __init__(self, journal: Journal, sinks: Sequence[Sink]) -> None:
        self._sinks = list(sinks)
        self._log = Tail(journal.log_file)
        self._stdout = [Tail(journal.stdout(index)) for index in range(len(sinks))]
        self._stderr = [Tail(journal.stderr(index)) for index in range(len(sinks))]
        self._fed = [0] * len(sinks)
        """Bytes of stdout that each sink has."""
        self._open = set(range(len(sinks)))
        self._started: dict[int, tuple[int, float]] = {}
        self._ahead: list[dict[str, Any]] = []
        """Entries that were read while output was fed; what ends by them ends at the next poll."""
        self._strike: _Strike | None = None
        self._told: set[int] = set()
        """The sinks that know of the deadline."""
        self._counters: dict[int, Mapping[str, int]] = {}
        self._signs: dict[int, Mapping[str, int]] = {}
        self.runner_pid = 0
        self.done = False
        self.stop_reason = ""
        """What to tell the sinks instead of the runner's own words, where the session knows why."""
        self.damaged = 0
        """How many lines of the log are no entries of a log: the disk or somebody changed them."""
        self.began = self.noted = 0.0
        """When the first and the last entry were made, in seconds since the epoch."""

    @property
    def struck(self) -> str:
        """The deadline, if it has struck; else empty."""
        return self._strike.limit if self._strike is not None else ""

    def counters(self, index: int) -> Mapping[str, int] | None:
        """The system's counters at the start of a process; None where nobody has noted them."""
        return self._counters.get(index)

    def signs(self, index: int) -> Mapping[str, int] | None:
        """By how much they had moved at its end; None where that is not noted (yet)."""
        return self._signs.get(index)

    def poll(self) -> bool:
        """Take in what is new; tell whether there was something."""
        if self.done:
            return False
        # The log first: when it tells of an end, the process has written all of its output.
        self._read_ahead()
        entries, self._ahead = self._ahead, []
        news = bool(entries)
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
            self._tell_strike(index)
            self._sinks[index].close(None, stopped=stopped, lost=lost)
        self._open.clear()
        self.done = True

    def _read_ahead(self) -> None:
        """Read the log, and take in what matters before more output is."""
        for line in self._log.lines():
            entry = parse(line, len(self._sinks))
            if entry is None:
                self.damaged += 1
                continue
            self.noted = entry.get("time", self.noted)
            self.began = self.began or self.noted
            self._learn(entry)
            self._ahead.append(entry)

    def _learn(self, entry: dict[str, Any]) -> None:
        """Take in what matters before the processes' output is read."""
        event = entry["event"]
        if event == "runner":
            self.runner_pid = entry["pid"]
        elif event == "start":
            self._started[entry["invocation"]] = (entry["pid"], entry["created"])
            if "counters" in entry:
                self._counters[entry["invocation"]] = entry["counters"]
        elif event == "deadline" and self._strike is None:
            fields = (entry["invocation"], entry["limit"], entry["stdout_size"])
            self._strike = _Strike(*fields)
        elif event == "stop":
            # From this process or, with pytest-xdist, from another worker's.
            self.stop_reason = self.stop_reason or entry["why"]
        elif event == "stopping":
            # What a process says on its way out is not the tests' doing.
            self._stdout[entry["invocation"]].end_at(entry["stdout_size"])
        elif event == "end" and "signs" in entry:
            self._signs[entry["invocation"]] = entry["signs"]

    def _end(self, entry: dict[str, Any]) -> None:
        index = entry["invocation"]
        if index not in self._open:
            return
        self._feed(index)
        for line in self._stdout[index].rest():
            self._sinks[index].feed(line)
        for line in self._stderr[index].rest():
            self._sinks[index].feed_stderr(line)
        self._tell_strike(index)
        stopped = entry["stopped"] and (self.stop_reason or entry["stopped"])
        self._sinks[index].close(entry["returncode"], stopped=stopped, lost=entry["error"])
        self._open.discard(index)

    def _feed(self, index: int) -> bool:
        news = False
        sink = self._sinks[index]
        for line in self._stderr[index].lines():
            sink.feed_stderr(line)
            news = True
        for lines in self._stdout[index].pieces():
            # The deadline is noted before anything is done to the tests: whatever they said of it
            # and was read just now, its entry can be read now too.
            self._read_ahead()
            for line in lines:
                if self._is_due(index):
                    self._tell_strike(index)
                sink.feed(line)
                self._fed[index] += len(line)
            news = True
        return news

    def _is_due(self, index: int) -> bool:
        strike = self._strike
        return strike is not None and (
            index != strike.invocation or self._fed[index] >= strike.stdout_size
        )

    def _tell_strike(self, index: int) -> None:
        """Tell a sink of the deadline, once, unless its process had ended before."""
        if self._strike is None or index < self._strike.invocation or index in self._told:
            return
        self._told.add(index)
        self._sinks[index].strike(self._strike.limit, started=index in self._started)
