"""The state of one package while its events come in, and how it settles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.crash import Crash, read_crash, stopped_by
from pytest_wslgo.outcomes.lines import CRASH, is_frame
from pytest_wslgo.outcomes.outcome import State
from pytest_wslgo.outcomes.races import TITLE, Race, RaceReader, read_race
from pytest_wslgo.outcomes.results import Results
from pytest_wslgo.outcomes.shortage import of_crash
from pytest_wslgo.outcomes.teststate import TestState
from pytest_wslgo.outcomes.text import LIMIT, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_wslgo.outcomes.shortage import Signs

STATES = {"pass": State.PASSED, "fail": State.FAILED, "skip": State.SKIPPED}
_STATUS = re.compile(r"(?:exit status \d+|signal: [a-z].*)\n")
_CLOSING = ("PASS\n", "FAIL\n")
"""What the testing package says when all tests have been run."""
_COMPLAINT = "*** Test "
"""How `go` begins what it says of a process (cmd/go/internal/test: killed, I/O incomplete)."""
_RACES_FOUND = re.compile(r"^Found \d+ data race\(s\)$", re.MULTILINE)
NOT_BUILT = ("[build failed]", "[setup failed]")


@dataclass(slots=True)
class PackageState:
    """What is known of a package so far."""

    import_path: str
    selected: tuple[str, ...]
    limit: int = LIMIT
    """Characters that are kept of each test's output."""
    tests: dict[str, TestState] = field(default_factory=dict)
    output: Text = field(default_factory=Text)
    trace: Text | None = None
    state: State | None = None
    elapsed: float = 0.0
    cached: bool = False
    failed_build: str = ""
    exit_line: str = ""
    first_time: str = ""
    last_time: str = ""
    """The times of the first and the last event, as Go wrote them."""
    heard: bool = False
    """Whether there was any event of it."""
    concluded: bool = False
    """Whether ``(*testing.M).Run`` came to its end, which it says by PASS or FAIL."""
    last_ended: str = ""
    """The top-level test that ended last."""
    struck: str = ""
    """The session's deadline in words, if it struck while the package was open."""
    signs: Signs | None = None
    """What the system counted until it ended, where somebody has looked."""
    corrected: list[str] = field(default_factory=list)
    """Tests that were told to have passed, and later to have failed."""
    results: Results | None = None
    """The results of its benchmarks, if some are selected."""
    rounds: int = 0
    """How often each test is run; 0 and 1: it is not known, or does not matter."""
    trace_is_shown: bool = False
    """Whether the output of a test that has ended holds the trace of a crash."""
    late_failure: str = ""
    """A test of whose failure somebody told after the test binary's own end."""
    overruled: bool = False
    """Whether Go said that it passed, and that is not believed."""
    measured: bool = False
    """Whether its test binary told a coverage, as it does when it comes to its end."""
    complaint: str = ""
    """What `go` itself had to say of the test binary: that its output stayed open, say."""
    races: int = 0
    """Reports of the race detector."""
    late_races: list[tuple[Race, str]] = field(default_factory=list)
    """Races that no failed test shows, each with the ended test that it names, if any."""
    _races: RaceReader = field(default_factory=RaceReader)
    _credited: TestState | None = None
    """The test under which the open report of a race began."""
    _trace_of: str = ""
    _last_output: str = ""

    def __post_init__(self) -> None:
        if any(name.startswith("Benchmark") for name in self.selected):
            self.results = Results(self.selected)

    def test(self, name: str) -> TestState:
        """The state of a test or subtest, made when it is first heard of."""
        known = self.tests.get(name)
        if known is None:
            known = self.tests[name] = TestState(name, self.limit)
            top = name.partition("/")[0]
            if top != name:
                self.test(top).children.append(known)
        return known

    def print(self, test: TestState | None, output: str) -> None:
        """Take a piece of output; a report of the race detector goes to the test that it names."""
        if self._races.take(output):
            if self._races.complete:
                self.flush()
            elif output == TITLE:
                self._credited = test
            return
        held = self._races.let_go()
        if held:
            self._print(test, held)
        self._print(test, output)

    def flush(self) -> None:
        """Hand over what was held back: the package ends, or a report does."""
        if self._races.open:
            race = read_race(self._races.end(), {*self.selected, *self.tests})
            self._attribute(race, self._credited)
        held = self._races.let_go()
        if held:
            self._print(None, held)

    def keep_races_of(self, test: TestState) -> None:
        """Of a top-level test that has ended well: a race on its stacks is not shown by it.

        Should the package pass as well, it was only text that looks like one.
        """
        if test.state is not None and test.state.green:
            self.late_races += [(race, test.name) for race in test.races]
            test.races = []

    def _attribute(self, race: Race, credited: TestState | None) -> None:
        """Give a race to the tests on its stacks that run.

        One without any is given to the test under which it came; one that names only tests that
        have ended belongs to none that runs, and is late.
        """
        top = self.test(credited.name.partition("/")[0]) if credited is not None else None
        named = [self.tests[name] for name in race.tests if name in self.tests]
        owners = [test for test in named if test.running]
        if top is not None and not race.tests:
            owners = [top]
        self.races += 1
        if owners and top not in owners:
            names = ", ".join(test.name for test in owners)
            self._print(credited, f"(a data race of {names} was reported here)\n")
        else:
            self._print(credited, race.text)
        if credited is not None and credited is not top and top in owners:
            credited.races.append(race)
        for test in owners:
            test.races.append(race)
            if test is not top:
                test.print(race.text)
        for test in self.unfinished():
            if test not in owners:
                of = f" (of {', '.join(race.tests)})" if race.tests else ""
                test.near_race = test.near_race or f"while it ran: {race.reason}{of}"
        if not owners:
            self.late_races.append((race, named[0].name if named else ""))

    def _print(self, test: TestState | None, output: str) -> None:
        """Keep a piece of output; from a crash's first line on it all belongs to the trace.

        test2json credits a crash to whichever test was named last, so the trace is kept apart,
        whole, as well as under that test.
        """
        if self.trace is not None and (is_frame(output) or output in _CLOSING):
            self.trace = None  # the test binary goes on: a test has printed what looks like a crash
        if self.trace is None and output.startswith(CRASH):
            self.trace = Text()
            self._trace_of = test.name.partition("/")[0] if test is not None else ""
        if self.results is not None:
            self.results.feed(test.name if test is not None else "", output)
        if test is not None:
            test.print(output)
        else:
            self._read_closing_line(output)
        self._last_output = output
        if self.concluded and test is not None and output.startswith("--- FAIL: "):
            self.late_failure = test.name
        if output.startswith(_COMPLAINT):
            self.complaint = output.removeprefix(_COMPLAINT).strip()
        if self.trace is not None and not output.startswith(("FAIL\t", "exit status ")):
            self.trace.append(output)

    def _read_closing_line(self, output: str) -> None:
        if output in _CLOSING:
            self.concluded = True
        elif output.startswith("coverage: "):
            self.measured = True
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

    def is_dubious(self) -> bool:
        """Whether a package that Go says has passed may not have.

        Its test binary never said PASS: it ended with status 0 by itself. Or the race detector
        found something outside of all tests, and was told not to make a failure of it
        (GORACE=exitcode=0), which testing does for each race inside of one all the same. Or a
        process that it left behind told of a failed test after all were said to have passed.
        """
        silent = bool(self.selected) and not self.concluded
        raced = self.late_races and _RACES_FOUND.search(str(self.output))
        late = self.tests.get(self.late_failure)
        return silent or bool(raced) or (late is not None and late.state is not State.FAILED)

    def plain_name(self, name: str) -> str:
        """A benchmark's name without ``-8`` for the number of CPUs, with which its end may come."""
        plain, dash, number = name.rpartition("-")
        if not dash or not name.startswith("Benchmark") or not number.isdecimal():
            return name
        return plain if plain in self.tests or plain in self.selected else name

    def is_more_than_shown(self) -> bool:
        """Whether something is wrong that no selected test shows, whichever of them failed."""
        unselected = (name for name, test in self.tests.items() if State.FAILED in test.ended)
        return bool(self.late_races) or any(
            name not in self.selected for name in unselected if "/" not in name
        )

    def ended_otherwise(self) -> bool:
        """Whether the test binary ended in another way than a failed test makes it end.

        After its closing FAIL it exits with 1, or with 66 where the race detector has spoken.
        """
        usual = ("", "exit status 1", *["exit status 66"] * bool(self.races))
        return self.concluded and self.exit_line not in usual

    def just_concluded(self) -> bool:
        """Whether the last words were those with which `go` itself closes a package."""
        verdict, _, rest = self._last_output.partition("\t")
        return verdict in ("ok  ", "FAIL") and rest.partition("\t")[0] == self.import_path

    def crash(self) -> Crash | None:
        """How the test binary died, if it left last words or the deadline struck it."""
        if self._was_struck():
            return stopped_by(self.struck, self)
        if self.trace is None:
            return None
        trace = str(self.trace)
        crash = read_crash(trace, self.selected, self._trace_of)
        return replace(crash, headline=crash.headline + of_crash(trace, self.signs))

    def _was_struck(self) -> bool:
        """Whether its test binary did not come to its end because of the deadline."""
        if not self.struck or not self.heard or self.failed_build:
            return False
        if self.trace is not None:
            return str(self.trace).startswith("SIGQUIT: ")
        # Without a word: it ignored the request, or died of it before it could answer.
        return self.state in (None, State.FAILED) and (
            not self.concluded or self.exit_line.startswith("signal: ")
        )

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
