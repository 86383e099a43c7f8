"""Ending a tree of processes so that nothing stays behind."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from threading import Event

GRACE = 0.7
"""Seconds between asking and killing; twice this bounds how long a stop takes."""


def end_tree(pid: int, ended: Event) -> None:
    """End a child that leads a session, its process group and all of its descendants.

    `go` is asked first: on SIGINT it waits for its children and removes its work directory.
    Test binaries that ignore the request are killed, then `go` itself. Descendants that made
    themselves a session of their own are found through their parents.

    Args:
        pid: The child.
        ended: Set by whoever waits for the child (two waits would race for its exit status).
    """
    tree = set(descendants(pid))
    _signal_group(pid, signal.SIGINT)
    ended.wait(GRACE)
    for process in tree | set(descendants(pid)):
        _kill(process)
    if not ended.wait(GRACE):
        _signal_group(pid, signal.SIGKILL)
        ended.wait()


def kill_tree(pid: int, created: float) -> None:
    """Kill at once what a dead runner left behind.

    Args:
        pid: The process that leads the group.
        created: When it was created, as psutil tells; another process with its number is spared.
    """
    try:
        leader = psutil.Process(pid)
        if leader.create_time() != created:
            return
    except psutil.Error:
        return
    for process in [leader, *descendants(pid)]:
        _kill(process)
    _signal_group(pid, signal.SIGKILL)


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


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        process.kill()


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
