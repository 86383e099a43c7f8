"""Processes that pass for `go`, and a sink that keeps what it is given."""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

from pytest_wslgo.execution import Invocation, Journal, Run, start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LIMIT = 20.0
"""Seconds after which a test gives up; nothing here takes a tenth of it."""


@dataclass
class Kept:
    """A sink."""

    stdout: list[bytes] = field(default_factory=list)
    stderr: list[bytes] = field(default_factory=list)
    closed: list[tuple[int | None, str, str]] = field(default_factory=list)

    def feed(self, line: bytes) -> None:
        """Keep a line."""
        self.stdout.append(line)

    def feed_stderr(self, line: bytes) -> None:
        """Keep a line."""
        self.stderr.append(line)

    def strike(self, limit: str, *, started: bool) -> None:
        """Keep the deadline, among the lines before and after it."""
        self.stdout.append(f"struck after {limit}, {'started' if started else 'left out'}".encode())

    def close(self, returncode: int | None, *, stopped: str = "", lost: str = "") -> None:
        """Keep the end."""
        self.closed.append((returncode, stopped, lost))


def python(code: str, cwd: Path) -> Invocation:
    """A process that runs some Python."""
    return Invocation((sys.executable, "-c", code), str(cwd), {"m": ("TestA",)})


def started(
    directory: Path, invocations: Sequence[Invocation], watched: int = 0, **about: object
) -> tuple[Run, list[Kept]]:
    """A run in a directory."""
    journal = Journal(directory)
    start(
        journal,
        invocations,
        environ=dict(os.environ),
        about=about,
        watched_pid=watched or os.getpid(),
    )
    sinks = [Kept() for _ in invocations]
    return Run(journal, sinks), sinks


def until(ready: Callable[[], object], what: str) -> None:
    """Look again and again until something is so."""
    end = time.monotonic() + LIMIT
    pause = threading.Event()
    while not ready():
        assert time.monotonic() < end, f"waited in vain for {what}"
        pause.wait(0.005)


def finish(run: Run) -> None:
    """Follow a run to its end."""
    until(lambda: run.poll() and run.done, "the end of the run")


def pids(file: Path, count: int) -> list[psutil.Process]:
    """The processes that wrote their numbers into a file, once there are so many."""
    until(lambda: file.exists() and len(file.read_text().split()) == count, f"{count} processes")
    return [psutil.Process(int(number)) for number in file.read_text().split()]


def gone(processes: Sequence[psutil.Process]) -> bool:
    """Whether none of them runs any more; who waits for the dead is another matter."""

    def ended(process: psutil.Process) -> bool:
        try:
            return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return all(map(ended, processes))


FAMILY = """
import os, signal, subprocess, sys, time
file = {file!r}
def tell():
    with open(file, "a") as out:
        out.write(f"{{os.getpid()}}\\n")
deaf = ("import os, signal, time; "
    "[signal.signal(n, signal.SIG_IGN) for n in (signal.SIGINT, signal.SIGTERM)]; "
    f"open({{file!r}}, 'a').write(f'{{{{os.getpid()}}}}\\\\n'); time.sleep(600)")
# A child that ignores requests, one that has a session of its own, an orphaned daemon.
subprocess.Popen([sys.executable, "-c", deaf])
subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True)
if os.fork() == 0:
    subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True)
    os._exit(0)
tell()
time.sleep(600)
"""
"""A process with three descendants; each tells its number in a file."""


def family(directory: Path) -> tuple[Invocation, Path]:
    """That family, and the file in which its numbers will be."""
    file = directory / "pids"
    return python(FAMILY.format(file=str(file)), directory), file
