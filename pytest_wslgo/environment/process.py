"""What the kernel lets this process do: whose it is, its limits, its CPUs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.reading import fields, number, numbers, rounded

if TYPE_CHECKING:
    from pytest_wslgo.environment.tree import Tree

# As getrlimit(2) calls them, and as /proc/self/limits does.
_LIMITS: Final = {
    "NOFILE": "Max open files",
    "NPROC": "Max processes",
    "AS": "Max address space",
    "DATA": "Max data size",
    "STACK": "Max stack size",
    "FSIZE": "Max file size",
    "MEMLOCK": "Max locked memory",
    "CPU": "Max cpu time",
}


@dataclass(frozen=True, slots=True)
class Process:
    """The process that starts Go, whose rights and limits the tests inherit.

    Attributes:
        uid: the effective user; -1 where it is not known, or there is no such thing (Windows).
        gid: the effective group, likewise.
        groups: supplementary groups, sorted.
        limits: "NOFILE" and so on (getrlimit(2)) with the soft and the hard limit; -1 is none.
        cpus: how many it may run on; 0 where it is not known.
    """

    uid: int
    gid: int
    groups: tuple[int, ...] = ()
    limits: tuple[tuple[str, int, int], ...] = ()
    cpus: int = 1

    @property
    def root(self) -> bool:
        """Whether the user is root (which is not yet to say that it has all capabilities)."""
        return self.uid == 0


def this_process() -> Process:
    """The one that asks."""
    if not hasattr(os, "geteuid"):  # Windows
        return Process(uid=-1, gid=-1, cpus=os.cpu_count() or 0)
    import resource  # noqa: PLC0415 - Unix alone has it

    def limit(name: str) -> tuple[str, int, int]:
        soft, hard = resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
        none = resource.RLIM_INFINITY
        return _settled(name, -1 if soft == none else soft, -1 if hard == none else hard)

    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone
    return Process(
        uid=os.geteuid(),
        gid=os.getegid(),
        groups=tuple(sorted(os.getgroups())),
        limits=tuple(limit(name) for name in _LIMITS if hasattr(resource, f"RLIMIT_{name}")),
        cpus=len(affinity(0)) if affinity else os.cpu_count() or 0,
    )


def process_in(tree: Tree) -> Process:
    """The one whose files a captured machine has in /proc/self."""
    status = fields(tree.read("proc/self/status"))
    groups = [number(word) for word in status.get("Groups", "").split()]
    limits = limits_in(tree)
    allowed = numbers(status.get("Cpus_allowed_list"))
    online = numbers(tree.read("sys/devices/system/cpu/online"))
    return Process(
        uid=_effective(status.get("Uid", "")),
        gid=_effective(status.get("Gid", "")),
        groups=tuple(sorted(group for group in groups if group is not None)),
        limits=tuple(_settled(name, *limits[name]) for name in _LIMITS if name in limits),
        # A virtual machine allows CPUs that it could be given, and are not there.
        cpus=(allowed & online or allowed or online).bit_count(),
    )


def limits_in(tree: Tree) -> dict[str, tuple[int, int]]:
    """The limits in /proc/self/limits, soft and hard; -1 is none."""
    found: dict[str, tuple[int, int]] = {}
    names = {described: name for name, described in _LIMITS.items()}
    for line in (tree.read("proc/self/limits") or "").split("\n"):
        # "Max open files            1024                 1048576              files     "
        name, values = names.get(line[:26].strip()), line[26:].split()
        pair = [-1 if value == "unlimited" else number(value) for value in values[:2]]
        if name and len(pair) == 2 and pair[0] is not None and pair[1] is not None:
            found[name] = (pair[0], pair[1])
    return found


def _effective(ids: str) -> int:
    """Of real, effective, saved and filesystem id the second."""
    words = ids.split()
    found = number(words[1]) if len(words) > 1 else None
    return -1 if found is None else found


def _settled(name: str, soft: int, hard: int) -> tuple[str, int, int]:
    if name == "NPROC":  # where nobody has set it: a share of memory
        soft, hard = (limit if limit == -1 else rounded(limit) for limit in (soft, hard))
    return name, soft, hard
