from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from environment_machines import write
from hypothesis import given
from hypothesis import strategies as st

from pytest_wslgo.environment import Quotas
from pytest_wslgo.environment.cgroups import read_quotas
from pytest_wslgo.environment.mounts import parse_mountinfo
from pytest_wslgo.environment.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

V2 = "31 24 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"
HERE = "sys/fs/cgroup"


def quotas(root: Path, mountinfo: str, group: str, files: dict[str, str]) -> Quotas:
    """The limits of a process in a group, on a machine with these files."""
    write(root, {"proc/self/cgroup": group, **files})
    return read_quotas(Tree(root), parse_mountinfo(mountinfo))


def test_version_2(tmp_path: Path) -> None:
    """The tightest limit of a group and those above it counts, for each resource."""
    files = {
        f"{HERE}/user.slice/memory.max": "1073741824\n",
        f"{HERE}/user.slice/cpu.max": "max 100000\n",
        f"{HERE}/user.slice/pids.max": "4096\n",
        f"{HERE}/user.slice/session-2.scope/memory.max": "max\n",
        f"{HERE}/user.slice/session-2.scope/cpu.max": "150000 100000\n",
        f"{HERE}/user.slice/session-2.scope/pids.max": "8192\n",
    }

    found = quotas(tmp_path, V2, "0::/user.slice/session-2.scope\n", files)

    assert found == Quotas(memory=1 << 30, cpu=1500, pids=4096)


def test_names(tmp_path: Path) -> None:
    """The same limits in a group of another name, a deeper one, are the same."""
    one = quotas(tmp_path / "1", V2, "0::/a/session-2\n", {f"{HERE}/a/memory.max": "4096"})
    two = quotas(tmp_path / "2", V2, "0::/a/b/session-9\n", {f"{HERE}/a/memory.max": "4096"})

    assert one == two == Quotas(memory=4096)


def test_version_1(tmp_path: Path) -> None:
    """In version 1 each controller is elsewhere, and the largest number means no limit."""
    # As Docker mounts them: the process's own group, in full, is what is mounted.
    mountinfo = (
        "1 2 0:33 /docker/c33 /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
        "1 2 0:35 /docker/c33 /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n"
        "1 2 0:36 /docker/c33 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
    )
    group = "4:cpu,cpuacct:/docker/c33\n3:pids:/docker/c33\n2:memory:/docker/c33/job\n0::/x\n"
    files = {
        f"{HERE}/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
        f"{HERE}/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        f"{HERE}/pids/pids.max": "max\n",
        f"{HERE}/memory/memory.limit_in_bytes": "536870912\n",
        f"{HERE}/memory/job/memory.limit_in_bytes": "9223372036854771712\n",
    }

    found = quotas(tmp_path, mountinfo, group, files)

    assert found == Quotas(memory=1 << 29, cpu=500)


def test_outside(tmp_path: Path) -> None:
    """Where the group is outside of what is mounted, the mount point's own limits count."""
    files = {f"{HERE}/memory.max": "4096\n", "sys/memory.max": "1\n"}

    assert quotas(tmp_path, V2, "0::/../../other\n", files) == Quotas(memory=4096)
    assert quotas(tmp_path, V2.replace("28 /", "28 /a"), "0::/ab\n", files) == Quotas(memory=4096)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {f"{HERE}/memory.max": "max\n", f"{HERE}/cpu.max": "max 100000\n"},
        {f"{HERE}/memory.max": "soon", f"{HERE}/cpu.max": "", f"{HERE}/pids.max": "9" * 5000},
        {f"{HERE}/cpu.max": "100000 0\n"},
        {f"{HERE}/cpu.cfs_quota_us": "-1\n", f"{HERE}/cpu.cfs_period_us": "100000\n"},
    ],
    ids=["absent", "max", "nonsense", "no period", "minus one"],
)
def test_unlimited(tmp_path: Path, files: dict[str, str]) -> None:
    """No file, "max", -1 and nonsense are no limit."""
    assert quotas(tmp_path, V2, "0::/\n", files) == Quotas()


@pytest.mark.parametrize("group", ["", "nonsense\n", "::\n", "x:y\n", "1:memory:\n"])
def test_malformed(tmp_path: Path, group: str) -> None:
    """A list of groups that makes no sense has no limits."""
    assert quotas(tmp_path, V2, group, {f"{HERE}/memory.max": "4096\n"}) == Quotas()


pieces = st.text(alphabet=st.sampled_from("0:/,.-\n memorycpu\udc80\0"), max_size=60)


@given(group=pieces, point=pieces, above=pieces)
def test_any_text(
    tmp_path_factory: pytest.TempPathFactory, group: str, point: str, above: str
) -> None:
    """Any list of groups, and any place of the hierarchies, gives a value."""
    root = tmp_path_factory.getbasetemp() / "any"
    mountinfo = f"1 2 0:1 {above} {point} rw - cgroup2 cgroup2 rw\n{point}" + V2

    assert quotas(root, mountinfo, f"0::{group}", {}) == Quotas()


def test_damaged(tmp_path: Path) -> None:
    """Thousands of hierarchies, and of groups in groups, cost no more than a machine has."""
    mountinfo = "".join(V2.replace("/cgroup rw", f"/{number} rw") for number in range(5000))
    write(tmp_path, {"proc/self/cgroup": "0::" + "/x" * 5000})
    opened: list[str] = []

    class Counted(Tree):
        def read(self, path: str, *, at_most: int = 100_000) -> str | None:
            opened.append(path)
            return super().read(path, at_most=at_most)

    assert read_quotas(Counted(tmp_path), parse_mountinfo(mountinfo)) == Quotas()
    assert len(opened) < 1000
