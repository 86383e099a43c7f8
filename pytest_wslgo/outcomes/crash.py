"""Reading how a test binary died: a panic, a fatal error of the runtime, Go's own timeout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_TIMEOUT = re.compile(r"panic: test timed out after (\S+)")
# testing.go's (*M).startAlarm lists them, indented by two tabs, since Go 1.20.
_RUNNING = re.compile(r"^\t\t(\S+) \(.*\)$", re.MULTILINE)
_GOROUTINE = re.compile(r"^goroutine \d+.*?\[(.*)\]:$", re.MULTILINE)
_FUNCTION = re.compile(r"[./]((?:Test|Fuzz|Example|Benchmark)\w*)(?:\.func|[.(])")


@dataclass(frozen=True, slots=True)
class Crash:
    """The last words of a test binary.

    ``tests`` are the top-level tests that the words name: those that were running when the
    timeout struck, or the one whose function is on the panicking goroutine's stack.
    """

    headline: str
    tests: tuple[str, ...]
    timed_out: bool

    @property
    def happened(self) -> str:
        """The crash in the middle of a sentence: ``the package panicked in TestBoom``."""
        names = ", ".join(self.tests)
        if self.timed_out:
            return f"{self.headline} while {names} ran" if names else self.headline
        return f"the package crashed in {names} ({self.headline})" if names else self.headline


def read_crash(trace: str, known: Collection[str]) -> Crash:
    """Read a trace that begins with one of ``lines.CRASH``.

    Args:
        trace: The text from that line on.
        known: The package's top-level test names; other names on a stack are no tests.
    """
    headline = trace.partition("\n")[0].strip()
    timeout = _TIMEOUT.match(trace)
    if timeout is not None:
        before_stacks = trace[: found.start()] if (found := _GOROUTINE.search(trace)) else trace
        names = [name.partition("/")[0] for name in _RUNNING.findall(before_stacks)]
        running = tuple(dict.fromkeys(name for name in names if name in known))
        return Crash(f"the timeout of {timeout[1]} struck", running, timed_out=True)
    named = (name for name in _FUNCTION.findall(_first_stack(trace)) if name in known)
    culprit = next(named, None)
    return Crash(headline, (culprit,) if culprit else (), timed_out=False)


def _first_stack(trace: str) -> str:
    """The stack of the goroutine that died: the first, with what created it as its last line."""
    start = _GOROUTINE.search(trace)
    if start is None:
        return ""
    return trace[start.end() :].partition("\n\n")[0]
