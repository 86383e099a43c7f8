from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from environment_machines import NAMES, USER, look, machine, mountinfo, write
from hypothesis import given
from hypothesis import strategies as st

from pytest_wslgo.environment import cache_mark, differences, fingerprint, read_facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_wslgo.environment import Process

WSL = "wsl2-6.6-systemd"
QUOTA = "sys/fs/cgroup/init.scope/memory.max"


def append(root: Path, *lines: str) -> None:
    """Mount something more."""
    with mountinfo(root).open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


CHANGES: dict[str, Callable[[Path], object]] = {
    "systemd is gone": lambda root: (root / "run/systemd/system").rmdir(),
    "kernel": lambda root: write(root, {"proc/sys/kernel/osrelease": "6.18.33.2\n"}),
    "kernel build": lambda root: write(root, {"proc/version": "Linux version 6.6 #2\n"}),
    "process 1": lambda root: write(root, {"proc/1/comm": "init\n"}),
    "a mount": lambda root: append(root, "9 8 0:9 / /mnt/data rw - ext4 /dev/sdz rw"),
    "noexec": lambda root: append(root, "9 8 0:9 / /tmp rw,noexec - tmpfs tmpfs rw"),
    "memory": lambda root: write(root, {QUOTA: "1073741824\n"}),
    "cpu": lambda root: write(root, {"sys/fs/cgroup/cpu.max": "100000 100000\n"}),
    "interop is gone": lambda root: (root / "proc/sys/fs/binfmt_misc/WSLInterop").unlink(),
    "umask": lambda root: write(root, {"proc/self/status": "Umask:\t0077\n"}),
    "no mountinfo": lambda root: mountinfo(root).unlink(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_machine(tmp_path: Path, name: str) -> None:
    """A fact that has changed changes the fingerprint, and is named."""
    before = look(machine(tmp_path, WSL))
    CHANGES[name](tmp_path)

    after = look(tmp_path)

    assert fingerprint(after) != fingerprint(before)
    assert len(differences(before, after)) == 1


def test_systemd_appears(tmp_path: Path) -> None:
    """A test that has skipped as systemd was not booted is not believed once it is."""
    before = look(machine(tmp_path, "wsl1"))
    (tmp_path / "run/systemd/system").mkdir(parents=True)

    after = look(tmp_path)

    assert fingerprint(after) != fingerprint(before)
    assert differences(before, after) == ["systemd: was False, is True"]


@pytest.mark.parametrize(
    "process",
    [
        replace(USER, uid=0),
        replace(USER, gid=100),
        replace(USER, groups=(27, 1000)),
        replace(USER, limits=(("NOFILE", 1024, 4096),)),
        replace(USER, cpus=4),
    ],
)
def test_changed_process(tmp_path: Path, process: Process) -> None:
    """Another user, other groups, limits or CPUs change the fingerprint."""
    root = machine(tmp_path, WSL)

    assert fingerprint(replace(look(root), process=process)) != fingerprint(look(root))


def test_variables(tmp_path: Path) -> None:
    """A variable counts if Go's own cache does not see it being read, even an empty one."""
    root = machine(tmp_path, WSL)

    words = {fingerprint(look(root, **more)) for more in ({}, {"TZ": ""}, {"TZ": "UTC"})}

    assert len(words) == 3
    assert fingerprint(look(root, HOME="/root", WSL_INTEROP="/run/WSL/9_interop")) in words


def test_another_session(tmp_path: Path) -> None:
    """A login, a snap's refresh, a container and another session's group change nothing."""
    root = machine(tmp_path, "native-ubuntu-24.04")
    before = look(root)
    append(
        root,
        "9 8 0:50 / /run/user/1001 rw - tmpfs tmpfs rw,size=1631424k,uid=1001",
        "9 8 0:51 / /run/user/1001/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw,user_id=1001",
        "9 8 7:4 / /snap/core22/1400 ro - squashfs /dev/loop4 ro",
        "9 8 0:52 / /var/lib/docker/overlay2/ab/merged rw - overlay overlay rw,lowerdir=/l/X",
        "9 8 0:4 net:[402653] /run/docker/netns/7d1 rw - nsfs nsfs rw",
        "9 8 0:53 / /tmp/.mount_NvimA1 ro - fuse.nvim nvim ro",
    )
    write(root, {"proc/self/cgroup": "0::/user.slice/user-1001.slice/session-7.scope\n"})
    write(root, {"proc/sys/kernel/hostname": "another\n"})

    after = look(root)

    assert differences(before, after) == []
    assert fingerprint(after) == fingerprint(before)


def test_another_container(tmp_path: Path) -> None:
    """A container started again from the same image has the same fingerprint."""
    root = machine(tmp_path, "docker-cgroup1-native")
    before = look(root)
    text = mountinfo(root).read_text(encoding="utf-8")
    for old, new in (("c33988ec", "deadbeef"), ("0d9f6bf1", "00112233"), ("PCPE5P5I", "ABCDEFGH")):
        assert old in text
        text = text.replace(old, new)
    mountinfo(root).write_text(text, encoding="utf-8")

    assert fingerprint(look(root)) == fingerprint(before)


def test_machines(tmp_path: Path) -> None:
    """No two captured machines share a fingerprint, nor its cache_mark."""
    words = {fingerprint(look(machine(tmp_path / name, name))) for name in NAMES}

    assert len(words) == len({cache_mark(word) for word in words}) == len(NAMES)


def test_odd_bytes(tmp_path: Path) -> None:
    """A mount point with bytes that are no text has a fingerprint as well."""
    root = machine(tmp_path, WSL)
    before = fingerprint(look(root))
    write(root, {"proc/self/mountinfo": "9 8 0:9 / /a\udcff\\011 rw - tmpfs t rw\n"})

    assert fingerprint(look(root)) != before


def test_two_processes() -> None:
    """Two processes, with hash seeds of their own, find the same on this machine."""
    script = "from pytest_wslgo.environment import *; print(fingerprint(read_facts(environ={})))"
    command = [sys.executable, "-c", script]
    words = {subprocess.run(command, check=True, capture_output=True).stdout for _ in range(2)}

    assert words == {f"{fingerprint(read_facts(environ={}))}\n".encode()}


@given(st.integers(min_value=0, max_value=(1 << 256) - 1))
def test_cache_mark(word: int) -> None:
    """Any fingerprint gives nearly the second that Go's own -benchtime is."""
    assert 1_000_000_000 <= cache_mark(f"{word:064x}") < 1_100_000_000


def test_pinned(tmp_path: Path) -> None:
    """The fingerprint of a machine is the same in every release until its version is raised."""
    word = fingerprint(look(machine(tmp_path, WSL)))

    assert word == "a95359102b1912891abaf991114aa37561bf92c9bc1740c3d3d5bea3b0ae9c66"
    assert cache_mark(word) == 1_000_000_000 + int(word, 16) % 100_000_000
