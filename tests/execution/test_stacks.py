"""Whom the deadline's signals reach, among real processes that pass for `go` and its children."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from execution_fakes import gone, until

from pytest_wslgo.execution.deadline import GRACE, Deadline, ask_for_stacks, test_binaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLEEP = "sleep 600; :"
GO = """
import json, signal, subprocess, sys, time
signal.signal(signal.SIGINT, lambda *_: None)
for argv in json.loads(sys.argv[1]):
    subprocess.Popen(argv)
while True:
    time.sleep(600)
"""


class Go:
    """A process that starts children and, like `go`, survives SIGINT."""

    def __init__(self, directory: Path) -> None:
        work = directory / "go-build123" / "b001"
        work.mkdir(parents=True)
        self.binary = work / "m.test"
        self.stdout = directory / "stdout"
        self.stdout.touch()
        shutil.copy("/bin/sh", self.binary)
        self.process: subprocess.Popen[bytes]

    def start(self, *children: list[str]) -> None:
        """Start it, and wait until the children sleep."""
        import json

        argv = [sys.executable, "-c", GO, json.dumps(children)]
        self.process = subprocess.Popen(argv, start_new_session=True)
        sleeps = str(children).count(SLEEP)
        until(lambda: len(self._named("sleep")) == sleeps, "the children")

    def found(self) -> list[list[str]]:
        """The command lines of what is taken for test binaries."""
        return [process.cmdline() for process in test_binaries(self.process.pid)]

    def ask(self, *, over: bool = False) -> float:
        """Ask for stacks; how many seconds it took."""
        began = time.monotonic()
        ask_for_stacks(self.process.pid, self.stdout, threading.Event(), lambda: over)
        return time.monotonic() - began

    def _named(self, name: str) -> list[psutil.Process]:
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [process for process in family if process.name() == name]

    def close(self) -> None:
        """Kill all of it."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        for process in family:
            process.kill()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def go(tmp_path: Path) -> Iterator[Go]:
    """Such a process, to be started."""
    go = Go(tmp_path)
    yield go
    go.close()


def test_a_test_binary_is_known_by_where_it_lies(go: Go) -> None:
    """Neither a linker, which has the binary's name among its arguments, nor other tools are it."""
    test = [str(go.binary), "-c", SLEEP, "test"]
    link = ["sh", "-c", SLEEP, "link", "-o", str(go.binary), "-importcfg", "x"]
    go.start(test, link, ["sh", "-c", SLEEP, "compile"])

    assert go.found() == [test]


def test_what_a_test_starts_is_left_alone(go: Go) -> None:
    """A test that runs its own binary as a helper is asked, and the helper is not."""
    test = [str(go.binary), "-c", f'"$0" -c "{SLEEP}" helper; :', str(go.binary), "-test.run=X"]
    go.start(test)

    assert go.found() == [test]


def test_under_another_program_the_binary_below_it(go: Go) -> None:
    """-exec with a program that stays: the test binary has the stacks, not the program."""
    test = [str(go.binary), "-c", SLEEP, "test"]
    go.start(["sh", "-c", '"$@"; :', "sh", *test])

    assert go.found() == [test]


def test_a_program_whose_binary_is_not_to_be_seen(go: Go) -> None:
    """-exec with an emulator or another machine: the program is asked, as it may pass it on."""
    emulator = ["sh", "-c", SLEEP, "emulator", str(go.binary), "-test.v=test2json"]
    go.start(emulator)

    assert go.found() == [emulator]


def test_tests_are_asked_and_compilers_are_not(go: Go) -> None:
    """SIGQUIT for the test alone; the wait is over soon after nobody is left to say something."""
    go.start([str(go.binary), "-c", SLEEP, "test"], ["sh", "-c", SLEEP, "compile"])
    [test] = test_binaries(go.process.pid)
    [compiler] = [
        each for each in psutil.Process(go.process.pid).children() if "compile" in each.cmdline()
    ]

    took = go.ask()

    assert gone([test])
    assert not gone([compiler])
    assert go.process.poll() is None
    assert took < GRACE - 1


def test_a_deaf_test_has_its_time_and_no_more(go: Go) -> None:
    """A test that ignores the request is waited for as long as the grace lasts."""
    go.start([str(go.binary), "-c", f"trap '' QUIT; {SLEEP}", "test"])
    [test] = test_binaries(go.process.pid)

    took = go.ask()

    assert not gone([test])
    assert GRACE <= took < GRACE + 3


def test_somebody_else_wants_the_end(go: Go) -> None:
    """Nobody waits when the run is to be stopped at once."""
    go.start([str(go.binary), "-c", SLEEP, "test"])

    assert go.ask(over=True) < 1


def test_a_plan_tells_of_the_deadline() -> None:
    """What is written into a plan is read from it; a plan without one has none."""
    deadline = Deadline("5m", 12.5)

    assert Deadline.from_plan({"deadline": deadline.to_plan()}) == deadline
    assert Deadline.from_plan({}) is None
    assert deadline.left < 0 or time.monotonic() < 12.5
