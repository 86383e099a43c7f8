"""What the system counts of memory and processes that it refused, and of those that it killed.

Sources: the kernel's Documentation/admin-guide/cgroup-v2.rst (``memory.events``, ``pids.events``),
cgroup-v1/memory.rst (``memory.oom_control``, ``memory.failcnt``), cgroup-v1/pids.rst, and
``oom_kill`` of ``/proc/vmstat``, which is the whole machine's.

=====================  ==========================================================================
``oom_kill``           processes of this cgroup that were killed for want of memory
``memory_hits``        how often memory came up against the cgroup's limit
``pids_hits``          how often a process or thread could not be made because of a cgroup's limit
``machine_oom_kill``   processes of the whole machine that were killed for want of memory
``memory_limit``       the lowest limit of this cgroup and those above it, in bytes
``pids_limit``         likewise, in processes and threads
``ulimit_v``           RLIMIT_AS, in bytes
``ulimit_u``           RLIMIT_NPROC
=====================  ==========================================================================

What a system does not have is left out; so is a limit that is none.
"""

from __future__ import annotations

import re
import resource
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LIMITS = frozenset({"memory_limit", "pids_limit", "ulimit_v", "ulimit_u"})
_NO_LIMIT = 1 << 60
"""cgroup v1 writes the highest number of pages for none."""
_CONTROLLERS = ("memory", "pids")
_ULIMITS = {"ulimit_v": resource.RLIMIT_AS, "ulimit_u": resource.RLIMIT_NPROC}


def moved(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """By how much each counter went up; limits as they are now."""
    return {
        name: value if name in LIMITS else max(value - before.get(name, value), 0)
        for name, value in after.items()
    }


@dataclass(frozen=True, slots=True)
class Counters:
    """Where the counters of a process are: for each controller its cgroup and those above it."""

    memory: tuple[Path, ...]
    pids: tuple[Path, ...]
    vmstat: Path

    @classmethod
    def find(cls, root: Path = Path("/")) -> Counters:
        """Find this process's; ``root`` is where the system's files are."""
        own = root / "proc" / "self"
        found: dict[str, tuple[Path, ...]] = dict.fromkeys(_CONTROLLERS, ())
        with suppress(OSError, ValueError, IndexError):
            groups = dict(_groups((own / "cgroup").read_text(errors="replace")))
            mounts = list(_mounts((own / "mountinfo").read_text(errors="replace")))
            for name in _CONTROLLERS:
                # "" is cgroup v2, which has what no hierarchy of v1 has taken.
                kind = name if name in groups else ""
                found[name] = next(
                    (
                        levels
                        for controllers, above, point in mounts
                        if kind in controllers and kind in groups
                        if (levels := _levels(root, groups[kind], above, point))
                    ),
                    (),
                )
        return cls(found["memory"], found["pids"], root / "proc" / "vmstat")

    def read(self) -> dict[str, int]:
        """Read them all, as far as they are there."""
        own = self.memory[:1]
        known = {
            "oom_kill": _sum(
                own, ("memory.events", "oom_kill"), ("memory.oom_control", "oom_kill")
            ),
            "memory_hits": _sum(self.memory, ("memory.events", "max"), ("memory.failcnt", "")),
            "pids_hits": _sum(self.pids, ("pids.events", "max")),
            "machine_oom_kill": _figure(self.vmstat, "oom_kill"),
            "memory_limit": _lowest(self.memory, "memory.max", "memory.limit_in_bytes"),
            "pids_limit": _lowest(self.pids, "pids.max"),
        }
        for name, number in _ULIMITS.items():
            limit = resource.getrlimit(number)[0]
            known[name] = None if limit == resource.RLIM_INFINITY else limit
        return {name: value for name, value in known.items() if value is not None}


def _groups(text: str) -> Iterator[tuple[str, str]]:
    """The path of each controller's cgroup (cgroups(7)): ``4:cpu,memory:/a``, ``0::/a`` for v2."""
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        for name in controllers.split(","):
            yield name, path


def _mounts(text: str) -> Iterator[tuple[frozenset[str], str, str]]:
    """Controllers, root and mount point of each hierarchy of cgroups (proc_pid_mountinfo(5))."""
    for line in text.splitlines():
        mount, _, kind = line.partition(" - ")
        words, (fstype, _, options) = mount.split(" "), kind.split(" ", 2)
        if fstype == "cgroup2":
            yield frozenset({""}), _plain(words[3]), _plain(words[4])
        elif fstype == "cgroup":
            yield frozenset(options.split(",")) - {""}, _plain(words[3]), _plain(words[4])


def _plain(path: str) -> str:
    return re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), path)


def _levels(root: Path, group: str, above: str, point: str) -> tuple[Path, ...]:
    """The directories of a cgroup and of those above it that a mount shows; none if it does not.

    ``group`` and the mount's root ``above`` are both seen from the cgroup namespace; either may lie
    outside of it (``/..``).
    """
    top = root / point.lstrip("/")
    within, outer = PurePosixPath(group), PurePosixPath(above)
    below = within.relative_to(outer).parts if within.is_relative_to(outer) else ()
    if ".." in below or not (top.joinpath(*below)).is_dir():
        # Of a container whose /proc tells the path outside: its mount begins at its own cgroup.
        below = ()
    if not top.is_dir():
        return ()
    return tuple(top.joinpath(*below[:depth]) for depth in range(len(below), -1, -1))


def _sum(levels: Iterable[Path], *sources: tuple[str, str]) -> int | None:
    """The sum of one figure over several levels; None where no level has it."""
    figures = [_figure(level / name, key) for level in levels for name, key in sources]
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def _lowest(levels: Iterable[Path], *names: str) -> int | None:
    """The lowest limit of several levels; None where there is none (``max`` is no number)."""
    limits = [_figure(level / name, "") for level in levels for name in names]
    return min((limit for limit in limits if limit is not None and limit < _NO_LIMIT), default=None)


def _figure(file: Path, key: str) -> int | None:
    """A file's number or, of lines that begin with a word each, the one behind ``key``."""
    try:
        for line in file.read_text(errors="replace").splitlines():
            name, _, value = line.rpartition(" ")
            if name == key and value.isdecimal():
                return int(value)
    except OSError:
        pass
    return None
