from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from environment_machines import environ, machine, mountinfo, write

from pytest_wslgo.environment import detect

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.environment import Finding

WSL = "wsl2-6.6-systemd"
CONF = "etc/wsl.conf"
BINFMT = "proc/sys/fs/binfmt_misc"
DRIVES = "C:\\ is on /mnt/c, D:\\ is on /mnt/d, E:\\ is on /mnt/e, F:\\ is on /mnt/f"
LACKING = "of /mnt/c: metadata is missing; uid=1000 instead of 1001; umask is missing"
DIFFERING = "of /mnt/c: case=off instead of dir; noexec is missing"
USER_FILE = "mnt/c/Users/x/.wslconfig"


def findings(root: Path, conf: str, name: str) -> tuple[Finding, ...]:
    """The findings on a captured machine with another wsl.conf."""
    write(machine(root, name), {CONF: conf})
    return detect(root, environ(name), platform="linux").findings


@pytest.mark.parametrize(
    ("name", "conf", "code", "evidence"),
    [
        (
            WSL,
            "[automount]\nenabled=false\n",
            "WG110",
            f"/etc/wsl.conf says automount.enabled=false, {DRIVES}",
        ),
        (
            "wsl1",
            "[automount]\nroot=/win/\n",
            "WG111",
            "/etc/wsl.conf says automount.root=/win, C:\\ is on /mnt/c",
        ),
        (
            "wsl2-4.19-old",
            '[automount]\noptions="metadata,uid=1001,umask=022"\n',
            "WG112",
            f'/etc/wsl.conf says automount.options="metadata,uid=1001,umask=022", {LACKING}',
        ),
        (
            "wsl1",
            "[automount]\noptions=case=dir,noexec\n",
            "WG112",
            f'/etc/wsl.conf says automount.options="case=dir,noexec", {DIFFERING}',
        ),
        (
            "wsl2-4.19-old",
            "[boot]\nsystemd=true\n",
            "WG113",
            "/etc/wsl.conf says boot.systemd=true, process 1 is init",
        ),
        (
            WSL,
            "[boot]\nsystemd=false\n",
            "WG113",
            "/etc/wsl.conf says boot.systemd=false, process 1 is systemd",
        ),
        (
            WSL,
            "[interop]\nappendWindowsPath=false\n",
            "WG114",
            "/etc/wsl.conf says interop.appendWindowsPath=false, PATH has /mnt/c/Windows/system32",
        ),
        (
            WSL,
            "[interop]\nenabled=false\n",
            "WG115",
            "/etc/wsl.conf says interop.enabled=false, WSL_INTEROP is /run/WSL/442_interop",
        ),
        (
            "wsl1",
            "[interop]\nenabled=false\n",
            "WG115",
            "/etc/wsl.conf says interop.enabled=false, WSLInterop is enabled",
        ),
        (
            WSL,
            "[automount]\ncgroups=v1\n",
            "WG116",
            "/etc/wsl.conf says automount.cgroups=v1, version 2 is mounted",
        ),
    ],
)
def test_undone(tmp_path: Path, name: str, conf: str, code: str, evidence: str) -> None:
    """What wsl.conf declares and is not so is a finding, with both sides and the remedy."""
    (finding,) = findings(tmp_path, conf, name)

    assert (finding.code, finding.evidence) == (code, evidence)
    assert "wsl.exe --shutdown" in finding.remedy
    assert "was edited, but the virtual machine was not restarted" in finding.text


@pytest.mark.parametrize(
    ("name", "conf"),
    [
        (WSL, "[automount]\nenabled=true\nroot=/mnt/\n"),
        (WSL, "[automount]\noptions=uid=1000,gid=1000\n"),
        ("wsl1", "[automount]\noptions=case=off\n"),
        (WSL, "[boot]\nsystemd=true\n"),
        ("wsl2-4.19-old", "[boot]\nsystemd=false\n"),
        (WSL, "[interop]\nappendWindowsPath=true\n"),
        (WSL, "[interop]\nenabled=false\nappendWindowsPath=true\n[automount]\ncgroups=v2\n"),
        ("wsl2-locked-down", "[interop]\nenabled=false\nappendWindowsPath=false\n"),
        ("wsl2-virtiofs", "[automount]\noptions=metadata\n"),
        ("wsl2-virtio9p", "[boot]\nsystemd=true\n"),
        # Only drives that automount has mounted: /mnt/v has metadata by /etc/fstab.
        ("wsl2-6.18-docker-integration", "[automount]\nroot=/elsewhere\noptions=uid=1\n"),
    ],
)
def test_done(tmp_path: Path, name: str, conf: str) -> None:
    """What is as it was declared, or cannot be seen, is no finding."""
    codes = {finding.code for finding in findings(tmp_path, conf, name)}

    allowed = {"WG115"} if "enabled=false" in conf and name == WSL else set()
    allowed |= {"WG111"} if "elsewhere" in conf else set()
    assert codes == allowed


def test_masks(tmp_path: Path) -> None:
    """Masks are numbers: a zero in front makes no difference, another digit does."""
    root = machine(tmp_path, WSL)
    text = mountinfo(root).read_text(encoding="utf-8").replace("gid=1000", "gid=1000;fmask=11")
    found = {}
    for mask in ("011", "111"):
        write(root, {CONF: f"[automount]\noptions=fmask={mask}\n", "proc/self/mountinfo": text})
        found[mask] = [f.code for f in detect(root, {}, platform="linux").findings]

    assert found == {"011": [], "111": ["WG112"]}


def test_metadata_is_gone(tmp_path: Path) -> None:
    """Options without metadata, while drives have it, are a finding: chmod behaves otherwise."""
    root = machine(tmp_path, WSL)
    text = mountinfo(root).read_text(encoding="utf-8").replace("gid=1000", "gid=1000;metadata")
    write(root, {CONF: "[automount]\noptions=uid=1000\n", "proc/self/mountinfo": text})

    (finding,) = detect(root, {}, platform="linux").findings

    assert finding.evidence.endswith("of /mnt/c, /mnt/d, /mnt/e, /mnt/f: metadata is set")


def test_path_of_sudo(tmp_path: Path) -> None:
    """The PATH of a session that WSL did not start says nothing about appendWindowsPath."""
    root = machine(tmp_path, WSL)
    write(root, {CONF: "[interop]\nappendWindowsPath=true\n"})

    by_wsl = {"WSL_DISTRO_NAME": "Ubuntu", "PATH": "/usr/bin:/bin"}
    assert [f.code for f in detect(root, by_wsl, platform="linux").findings] == ["WG114"]
    assert detect(root, {"PATH": "/usr/bin:/bin"}, platform="linux").findings == ()


def test_interop_is_gone(tmp_path: Path) -> None:
    """Interop that is not registered, and was not switched off, is a finding where that shows."""
    root = machine(tmp_path, WSL)
    (root / BINFMT / "WSLInterop").unlink()

    assert detect(root, {}, platform="linux").findings == ()
    write(root, {f"{BINFMT}/register": ""})
    (finding,) = detect(root, {}, platform="linux").findings
    assert finding.code == "WG115"
    assert "interop.enabled is true by default" in finding.evidence
    assert "systemd-binfmt" in finding.remedy


def test_systemd_on_wsl1(tmp_path: Path) -> None:
    """WSL1 has no systemd, whatever wsl.conf says, and a restart would not help."""
    (finding,) = findings(tmp_path, "[boot]\nsystemd=true\n", "wsl1")

    assert (finding.code, finding.text) == ("WG113", "WSL1 has no systemd")
    assert "--set-version" in finding.remedy


@pytest.mark.parametrize(
    ("line", "code", "evidence"),
    [
        ("memory=8GB", "WG117", "says memory=8.0 GB, the machine has 15.5 GB"),
        ("memory=32GB", "WG117", "says memory=32.0 GB, the machine has 15.5 GB"),
        ("processors=2", "WG117", "says processors=2, the machine has 8"),
        ("networkingMode=nat", "WG118", "says networkingMode=nat, the interfaces show mirrored"),
        ("memory=16GB", "", ""),
        ("processors=8", "", ""),
        ("networkingMode=mirrored", "", ""),
        ("swap=0", "", ""),
    ],
)
def test_wslconfig(tmp_path: Path, line: str, code: str, evidence: str) -> None:
    """What .wslconfig grants and the machine does not have is a finding."""
    root = machine(tmp_path, WSL)
    files = {
        USER_FILE: f"[wsl2]\r\n{line}\r\n",
        "proc/meminfo": "MemTotal:       16265988 kB\nMemFree: 1 kB\n",
        "sys/devices/system/cpu/online": "0-7\n",
        "sys/class/net/loopback0/mtu": "1500\n",
    }

    found = detect(write(root, files), {}, platform="linux").findings

    assert [finding.code for finding in found] == ([code] if code else [])
    assert all(evidence in finding.evidence for finding in found)


def test_containers(tmp_path: Path) -> None:
    """A container's own wsl.conf, as images of distributions have it, configures nothing."""
    root = machine(tmp_path, "docker-desktop-on-wsl2")
    write(root, {CONF: "[boot]\nsystemd=true\nmemory=1\n"})

    environment = detect(root, {}, platform="linux")

    assert (environment.findings, environment.wsl_conf) == ((), None)
