"""Probes of inotify(7): is a change noticed, also one that Windows makes?"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import struct
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.probes.interop import run_windows
from pytest_wslgo.environment.probes.trial import (
    WORKS,
    Result,
    described,
    failed,
    kernel_setting,
    plain,
    untried,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_wslgo.environment.probes.trial import Place

# <sys/inotify.h>
_CLOSE_WRITE, _MOVED_TO, _CREATE = 0x8, 0x80, 0x100
_EVENT: Final = struct.Struct("iIII")  # watch, mask, cookie, length of the name after it

_LOCAL: Final = 2.0  # seconds; the kernel queues the event before the write returns
_FROM_WINDOWS: Final = 3.0  # seconds after the Windows program has ended

# Errnos that mean a limit and read as something else (inotify_init(2), inotify_add_watch(2)).
_LIMITS: Final = {errno.EMFILE: "instances", errno.ENOSPC: "watches"}


class _RefusedError(OSError):
    """The kernel gives no watch."""


@contextmanager
def _watched(directory: Path) -> Iterator[int]:
    """A descriptor that gets the events of a directory.

    Raises:
        _RefusedError: the kernel does not.
        AttributeError: the C library has no inotify: not Linux.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
    if descriptor < 0:
        raise _RefusedError(ctypes.get_errno(), "inotify_init1(2)")
    try:
        mask = _CLOSE_WRITE | _MOVED_TO | _CREATE
        if libc.inotify_add_watch(descriptor, os.fsencode(directory), mask) < 0:
            raise _RefusedError(ctypes.get_errno(), "inotify_add_watch(2)")
        yield descriptor
    finally:
        os.close(descriptor)


def _noticed(descriptor: int, name: str, patience: float) -> bool:
    """Whether an event of a file comes within so many seconds."""
    end = time.monotonic() + patience
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while poll.poll(max(0.0, end - time.monotonic()) * 1000):
        events = os.read(descriptor, 65536)
        at = 0
        while at < len(events):
            length = _EVENT.unpack_from(events, at)[3]
            at += _EVENT.size + length
            if events[at - length : at].rstrip(b"\0") == os.fsencode(name):
                return True
    return False


def inotify(place: Path) -> Result:
    """A file that is written in a watched directory is noticed."""
    try:
        with _watched(place) as descriptor:
            plain(place / "file", b"x")
            noticed = _noticed(descriptor, "file", _LOCAL)
    except AttributeError:
        return failed("the C library has no inotify")
    except _RefusedError as error:
        return failed(described(error) + _limit(error.errno))
    return WORKS if noticed else failed("no event came for a file that was written")


def _limit(number: int | None) -> str:
    what = _LIMITS.get(number or 0)
    if what is None:
        return ""
    names = (f"fs/inotify/max_user_{what}", f"user/max_inotify_{what}")
    return f" ({', '.join(f'/proc/sys/{name} is {kernel_setting(name)}' for name in names)})"


def inotify_from_windows(place: Place) -> Result:
    """A file that a Windows program writes in a watched directory is noticed.

    On Windows drives it is not (microsoft/WSL#4739). Elsewhere Windows writes through Linux, and
    there is nothing to find out.
    """
    directory = place.directory
    if not place.machine.is_windows_drive(directory):
        return untried("the directory is not on a Windows drive")
    with _watched(directory) as descriptor:
        started = run_windows(place, "echo x> file", cwd=directory)
        if not started.works:
            return untried(f"Windows programs do not run: {started.error}")
        if not (directory / "file").exists():
            return untried("the Windows program wrote no file")
        if _noticed(descriptor, "file", _FROM_WINDOWS):
            return WORKS
    return failed(f"no event came within {_FROM_WINDOWS:g} s for a file that Windows wrote")
