"""How much memory, CPU and how many tasks the control groups leave to this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.reading import number, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_wslgo.environment.mounts import Mount
    from pytest_wslgo.environment.tree import Tree

# "No limit" of version 1 is the largest number that the kernel can count in pages.
_UNLIMITED: Final = 1 << 60
# More hierarchies, or groups in groups, than any machine has: what is damaged costs no more.
_MOST: Final = 64

# Controllers of version 1 as mount options name them (cgroups(7)).
_CONTROLLERS: Final = frozenset(
    (
        *("blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "hugetlb", "memory", "misc"),
        *("net_cls", "net_prio", "perf_event", "pids", "rdma"),
    )
)


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


def read_quotas(tree: Tree, mounts: Iterable[Mount]) -> Quotas:
    """Read the limits of this process's groups and of all above them, of both versions.

    The names of the groups are left out: they hold session numbers and container ids.

    Args:
        tree: the machine's files.
        mounts: all mounts, as `parse_mountinfo` gives them: they say where the groups are.
    """
    places = list(_places(tree, mounts))
    tasks = _tightest(number(tree.read(f"{place}/pids.max")) for place in places)
    return Quotas(
        memory=_tightest(_memory(tree, place) for place in places),
        cpu=_tightest(_cpu(tree, place) for place in places),
        pids=None if tasks is None else rounded(tasks),
    )


def read_hierarchies(tree: Tree, mounts: Iterable[Mount]) -> tuple[int, bool, tuple[str, ...]]:
    """Which version is in use, whether both are mounted, and which controllers there are.

    A hierarchy of version 1 without a controller (`name=systemd`) only keeps track of processes:
    it does not make the version 1.
    """
    mounts = list(mounts)
    old = {option for m in mounts if m.fstype == "cgroup" for option in m.super_options}
    controllers = old & _CONTROLLERS
    unified = [mount.point for mount in mounts if mount.fstype == "cgroup2"]
    for place in [*_places(tree, mounts, unified_only=True), *unified[:_MOST]]:
        controllers |= set((tree.read(f"{place}/cgroup.controllers") or "").split())
    version = 1 if old & _CONTROLLERS else 2 if unified else 0
    return version, bool(version == 1 and unified), tuple(sorted(controllers))


def _places(tree: Tree, mounts: Iterable[Mount], *, unified_only: bool = False) -> Iterator[str]:
    """The directories of all groups that have a say (cgroups(7), "/proc/pid/cgroup")."""
    kinds = ("cgroup2",) if unified_only else ("cgroup", "cgroup2")
    hierarchies = [mount for mount in mounts if mount.fstype in kinds][:_MOST]
    for line in (tree.read("proc/self/cgroup") or "").split("\n")[:_MOST]:
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        asked = {"memory", "cpu", "pids"}.intersection(controllers.split(","))
        for mount in hierarchies:
            if mount.fstype == "cgroup2":
                ours = line.startswith("0::")
            else:
                ours = not asked.isdisjoint(mount.super_options)
            if ours:
                yield from _levels(tree, mount.point, _below(mount.root, group))


def _below(mounted: str, group: str) -> str:
    """A group's path from the mount point; the mount point itself if it lies outside of that."""
    if group != mounted and not group.startswith(mounted.rstrip("/") + "/"):
        return ""
    below = group[len(mounted) :] if mounted != "/" else group
    return "" if ".." in below.split("/") else below.strip("/")


def _levels(tree: Tree, top: str, below: str) -> Iterator[str]:
    """A mount point and the groups below it, as far as they are there."""
    for name in ["", *filter(None, below.split("/"))][:_MOST]:
        top = f"{top}/{name}" if name else top
        if not tree.is_dir(top):
            return
        yield top


def _memory(tree: Tree, place: str) -> int | None:
    text = tree.read(f"{place}/memory.max") or tree.read(f"{place}/memory.limit_in_bytes")
    limit = number(text)
    return None if limit is None or limit >= _UNLIMITED else limit


def _cpu(tree: Tree, place: str) -> int | None:
    both = tree.read(f"{place}/cpu.max")  # "200000 100000", "max 100000"
    if both is None:
        files = (tree.read(f"{place}/cpu.cfs_{name}_us") for name in ("quota", "period"))
        both = " ".join(text or "" for text in files)
    quota, period = (number(field) for field in [*both.split(), "", ""][:2])
    return 1000 * quota // period if quota and period else None


def _tightest(limits: Iterable[int | None]) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)
