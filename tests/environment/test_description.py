from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from environment_machines import NAMES, captured, machine, write

from pytest_wslgo.environment import Quotas, describe, details, detect
from pytest_wslgo.environment.model import Cgroups, Libc, Limits

if TYPE_CHECKING:
    from pathlib import Path

WSL = "wsl2-6.6-systemd"
FILES = {
    "etc/os-release": 'ID=ubuntu\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n',
    "proc/meminfo": "MemTotal: 16265988 kB\n",
    "proc/self/status": "Uid:\t1000\t1000\t1000\t1000\nCpus_allowed_list:\t0-7\n",
}


def test_line(tmp_path: Path) -> None:
    """The machine is told in one line: kind, kernel, distribution, libc, init, size, groups."""
    environment = replace(captured(write(tmp_path, FILES), WSL), libc=Libc("glibc", "2.39"))

    assert describe(environment) == (
        "wsl2 (6.6.87.2-microsoft-standard-WSL2), Ubuntu 24.04, glibc 2.39, systemd, 8 CPUs, "
        "15.5 GB, cgroup 2"
    )


def test_line_of_little(tmp_path: Path) -> None:
    """What is not known is left out; root and the CI provider are said."""
    write(tmp_path, {"proc/self/status": "Uid:\t0\t0\t0\t0\nCpus_allowed_list:\t3\n"})

    line = describe(detect(tmp_path, {"GITLAB_CI": "true"}, platform="linux"))

    assert line == "linux, 1 CPU, root, GitLab CI"


def test_details(tmp_path: Path) -> None:
    """Each line names a thing, what it is and why; drives and contradictions are among them."""
    write(machine(tmp_path, WSL), {**FILES, "etc/wsl.conf": "[boot]\nsystemd=false\n"})
    environment = replace(
        detect(tmp_path, {}, platform="linux"),
        limits=Limits(processes=31715, pid_max=32768, open_files=None),
        cgroups=Cgroups(2, hybrid=False, controllers=("cpu",), quotas=Quotas(1 << 31, 1500, 4096)),
    )

    lines = details(environment)

    assert lines[0].startswith("kind: wsl2 (/proc/sys/kernel/osrelease: 6.6.87.2-microsoft-")
    assert "systemd: yes (/proc/1/comm: systemd, /run/systemd/system: exists)" in lines
    assert "wsl.conf: /etc/wsl.conf says boot.systemd=false" in lines
    assert (
        "control groups: version 2; with cpu; limited to 2.0 GB, 1.5 CPUs, about 4096 tasks"
        in lines
    )
    assert "CPUs: 8 usable, 1 NUMA node" in lines
    assert "limits: 31715 processes, pid_max 32768" in lines
    assert "mount: / (ext4, /dev/sdf)" in lines
    assert "mount: /mnt/c is a Windows drive (9p, aname=drvfs, C:\\)" in lines
    assert f"fingerprint: {environment.fingerprint[:16]}" in lines
    assert lines[-1].startswith("warning: WG113 wsl.conf was edited, but the virtual machine was")


@pytest.mark.parametrize("name", NAMES)
def test_captured(tmp_path: Path, name: str) -> None:
    """Every captured machine can be told in lines that print, with each drive that is visible."""
    environment = captured(tmp_path, name)

    lines = [describe(environment), *details(environment)]

    assert all(line.isprintable() and ": " in line for line in lines[1:])
    assert lines[0].startswith(environment.kind)
    drives = {mount.point for mount in environment.mounts if mount.is_windows_drive}
    told = [line for line in lines if "is a Windows drive" in line]
    assert sorted(line.split()[1] for line in told) == sorted(drives)


def test_hidden_mounts(tmp_path: Path) -> None:
    """A drive that something else was mounted on is not told."""
    root = machine(tmp_path, "wsl1")
    with (root / "proc/self/mountinfo").open("a", encoding="utf-8") as file:
        file.write("15 14 0:15 / /mnt/c rw,noexec - tmpfs none rw\n")

    lines = details(detect(root, {}, platform="linux"))

    assert not [line for line in lines if "Windows drive" in line]


def test_noexec(tmp_path: Path) -> None:
    """Where tests work, it is told that nothing can be executed there."""
    text = "1 0 8:1 / / ro - ext4 a rw\n2 1 0:2 / /tmp rw,noexec - tmpfs tmpfs rw\n"
    write(tmp_path, {"proc/self/mountinfo": text})

    lines = details(detect(tmp_path, {}, platform="linux"))

    assert "mount: / (ext4, a, ro)" in lines
    assert "mount: /tmp (tmpfs, noexec)" in lines
