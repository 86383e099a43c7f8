from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from environment_machines import captured, machine, write

from pytest_wslgo.environment import detect

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.environment import Environment

WSL = "wsl2-6.6-systemd"
NET = "sys/class/net"
USERS = "mnt/c/Users"
MIRRORED = "[wsl2]\nnetworkingMode=mirrored\n"


def found(root: Path, files: dict[str, str], **environ: str) -> Environment:
    """A captured WSL2 with more files."""
    return detect(write(machine(root, WSL), files), environ, platform="linux")


def driver(root: Path, name: str) -> None:
    """Give the first interface a driver."""
    (root / NET / "eth0/device").mkdir(parents=True)
    (root / NET / "lo").mkdir()
    (root / NET / "eth0/device/driver").symlink_to(f"../../../bus/vmbus/drivers/{name}")


def test_mirrored(tmp_path: Path) -> None:
    """Mirrored networking shows by its interface."""
    files = {f"{NET}/{name}/mtu": "1500" for name in ("lo", "eth0", "loopback0")}

    environment = found(tmp_path, files)

    assert environment.networking == "mirrored"
    assert environment.why("networking") == "/sys/class/net/loopback0: exists"


def test_none(tmp_path: Path) -> None:
    """Without networking there is lo alone."""
    assert found(tmp_path, {f"{NET}/lo/mtu": "65536"}).networking == "none"


def test_virtioproxy(tmp_path: Path) -> None:
    """Virtioproxy shows by the driver of its interface."""
    driver(tmp_path, "virtio_net")

    assert found(tmp_path, {}).networking == "virtioproxy"


@pytest.mark.parametrize(
    ("text", "mode"),
    [("", "nat"), ("[wsl2]\nnetworkingMode=bridged\n", "bridged"), (MIRRORED, None)],
)
def test_hyper_v(tmp_path: Path, text: str, mode: str | None) -> None:
    """NAT and bridging share a driver: .wslconfig says which, if it fits what shows."""
    driver(tmp_path, "hv_netvsc")

    assert found(tmp_path, {f"{USERS}/x/.wslconfig": text}).networking == mode


def test_unknown(tmp_path: Path) -> None:
    """Without interfaces or .wslconfig nothing is said of networking."""
    assert found(tmp_path / "1", {}).networking is None
    assert found(tmp_path / "2", {f"{USERS}/x/.wslconfig": MIRRORED}).networking is None
    driver(tmp_path / "3", "hv_netvsc")
    assert found(tmp_path / "3", {}).networking is None


def test_elsewhere(tmp_path: Path) -> None:
    """In a container and on WSL1 the interfaces show nothing of WSL2's mode."""
    for name in ("docker-desktop-on-wsl2", "wsl1"):
        root = machine(tmp_path / name, name)
        write(root, {f"{NET}/lo/mtu": "1"})
        assert detect(root, {}, platform="linux").networking is None


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("nameserver 1.1.1.1\nnameserver 8.8.8.8 # x\n", ("1.1.1.1", "8.8.8.8")),
        ("#nameserver 1.1.1.1\n; x\noptions ndots:0\nnameserver\n", ()),
        ("nameserver fe80::1%eth0", ("fe80::1%eth0",)),
        ("nameserver 1\n" * 1000, ("1",) * 16),
        ("nameserver \x1b[0m\nnameserver \udcff\n", ()),
    ],
)
def test_dns(tmp_path: Path, text: str, servers: tuple[str, ...]) -> None:
    """Name servers are those of resolv.conf, in order."""
    assert detect(write(tmp_path, {"etc/resolv.conf": text}), {}).dns == servers


@pytest.mark.parametrize(
    "environ",
    [
        {"USERPROFILE": "C:\\Users\\Ann Lee"},
        {"USERPROFILE": "c:\\users\\..\\Users\\Ann Lee\\"},
        {"USERPROFILE": "/mnt/c/Users/Ann Lee"},
        {"PATH": "/usr/bin:/mnt/c/Windows:/mnt/c/Users/Ann Lee/AppData/Local/x"},
    ],
)
def test_profile(tmp_path: Path, environ: dict[str, str]) -> None:
    """Of several users the one counts whose session this is."""
    files = {
        f"{USERS}/Ann Lee/.wslconfig": MIRRORED,
        f"{USERS}/Bob/.wslconfig": "[wsl2]\nprocessors=3\n",
    }

    wslconfig = found(tmp_path, files, **environ).wslconfig

    assert wslconfig is not None
    assert wslconfig.written == (("wsl2.networkingMode", "mirrored"),)


def test_other_place(tmp_path: Path) -> None:
    """The system's drive is found wherever it is mounted, and no other is taken for it."""
    line = "9 2 0:9 / /win/{} rw - drvfs {}:\\134 rw\n"
    root = machine(tmp_path, "wsl1")
    text = "2 2 0:2 / / rw - wslfs rootfs rw\n" + line.format("d", "D") + line.format("sys", "C")
    files = {
        "proc/self/mountinfo": text,
        "win/sys/Users/x/.wslconfig": MIRRORED,
        "win/d/Users/x/.wslconfig": "",
        f"{USERS}/x/.wslconfig": "",
    }

    wslconfig = detect(write(root, files), {}, platform="linux").wslconfig

    assert wslconfig is not None
    assert wslconfig.path == "/win/sys/Users/x/.wslconfig"


def test_several(tmp_path: Path) -> None:
    """Between several users nothing is guessed, and the evidence names them."""
    files = {f"{USERS}/{name}/.wslconfig": MIRRORED for name in ("Ann", "Bob")}

    environment = found(tmp_path, files)

    assert environment.wslconfig is None
    assert "/mnt/c/Users/Ann/.wslconfig: is one of several" in environment.why("wslconfig")


def test_nobody(tmp_path: Path) -> None:
    """Folders of Windows itself are nobody's, and links in circles lead nowhere."""
    files = {
        f"{USERS}/Default/.wslconfig": "",
        f"{USERS}/Public/.wslconfig": "",
        f"{USERS}/x/.wslconfig": MIRRORED,
    }
    write(tmp_path, files)
    (tmp_path / USERS / "All Users").symlink_to("All Users")
    (tmp_path / USERS / "y").symlink_to("/mnt/c/Users/z")
    (tmp_path / USERS / "z").symlink_to("y")

    wslconfig = found(tmp_path, {}).wslconfig

    assert wslconfig is not None
    assert wslconfig.path == "/mnt/c/Users/x/.wslconfig"


def test_user_without(tmp_path: Path) -> None:
    """A user who has no .wslconfig has WSL's defaults: that is known, not guessed."""
    driver(tmp_path, "hv_netvsc")
    (tmp_path / USERS / "x").mkdir(parents=True)

    environment = found(tmp_path, {}, USERPROFILE="C:\\Users\\x")

    assert environment.wslconfig is not None
    assert environment.wslconfig.written == ()
    assert environment.networking == "nat"


def program(*version: int) -> str:
    """A wsl.exe with a version, as its resources hold it; other sections hold another one."""
    major, minor, build, revision = version
    info = struct.pack("<2I4H", 0xFEEF04BD, 0x10000, minor, major, revision, build)
    sections = b".text\0\0\0" + struct.pack("<4I", 0, 0, 0x200, 0x200) + bytes(16)
    sections += b".rsrc\0\0\0" + struct.pack("<4I", 0, 0, 0x200, 0x400) + bytes(16)
    other = struct.pack("<2I4H", 0xFEEF04BD, 0x10000, 9, 9, 9, 9)
    parts = (b"MZ".ljust(0x80, b"\0") + sections, other, b"icons" + info)
    content = b"".join(part.ljust(0x200, b"\0") for part in parts)
    return content.decode("utf-8", "surrogateescape")


def test_wsl_version(tmp_path: Path) -> None:
    """The version of WSL is that of its program on the Windows side, where that can be read."""
    place = "mnt/c/Program Files/WSL/wsl.exe"

    assert found(tmp_path / "1", {place: program(2, 7, 10, 0)}).wsl_version == "2.7.10"
    assert found(tmp_path / "2", {place: program(2, 3, 26, 1)}).wsl_version == "2.3.26.1"
    assert captured(tmp_path / "3", WSL).wsl_version is None


@pytest.mark.parametrize("end", [1, 0x80, 0x9C, 0xB0, 0x400, 0x40A, 0x414])
def test_damaged_program(tmp_path: Path, end: int) -> None:
    """A wsl.exe that ends anywhere has no version."""
    place = "mnt/c/Program Files/WSL/wsl.exe"

    assert found(tmp_path, {place: program(2, 7, 10, 0)[:end]}).wsl_version is None


def test_other_folders(tmp_path: Path) -> None:
    """A folder on PATH that only looks like a Windows user's is none."""
    files = {"srv/Users/Bob/.wslconfig": "", f"{USERS}/x/.wslconfig": MIRRORED}

    wslconfig = found(tmp_path, files, PATH="/srv/Users/Bob/AppData/Local/x:/usr/bin").wslconfig

    assert wslconfig is not None
    assert wslconfig.path == "/mnt/c/Users/x/.wslconfig"


@pytest.mark.parametrize(
    ("environ", "ci"),
    [
        ({"GITHUB_ACTIONS": "true", "CI": "true"}, "GitHub Actions"),
        ({"GITEA_ACTIONS": "true", "GITHUB_ACTIONS": "true"}, "Gitea Actions"),
        ({"GITLAB_CI": "true", "CI": "true"}, "GitLab CI"),
        ({"TF_BUILD": "True"}, "Azure Pipelines"),
        ({"JENKINS_URL": "https://x/"}, "Jenkins"),
        ({"CI": "woodpecker"}, "Woodpecker"),
        ({"CI": "1"}, "CI"),
        ({"CI": "false", "GITHUB_ACTIONS": ""}, None),
        ({}, None),
    ],
)
def test_ci(tmp_path: Path, environ: dict[str, str], ci: str | None) -> None:
    """The provider is known by its own variable; CI alone names none."""
    environment = detect(tmp_path, environ, platform="linux")

    assert environment.ci == ci
    assert bool(environment.why("ci")) is (ci is not None)
