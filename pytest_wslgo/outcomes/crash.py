"""Reading how a test binary died: a panic, a fatal error of the runtime, Go's own timeout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.lines import frame_of_a_test, headline

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytest_wslgo.outcomes.outcome import Location
    from pytest_wslgo.outcomes.package import PackageState

_TIMEOUT = re.compile(r"panic: test timed out after (\S+)")
# testing.go's (*M).startAlarm lists them since Go 1.20: indented by one tab, later by two.
_RUNNING = re.compile(r"^\t{1,2}(\S+) \(.*\)$", re.MULTILINE)
_GOROUTINE = re.compile(r"^goroutine \d+.*?\[(.*)\]:$", re.MULTILINE)
_MOST_NAMES = 5
FUNCTION = re.compile(r"[./]((?:Test|Fuzz|Example|Benchmark)\w*)(?:\.func|[.(])")
"""A test's function, or one inside it, in a line of a stack."""


@dataclass(frozen=True, slots=True)
class Crash:
    """The last words of a test binary.

    ``tests`` are the top-level tests that the words name: those that were running when the
    timeout struck, or the one whose function is on the panicking goroutine's stack.
    """

    headline: str
    tests: tuple[str, ...]
    timed_out: bool
    subtests: tuple[str, ...] = ()
    """Of a timeout: the running ones below the top level, by full name."""

    @property
    def happened(self) -> str:
        """The crash in the middle of a sentence: ``the package panicked in TestBoom``."""
        names = ", ".join(self._named())
        if self.timed_out:
            return f"{self.headline} while {names} ran" if names else self.headline
        return f"the package crashed in {names} ({self.headline})" if names else self.headline

    def _named(self) -> list[str]:
        """The tests, or their subtests where those are known: a few of them."""
        tops = {name.partition("/")[0] for name in self.subtests}
        names = [name for name in self.tests if name not in tops]
        names += [name for name in self.subtests if name.partition("/")[0] in self.tests]
        more = len(names) - _MOST_NAMES
        return names[:_MOST_NAMES] + ([f"{more} more"] if more > 0 else [])


def read_crash(trace: str, known: Collection[str], credited: str = "") -> Crash:
    """Read a trace that begins with one of ``lines.CRASH``.

    Args:
        trace: The text from that line on.
        known: The package's top-level test names; other names on a stack are no tests.
        credited: The top-level test under which the trace came. It died if a test's goroutine did
            (before that testing.go reports the test's end), even where helpers hide its function.
    """
    first_line = headline(trace.partition("\n")[0])
    timeout = _TIMEOUT.match(trace)
    if timeout is not None:
        before_stacks = trace[: found.start()] if (found := _GOROUTINE.search(trace)) else trace
        listed = _RUNNING.findall(before_stacks)
        names = (name.partition("/")[0] for name in listed)
        running = tuple(dict.fromkeys(name for name in names if name in known))
        below = tuple(name for name in listed if "/" in name)
        return Crash(f"the timeout of {timeout[1]} struck", running, True, below)  # noqa: FBT003
    stack = _first_stack(trace)
    culprit = next((name for name in FUNCTION.findall(stack) if name in known), None)
    if culprit is None and credited in known and "\ntesting.tRunner(" in stack:
        culprit = credited
    return Crash(first_line, (culprit,) if culprit else (), timed_out=False)


def stopped_by(deadline: str, package: PackageState) -> Crash:
    """What is known of a package whose test binary was ended because of a deadline.

    SIGQUIT's words do not tell which tests ran, as a timeout's do: the events have told.
    """
    running = tuple(test.name for test in package.unfinished())
    below = tuple(
        name
        for name, test in package.tests.items()
        if "/" in name and test.running and not test.paused and name.partition("/")[0] in running
    )
    when = ""
    if not running:
        when = f" after {package.last_ended}" if package.last_ended else " before any test ran"
    return Crash(f"{deadline}{when}", running, True, below)  # noqa: FBT003


def place_in(trace: str, test: str) -> Location | None:
    """Where a test was when the timeout struck: the topmost frame of its goroutine in a test file.

    None where no stack holds the test's function: it waits for its subtests then.
    """
    function = re.compile(rf"[./]{re.escape(test)}(?:\.func|\()")
    stacks = (stack for stack in trace.split("\n\n") if _GOROUTINE.search(stack))
    own = [stack for stack in stacks if function.search(stack.partition("created by ")[0])]
    return frame_of_a_test(own[-1].split("\n")) if own else None


def _first_stack(trace: str) -> str:
    """The stack of the goroutine that died: the first, with what created it as its last line."""
    start = _GOROUTINE.search(trace)
    if start is None:
        return ""
    return trace[start.end() :].partition("\n\n")[0]
