"""One run seen from the session: start its runner, follow its journal, stop it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_wslgo
from pytest_wslgo.errors import RunnerError
from pytest_wslgo.execution.counters import Counters, moved
from pytest_wslgo.execution.follow import Follower
from pytest_wslgo.execution.processes import alive, kill_tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_wslgo.execution.follow import Sink
    from pytest_wslgo.execution.invocation import Invocation
    from pytest_wslgo.execution.journal import Journal

START_LIMIT = 60.0
"""Seconds within which a runner must have been started; it takes a fraction of one."""
_BOOT = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from pytest_wslgo.execution.runner import main; main()"
)


def start(
    journal: Journal,
    invocations: Sequence[Invocation],
    *,
    environ: Mapping[str, str],
    about: Mapping[str, Any],
    watched_pid: int,
) -> None:
    """Write the plan and start the runner process.

    Args:
        journal: Where the run is written to.
        invocations: What is to be run.
        environ: The environment of the Go processes.
        about: What else the journal shall say; values that ``json`` can write.
        watched_pid: The process whose end ends the run.

    Raises:
        JournalError: The journal cannot be written.
        RunnerError: The process cannot be started.
    """
    journal.create(invocations, {**about, "watched_pid": watched_pid})
    # The package may be importable here only through sys.path, which a child does not inherit.
    home = str(Path(pytest_wslgo.__file__).parent.parent)
    argv = [sys.executable, "-c", _BOOT, home, str(journal.directory)]
    try:
        with (journal.directory / "runner.log").open("wb") as log:
            process = subprocess.Popen(
                argv,
                cwd=journal.directory,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
    except OSError as error:
        with suppress(OSError):
            journal.plan_file.unlink()  # or others would join a run that nobody carries out
        raise RunnerError(
            f"cannot start the runner process ({sys.executable}): {error.strerror}: "
            "look for a limit on processes or memory (`ulimit -a`)"
        ) from error
    journal.note(event="runner", pid=process.pid)
    # Nobody waits for it: the journal says when it is done. Without this a warning about a
    # running child would come up when the object is collected.
    process.returncode = 0


class Run:
    """A run that has been started by this process or by another one of the same session.

    What it writes is fed to one sink for each invocation (see ``Sink``).
    """

    def __init__(self, journal: Journal, sinks: Sequence[Sink]) -> None:
        self.journal = journal
        self._follower = Follower(journal, sinks)
        self._stopping = False
        self._joined = time.monotonic()

    @property
    def done(self) -> bool:
        """Whether all of it has ended and every line has reached its sink."""
        return self._follower.done

    @property
    def why_stopped(self) -> str:
        """Why a session has asked for the end, this one or another; empty if none has."""
        return self._follower.stop_reason

    @property
    def struck(self) -> str:
        """The deadline, if it has struck; else empty."""
        return self._follower.struck

    def signs(self, index: int) -> Mapping[str, int] | None:
        """By how much the system's counters have moved since a process was started.

        As the journal says, where it does already; else as they are now: the kernel counts a
        process before it kills it. None where the journal has no counters from the start.
        """
        noted = self._follower.signs(index)
        before = self._follower.counters(index)
        if noted is not None or before is None:
            return noted
        return moved(before, Counters.find().read())

    def poll(self) -> bool:
        """Take in what has been written since the last call; tell whether there was something."""
        news = self._follower.poll()
        if self._follower.stop_reason:
            self._ask_to_stop()
        if not news and not self.done and self._runner_is_dead():
            self._follower.poll()  # its last words may have come in between
            if not self.done:
                self._bury()
        return news or self.done

    def stop(self, why: str) -> None:
        """Ask the runner to end everything; ``poll`` until ``done`` to see the end."""
        if self.done or self._follower.stop_reason:
            return
        self._follower.stop_reason = why
        with suppress(OSError):  # a full disk must not keep Go running
            self.journal.note(event="stop", why=why)
        self._ask_to_stop()

    def _ask_to_stop(self) -> None:
        """Tell the runner, once it is known who it is."""
        if self._follower.runner_pid and not self._stopping:
            self._stopping = True
            with suppress(ProcessLookupError):
                os.kill(self._follower.runner_pid, signal.SIGTERM)

    def _runner_is_dead(self) -> bool:
        pid = self._follower.runner_pid
        if not pid:
            # Whoever wrote the plan may have died before it could start the runner.
            return time.monotonic() - self._joined > START_LIMIT
        return not alive(pid)

    def _bury(self) -> None:
        """The runner died without a word: end what it left, and say so."""
        self._follower.end_here()
        for pid, born in self._follower.open_processes():
            kill_tree(pid, born)
        if self._follower.stop_reason:
            # It was told to stop, maybe before it could listen; there is nothing to explain.
            self._follower.give_up(stopped=self._follower.stop_reason)
            return
        what = "died" if self._follower.runner_pid else "was never started"
        said = _last_line(self.journal.directory / "runner.log")
        if not said and self.journal.is_full():
            said = "no space is left on the journal's disk"
        self._follower.give_up(
            lost=f"the runner process {what}{': ' + said if said else ''} "
            f"(its journal is {self.journal.directory})"
        )


def _last_line(path: Path) -> str:
    with suppress(OSError):
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if lines:
            return lines[-1]
    return ""
