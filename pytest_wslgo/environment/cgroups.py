"""How much memory, CPU and how many tasks the control groups leave to this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.reading import number, read, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_wslgo.environment.mounts import Mount

# "No limit" of version 1 is the largest number that the kernel can count in pages.
_UNLIMITED: Final = 1 << 60


@dataclass(frozen=True, slots=True)
class Quotas:
    """The tightest limits of a process's control groups; None where nothing is limited.

    Whether "max" is written or there is no file makes no difference: systemd enables controllers
    for a slice, and disables them, as its units come and go.

    Attributes:
        memory: bytes.
        cpu: thousandths of one CPU.
        pids: tasks, roughly (see `reading.rounded`).
    """

    memory: int | None = None
    cpu: int | None = None
    pids: int | None = None


def read_quotas(root: Path, mounts: Iterable[Mount]) -> Quotas:
    """Read the limits of this process's groups and of all above them, of both versions.

    The names of the groups are left out: they hold session numbers and container ids.

    Args:
        root: the machine's root directory.
        mounts: all mounts, as `parse_mountinfo` gives them: they say where the groups are.
    """
    places = list(_places(root, mounts))
    tasks = _tightest(number(read(place / "pids.max")) for place in places)
    return Quotas(
        memory=_tightest(_memory(place) for place in places),
        cpu=_tightest(_cpu(place) for place in places),
        pids=None if tasks is None else rounded(tasks),
    )


def _places(root: Path, mounts: Iterable[Mount]) -> Iterator[Path]:
    """The directories of all groups that have a say (cgroups(7), "/proc/pid/cgroup")."""
    hierarchies = [mount for mount in mounts if mount.fstype in ("cgroup", "cgroup2")]
    for line in (read(root / "proc/self/cgroup") or "").split("\n"):
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        asked = {"memory", "cpu", "pids"}.intersection(controllers.split(","))
        for mount in hierarchies:
            if mount.fstype == "cgroup2":
                ours = line.startswith("0::")
            else:
                ours = not asked.isdisjoint(mount.super_options)
            if ours:
                yield from _levels(root / mount.point.lstrip("/"), _below(mount.root, group))


def _below(mounted: str, group: str) -> str:
    """A group's path from the mount point; the mount point itself if it lies outside of that."""
    if group != mounted and not group.startswith(mounted.rstrip("/") + "/"):
        return ""
    below = group[len(mounted) :] if mounted != "/" else group
    return "" if ".." in below.split("/") else below.strip("/")


def _levels(top: Path, below: str) -> Iterator[Path]:
    yield top
    for name in filter(None, below.split("/")):
        top /= name
        yield top


def _memory(place: Path) -> int | None:
    limit = number(read(place / "memory.max") or read(place / "memory.limit_in_bytes"))
    return None if limit is None or limit >= _UNLIMITED else limit


def _cpu(place: Path) -> int | None:
    both = read(place / "cpu.max")  # "200000 100000", "max 100000"
    if both is None:
        both = " ".join(read(place / f"cpu.cfs_{name}_us") or "" for name in ("quota", "period"))
    quota, period = (number(field) for field in [*both.split(), "", ""][:2])
    return 1000 * quota // period if quota and period else None


def _tightest(limits: Iterable[int | None]) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
