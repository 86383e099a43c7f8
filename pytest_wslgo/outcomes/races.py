"""Reports of the race detector: whose they are, wherever they were printed.

A report is written to stderr by the goroutine that races. test2json credits it, line by line, to
the test that was named last: another one, when tests run in parallel (golang/go#58634). Its stacks
name the test. The format is that of the runtime's race detector
(https://go.dev/doc/articles/race_detector#Report_Format).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.crash import FUNCTION
from pytest_wslgo.outcomes.outcome import Location

if TYPE_CHECKING:
    from collections.abc import Collection

FENCE = "==================\n"
TITLE = "WARNING: DATA RACE\n"
_LONGEST = 2_000
"""Lines; a report has four stacks of at most some dozens."""
_LINE = re.compile(
    r"\n"
    r"|(?:Previous )?(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite) at 0x[0-9a-f]+ by "
    r"|(?:Goroutine|Mutex|Thread) "
    r"|(?:  | {6})\S"
    r"|(?:As if synchronized via|Location is|  \[failed to restore the stack\])"
)
_ACCESS = re.compile(
    r"^((?:Previous )?(?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite)) at 0x[0-9a-f]+ by [^\n]*:\n"
    r"((?: +\S[^\n]*\n)*)",
    re.MULTILINE,
)
_FRAME = re.compile(r"^  (\S[^\n]*)\n {6}(\S[^\n]*\.go):(\d+)(?: |$)", re.MULTILINE)
_ENGINE = ("runtime.", "sync.", "sync/atomic.", "internal/")
"""What the frames on top of an access may belong to, where the program's own is of interest."""


@dataclass(frozen=True, slots=True)
class Race:
    """One report. ``tests`` are the top-level tests on its stacks, those of the accesses first."""

    text: str
    tests: tuple[str, ...]
    reason: str
    """One line: ``data race: write at a_test.go:12, previous write at a_test.go:12``."""
    location: Location | None
    """The access that was caught."""


def read_race(text: str, known: Collection[str]) -> Race:
    """Read a report, from its title on, fences left out.

    Args:
        text: The report.
        known: The package's top-level test names; other names on a stack are no tests.
    """
    accesses = [
        (what.lower(), _own_frame(stack)) for what, stack in _ACCESS.findall(text.expandtabs())
    ]
    told = [
        f"{what} at {place.path.rpartition('/')[2]}:{place.line}"
        for what, place in accesses
        if place is not None
    ]
    named = dict.fromkeys(name for name in FUNCTION.findall(text) if name in known)
    return Race(
        f"{FENCE}{text}{FENCE}",
        tuple(named),
        f"data race: {', '.join(told)}" if told else "data race",
        next((place for _, place in accesses if place is not None), None),
    )


def _own_frame(stack: str) -> Location | None:
    """The topmost frame of a stack that is not the runtime's."""
    frames = _FRAME.findall(stack)
    own = [frame for frame in frames if not frame[0].startswith(_ENGINE)] or frames
    return Location(own[0][1], int(own[0][2])) if own else None


class RaceReader:
    """Takes the reports out of a package's output, piece by piece."""

    def __init__(self) -> None:
        self._lines: list[str] | None = None
        self.held = ""
        """A fence that may be the one before a title; whoever gets another piece prints it."""
        self.complete = False
        """Whether the closing fence has come."""

    def take(self, output: str) -> bool:
        """Take a piece of output, if it belongs to a report or may do so."""
        if self._lines is None:
            if output == TITLE:
                self._lines, self.held = [output], ""
            elif output == FENCE and not self.held:
                self.held = FENCE
            else:
                return False
            return True
        if output == FENCE:
            self.complete = True
        elif _LINE.match(output) and len(self._lines) < _LONGEST:
            self._lines.append(output)
        else:
            return False
        return True

    @property
    def open(self) -> bool:
        """Whether a report has begun."""
        return self._lines is not None

    def end(self) -> str:
        """The report that has begun, fences left out; the next one may begin."""
        text = "".join(self._lines or ())
        self._lines, self.complete = None, False
        return text

    def let_go(self) -> str:
        """What was held back and is no part of a report."""
        held, self.held = self.held, ""
        return held
