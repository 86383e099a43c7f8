"""The state of one package while its events come in, and how it settles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from pytest_wslgo.outcomes.crash import Crash, read_crash
from pytest_wslgo.outcomes.lines import CRASH, is_frame
from pytest_wslgo.outcomes.outcome import State
from pytest_wslgo.outcomes.results import Results
from pytest_wslgo.outcomes.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_wslgo.outcomes.outcome import Location

STATES = {"pass": State.PASSED, "fail": State.FAILED, "skip": State.SKIPPED}
_STATUS = re.compile(r"(?:exit status \d+|signal: [a-z].*)\n")
_LONGEST_ERROR = 4096
NOT_BUILT = ("[build failed]", "[setup failed]")


@dataclass(slots=True)
class TestState:
    """What is known of a test or subtest so far. ``ended`` has one entry for each repetition."""

    __test__: ClassVar[bool] = False

    name: str
    running: bool = False
    paused: bool = False
    starts: int = 0
    ended: list[State] = field(default_factory=list)
    elapsed: float = 0.0
    started: str = ""
    """The time of its ``run`` event, as Go wrote it."""
    error: str = ""
    """The first message that Go marks as an error (``OutputType``, from Go 1.27 on)."""
    error_open: bool = False
    output: Text | None = None
    children: list[TestState] = field(default_factory=list)
    held: int = 0
    """Characters that its ended subtests hold."""
    told: tuple[str, Location | None] | None = None
    """Reason and place of an ended subtest whose output is no longer held."""

    def note_error(self, kind: str, output: str) -> None:
        """Keep the first error, by the kind that Go gives to each line of it."""
        if kind == "error":
            self.error_open = not self.error
        elif kind != "error-continue":
            self.error_open = False
        if self.error_open and len(self.error) < _LONGEST_ERROR:
            self.error += output

    def print(self, output: str) -> None:
        """Keep a piece of output, unless it is framing."""
        if is_frame(output) or (output[:9] == "Benchmark" and output[:-1] == self.name):
            return
        if self.output is None:
            self.output = Text()
        self.output.append(output)

    @property
    def state(self) -> State | None:
        """The worst of all repetitions; None while there is no end."""
        if not self.ended:
            return None
        worst = (State.FAILED, State.PASSED, State.SKIPPED)
        return next(state for state in worst if state in self.ended)


@dataclass(slots=True)
class PackageState:
    """What is known of a package so far."""

    import_path: str
    selected: tuple[str, ...]
    tests: dict[str, TestState] = field(default_factory=dict)
    output: Text = field(default_factory=Text)
    trace: Text | None = None
    state: State | None = None
    elapsed: float = 0.0
    cached: bool = False
    failed_build: str = ""
    exit_line: str = ""
    last_time: str = ""
    """The time of the last event."""
    heard: bool = False
    """Whether there was any event of it."""
    concluded: bool = False
    """Whether ``(*testing.M).Run`` came to its end, which it says by PASS or FAIL."""
    last_ended: str = ""
    """The top-level test that ended last."""
    corrected: list[str] = field(default_factory=list)
    """Tests that were told to have passed, and later to have failed."""
    results: Results | None = None
    """The results of its benchmarks, if some are selected."""
    _last_output: str = ""

    def __post_init__(self) -> None:
        if any(name.startswith("Benchmark") for name in self.selected):
            self.results = Results(self.selected)

    def test(self, name: str) -> TestState:
        """The state of a test or subtest, made when it is first heard of."""
        known = self.tests.get(name)
        if known is None:
            known = self.tests[name] = TestState(name)
            top = name.partition("/")[0]
            if top != name:
                self.test(top).children.append(known)
        return known

    def print(self, test: TestState | None, output: str) -> None:
        """Take a piece of output; from a crash's first line on it all belongs to the trace.

        test2json credits a crash to whichever test was named last, so the trace is kept apart,
        whole, as well as under that test.
        """
        if self.trace is None and output.startswith(CRASH):
            self.trace = Text()
        if self.results is not None:
            self.results.feed(test.name if test is not None else "", output)
        if test is not None:
            test.print(output)
        else:
            self._read_closing_line(output)
        self._last_output = output
        if self.trace is not None and not output.startswith(("FAIL\t", "exit status ")):
            self.trace.append(output)

    def _read_closing_line(self, output: str) -> None:
        if output in ("PASS\n", "FAIL\n"):
            self.concluded = True
        elif output.startswith("FAIL\t"):
            # `go` writes how the process ended just before; test2json may credit that to a test.
            if _STATUS.fullmatch(self._last_output):
                self.exit_line = self._last_output.strip()
            if output.rstrip().endswith(NOT_BUILT):
                self.failed_build = self.failed_build or self.import_path
        elif output.startswith("ok  \t") and "\t(cached)" in output:
            self.cached = True
        if not output.startswith(("PASS\n", "FAIL\n", "FAIL\t", "ok  \t", "coverage: ")):
            self.output.append(output)

    def crash(self) -> Crash | None:
        """How the test binary died, if it left last words."""
        return read_crash(str(self.trace), self.selected) if self.trace is not None else None

    def unfinished(self) -> Sequence[TestState]:
        """The top-level tests that started and are neither ended nor waiting for their turn."""
        return [
            test
            for name, test in self.tests.items()
            if test.running and not test.paused and "/" not in name and not self.is_over(test)
        ]

    def is_over(self, benchmark: TestState) -> bool:
        """Whether a benchmark came to its end, which it does not say (gotestsum#413).

        Benchmarks run one after the other, and after all tests.
        """
        if not benchmark.name.startswith("Benchmark"):
            return False
        tops = (name for name in reversed(self.tests) if "/" not in name)
        return self.concluded or next(tops, benchmark.name) != benchmark.name
