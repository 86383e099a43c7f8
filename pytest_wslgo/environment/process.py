"""What the kernel lets this process do: whose it is, its limits, its CPUs."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from typing import Final

from pytest_wslgo.environment.reading import rounded

_LIMITS: Final = ("NOFILE", "NPROC", "AS", "DATA", "STACK", "FSIZE", "MEMLOCK", "CPU")


@dataclass(frozen=True, slots=True)
class Process:
    """The process that starts Go, whose rights and limits the tests inherit.

    Attributes:
        uid: the effective user.
        gid: the effective group.
        groups: supplementary groups, sorted.
        limits: "NOFILE" and so on (getrlimit(2)) with the soft and the hard limit; -1 is none.
        cpus: how many it may run on.
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
    return Process(
        uid=os.geteuid(),
        gid=os.getegid(),
        groups=tuple(sorted(os.getgroups())),
        limits=tuple((name, *_limit(name)) for name in _LIMITS),
        cpus=len(os.sched_getaffinity(0)),
    )


def _limit(name: str) -> tuple[int, int]:
    soft, hard = resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
    if name == "NPROC":  # where nobody has set it: a share of memory
        soft, hard = (
            limit if limit == resource.RLIM_INFINITY else rounded(limit) for limit in (soft, hard)
        )
    return soft, hard
