"""The runner: a small process that starts `go test`, and ends it when its session goes.

It is started as a session of its own, so that Ctrl-C in a terminal does not reach it, and each Go
process is started in one of its own, so that all of it can be ended. Its only output is the
journal. It outlives a killed xdist worker; it ends its processes when the watched process
(pytest's, or the xdist controller's) is gone, whatever the reason.

This module is imported by the runner process alone; it must start fast and needs no pytest.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import psutil

from pytest_wslgo.execution.counters import Counters, moved
from pytest_wslgo.execution.deadline import Deadline, ask_for_stacks
from pytest_wslgo.execution.journal import Journal
from pytest_wslgo.execution.offline import command
from pytest_wslgo.execution.processes import adopt_orphans, created, end_orphans, end_tree

if TYPE_CHECKING:
    from types import FrameType

    from pytest_wslgo.execution.invocation import Invocation

_ENDED = "ended"
_STRUCK = "struck"
_LONGEST_WAIT = 3600.0
"""Seconds; a deadline may be further away than a wait can be long."""
_LOOK = 0.5
"""Seconds after which the runner looks whether the watched process has become a zombie."""


class Runner:
    """Carries out the invocations of one journal, one after the other."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._invocations, about = journal.plan()
        self._watched: int = about["watched_pid"]
        # Threads and signal handlers put what happens here: `_ENDED`, or why to stop.
        # SimpleQueue.put is reentrant, as a signal handler needs.
        self._happened: SimpleQueue[str] = SimpleQueue()
        self._stopped = ""
        self._ended = threading.Event()
        self._deadline = Deadline.from_plan(about)
        self._struck = False
        self._counters = Counters.find()

    def run(self) -> None:
        """Run everything, or until told to stop; the last word in the log is ``done``."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        adopt_orphans()
        threading.Thread(target=self._watch, daemon=True).start()
        for index, invocation in enumerate(self._invocations):
            if self._deadline is not None and self._deadline.left <= 0:
                self._note_deadline(index, 0)
            else:
                self._carry_out(index, invocation)
            if self._stopped or self._struck:
                break
        self._journal.note(event="done", stopped=self._stopped)

    def _carry_out(self, index: int, invocation: Invocation) -> None:
        try:
            process = self._start(index, invocation)
        except OSError as error:
            said = f"cannot start {invocation.argv[0]} in {invocation.cwd}: {error.strerror}"
            self._journal.note(
                event="end", invocation=index, returncode=None, stopped="", error=said
            )
            return
        self._ended = threading.Event()
        threading.Thread(target=self._wait, args=(process, self._ended), daemon=True).start()
        try:
            self._attend(index, process)
        except BaseException:
            # The journal cannot be written any more, say: leave no process behind.
            end_tree(process.pid, self._ended)
            raise

    def _attend(self, index: int, process: subprocess.Popen[bytes]) -> None:
        """Follow a process to its end."""
        before = self._counters.read()
        self._journal.note(
            event="start",
            invocation=index,
            pid=process.pid,
            created=created(process.pid),
            counters=before,
        )
        while (what := self._next()) != _ENDED:
            if what == _STRUCK:
                self._strike(index, process)
            elif not self._stopped:
                self._stopped = what
                if not (self._struck and self._ended.is_set()):
                    self._end(index, process)
        if self._struck:
            end_orphans()
        self._journal.note(
            event="end",
            invocation=index,
            returncode=process.returncode,
            stopped=self._stopped,
            # `go` does not care whether its events could be written.
            error="no space is left on the journal's disk" if self._journal.is_full() else "",
            signs=moved(before, self._counters.read()),
        )

    def _next(self) -> str:
        """What happens next: the end, the deadline, or a reason to stop."""
        while self._deadline is not None and not self._struck:
            left = self._deadline.left
            try:
                return self._happened.get(timeout=max(0.0, min(left, _LONGEST_WAIT)))
            except Empty:
                if left <= 0:
                    return _STRUCK
        return self._happened.get()

    def _strike(self, index: int, process: subprocess.Popen[bytes]) -> None:
        """Have the tests say where they are, and end what does not end by itself."""
        stdout = self._journal.stdout(index)
        self._note_deadline(index, stdout.stat().st_size)
        ask_for_stacks(process.pid, stdout, self._ended, lambda: not self._happened.empty())
        if self._happened.empty():
            self._end(index, process)

    def _note_deadline(self, index: int, stdout_size: int) -> None:
        assert self._deadline is not None
        self._struck = True
        self._journal.note(
            event="deadline",
            invocation=index,
            limit=self._deadline.limit,
            stdout_size=stdout_size,
        )

    def _end(self, index: int, process: subprocess.Popen[bytes]) -> None:
        """End a process; what is written from now on is not the tests' doing."""
        size = self._journal.stdout(index).stat().st_size
        self._journal.note(event="stopping", invocation=index, stdout_size=size)
        end_tree(process.pid, self._ended)

    def _start(self, index: int, invocation: Invocation) -> subprocess.Popen[bytes]:
        with (
            self._journal.stdout(index).open("wb") as stdout,
            self._journal.stderr(index).open("wb") as stderr,
        ):
            return subprocess.Popen(
                command(invocation.argv) if invocation.isolated else invocation.argv,
                cwd=invocation.cwd,
                env=_environ(invocation),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    def _wait(self, process: subprocess.Popen[bytes], ended: threading.Event) -> None:
        process.wait()
        ended.set()
        self._happened.put(_ENDED)

    def _watch(self) -> None:
        # The kernel tells (pidfd, kqueue) where it can. Between two processes nobody listens to
        # the queue: the next one is then stopped as soon as it has started.
        with suppress(psutil.NoSuchProcess):
            watched = psutil.Process(self._watched)
            # A zombie that its parent does not collect would be waited for without end.
            while watched.is_running() and watched.status() != psutil.STATUS_ZOMBIE:
                with suppress(psutil.TimeoutExpired):
                    watched.wait(_LOOK)
        self._happened.put("its session ended without a word")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._happened.put("it was stopped")


def _environ(invocation: Invocation) -> dict[str, str]:
    """The runner's environment with the invocation's changes; None removes a variable."""
    changed = {**os.environ, **invocation.environ}
    return {name: value for name, value in changed.items() if value is not None}


def main() -> None:
    """Run the journal whose directory is the first argument."""
    Runner(Journal(Path(sys.argv[1]))).run()
