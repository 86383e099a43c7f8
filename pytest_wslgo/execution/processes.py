"""Ending a tree of processes so that nothing stays behind."""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from threading import Event

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
GRACE = 0.7
"""Seconds between asking and killing; twice this bounds how long a stop takes."""


def end_tree(pid: int, ended: Event) -> None:
    """End a child that leads a session, its process group and all of its descendants.

    `go` is asked first: on SIGINT it waits for its tests and removes its work directory (but not
    while it builds, when it leaves that behind as it does without us).
    Test binaries that ignore the request are killed, then `go` itself. Descendants that made
    themselves a session of their own are found through their parents; orphans among them through
    this process, the runner, which has adopted them (``adopt_orphans``) and has no other children.

    Args:
        pid: The child.
        ended: Set by whoever waits for the child (two waits would race for its exit status).
    """
    tree = set(descendants(os.getpid()))
    _signal_group(pid, signal.SIGINT)
    ended.wait(GRACE)
    for process in tree | set(descendants(os.getpid())):
        if process.pid != pid:
            _kill(process)
    if not ended.wait(GRACE):
        _signal_group(pid, signal.SIGKILL)
        ended.wait()
    # What was started in between, and is an orphan now.
    end_orphans()


def end_orphans() -> None:
    """Kill all that is left of a child that has ended; the caller has no other children."""
    for process in descendants(os.getpid()):
        _kill(process)


def kill_tree(pid: int, created: float) -> None:
    """Kill at once what a dead runner left behind.

    Args:
        pid: The process that leads the group.
        created: When it was created, as psutil tells; another process with its number is spared.
    """
    family: set[psutil.Process] = set()
    with suppress(psutil.Error):
        leader = psutil.Process(pid)
        if leader.create_time() != created:
            return
        family.add(leader)
    # A session keeps its number when its leader has gone, and nobody else gets that meanwhile.
    family.update(process for process in psutil.process_iter() if _session(process.pid) == pid)
    for process in [*family]:
        family.update(descendants(process.pid))
    for process in family:
        _kill(process)


def adopt_orphans() -> None:
    """Become the parent of every orphaned descendant, where the system can do that (Linux).

    A test may start a daemon, whose parent exits at once: without this it would belong to nobody.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def created(pid: int) -> float:
    """When a process was created (seconds, as psutil tells); 0.0 if it is gone already."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def descendants(pid: int) -> list[psutil.Process]:
    """All children, their children and so on; none if the process is gone."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return 0


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        process.kill()


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
