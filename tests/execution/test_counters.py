"""The system's counters: found for every kind of cgroup, and read as far as they are there."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.execution.counters import Counters, moved

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

V1 = "36 25 0:31 {above} {point} rw,relatime shared:17 - cgroup cgroup rw,{controller}\n"
V2 = "30 25 0:27 {above} {point} rw,relatime - cgroup2 cgroup2 rw,nsdelegate\n"


def system(root: Path, cgroup: str, mounts: str, files: Mapping[str, str]) -> Counters:
    """The counters of a system with these files."""
    own = {"proc/self/cgroup": cgroup, "proc/self/mountinfo": mounts}
    for name, text in {**own, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return Counters.find(root)


def figures(counters: Counters) -> dict[str, int]:
    """What is read, without this process's own ulimits."""
    read = counters.read()
    return {name: value for name, value in read.items() if not name.startswith("ulimit")}


def test_cgroup_v2(tmp_path: Path) -> None:
    """Kills are the own cgroup's; limits and what came up against them, those above it too."""
    counters = system(
        tmp_path,
        "0::/user.slice/ci.scope\n",
        "22 1 8:1 / / rw - ext4 /dev/sda rw\n" + V2.format(above="/", point="/sys/fs/cgroup"),
        {
            "sys/fs/cgroup/user.slice/ci.scope/memory.events": "low 0\nmax 3\noom 1\noom_kill 2\n",
            "sys/fs/cgroup/user.slice/memory.events": "max 4\noom_kill 9\n",
            "sys/fs/cgroup/user.slice/ci.scope/memory.max": "max\n",
            "sys/fs/cgroup/user.slice/memory.max": "536870912\n",
            "sys/fs/cgroup/user.slice/ci.scope/pids.events": "max 5\n",
            "sys/fs/cgroup/user.slice/ci.scope/pids.max": "64\n",
            "proc/vmstat": "nr_free_pages 1\noom_kill 11\n",
        },
    )

    assert figures(counters) == {
        "oom_kill": 2,
        "memory_hits": 7,
        "memory_limit": 512 << 20,
        "pids_hits": 5,
        "pids_limit": 64,
        "machine_oom_kill": 11,
    }


def test_cgroup_v1(tmp_path: Path) -> None:
    """Each controller has a hierarchy of its own; the highest number of pages is no limit."""
    counters = system(
        tmp_path,
        "4:memory:/ci\n3:cpu,pids:/other\n1:name=systemd:/\n0::/\n",
        V2.format(above="/", point="/sys/fs/cgroup/unified")
        + V1.format(above="/", point="/sys/fs/cgroup/memory", controller="memory")
        + V1.format(above="/", point="/sys/fs/cgroup/my\\040pids", controller="cpu,pids"),
        {
            "sys/fs/cgroup/unified/cgroup.procs": "",
            "sys/fs/cgroup/memory/ci/memory.oom_control": "oom_kill_disable 0\noom_kill 1\n",
            "sys/fs/cgroup/memory/ci/memory.failcnt": "8\n",
            "sys/fs/cgroup/memory/ci/memory.limit_in_bytes": "1073741824\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/my pids/other/pids.events": "max 2\n",
            "sys/fs/cgroup/my pids/other/pids.max": "max\n",
        },
    )

    assert figures(counters) == {
        "oom_kill": 1,
        "memory_hits": 8,
        "memory_limit": 1 << 30,
        "pids_hits": 2,
    }


@pytest.mark.parametrize(
    ("group", "above"),
    [
        ("/", "/"),
        ("/docker/1f", "/docker/1f"),
        ("/docker/1f", "/"),
        ("/../1f", "/.."),
        ("/../1f", "/"),
        ("/../..", "/../.."),
    ],
    ids=["namespace", "bind", "outer-path", "sibling", "outside", "above"],
)
def test_the_own_cgroup_of_a_container(tmp_path: Path, group: str, above: str) -> None:
    """Whatever a namespace makes of the paths, a mount that begins at the own cgroup is read."""
    counters = system(
        tmp_path,
        f"0::{group}\n",
        V2.format(above=above, point="/sys/fs/cgroup"),
        {"sys/fs/cgroup/memory.events": "oom_kill 4\n", "sys/fs/x/memory.events": "oom_kill 5\n"},
    )

    assert figures(counters) == {"oom_kill": 4}


def test_a_mount_that_begins_below_the_namespace(tmp_path: Path) -> None:
    """The path within a mount is what its root leaves of the cgroup's path."""
    counters = system(
        tmp_path,
        "0::/pod/one/tests\n",
        V2.format(above="/pod/one", point="/cg"),
        {"cg/tests/memory.events": "oom_kill 4\n", "cg/memory.events": "oom_kill 5\n"},
    )

    assert figures(counters)["oom_kill"] == 4


@pytest.mark.parametrize(
    ("cgroup", "mounts"),
    [("", ""), ("0::/a\n", ""), ("damaged", "too"), ("0::/a\n", "1 2 - cgroup2\n")],
)
def test_a_system_without_cgroups(tmp_path: Path, cgroup: str, mounts: str) -> None:
    """The machine's own counter is read all the same; what is not there is left out."""
    counters = system(tmp_path, cgroup, mounts, {"proc/vmstat": "oom_kill 3\n"})

    assert figures(counters) == {"machine_oom_kill": 3}


def test_a_system_without_proc(tmp_path: Path) -> None:
    """Nothing is known, and nothing fails."""
    assert figures(Counters.find(tmp_path)) == {}


def test_ulimits_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A limit of the process is told; no limit is left out."""
    limits = {resource.RLIMIT_AS: (1 << 30, -1), resource.RLIMIT_NPROC: (-1, -1)}
    monkeypatch.setattr(resource, "getrlimit", limits.__getitem__)

    assert Counters.find(tmp_path).read() == {"ulimit_v": 1 << 30}


def test_counters_move_and_limits_stay() -> None:
    """A counter that was not there before has not moved as far as is known."""
    before = {"oom_kill": 2, "memory_limit": 10, "machine_oom_kill": 7}
    after = {"oom_kill": 3, "memory_limit": 20, "machine_oom_kill": 0, "pids_hits": 4}

    assert moved(before, after) == {
        "oom_kill": 1,
        "memory_limit": 20,
        "machine_oom_kill": 0,
        "pids_hits": 0,
    }
