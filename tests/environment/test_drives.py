from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.environment.mounts import parse_mountinfo

if TYPE_CHECKING:
    from pytest_wslgo.environment import Mount

NINE = "rw,aname=drvfs;path={};uid=1000;gid=1000;symlinkroot=/mnt/,cache=5,trans=fd,rfd=6,wfd=6"


def mounted(kind: str, point: str = "/mnt/c", root: str = "/") -> Mount:
    """A mount of a type, source and options."""
    (mount,) = parse_mountinfo(f"9 8 0:9 {root} {point} rw,noatime - {kind}")
    return mount


@pytest.mark.parametrize(
    ("kind", "described", "path"),
    [
        ("drvfs C:\\134 rw,uid=1000,gid=1000,case=off", "drvfs, C:\\", "C:\\"),
        ("drvfs C: rw", "drvfs, C:\\", "C:\\"),
        ("9p C:\\134 " + NINE.format("C:\\"), "9p, aname=drvfs, C:\\", "C:\\"),
        ("9p V: " + NINE.format("V:"), "9p, aname=drvfs, V:\\", "V:\\"),
        ("9p drvfs " + NINE.format("C:\\"), "9p, aname=drvfs, C:\\", "C:\\"),
        ("9p drvfsa " + NINE.format("d:\\"), "9p, aname=drvfs, D:\\", "D:\\"),
        ("9p C:\\134 rw,trans=fd", "9p, C:\\", "C:\\"),
        ("9p C:\\134Program\\040Files rw,aname=drvfs", "9p, aname=drvfs, C:\\Program Files", None),
        ("9p x " + NINE.format("UNC\\server\\share"), "9p, aname=drvfs, x", ""),
        ("virtiofs drvfsC0 rw", "virtiofs, drvfsC0", "C:\\"),
        ("virtiofs drvfsaD12 rw", "virtiofs, drvfsaD12", "D:\\"),
        ("virtiofs drvfs rw", "virtiofs, drvfs", ""),
        ("virtiofs drvfsa rw", "virtiofs, drvfsa", ""),
    ],
)
def test_drive(kind: str, described: str, path: str | None) -> None:
    """Every way in which WSL mounts a drive is known, with what of Windows it is."""
    mount = mounted(kind, "/somewhere")

    assert mount.is_windows_drive
    assert mount.described == described
    assert mount.windows_path == ("C:\\Program Files" if path is None else path)


@pytest.mark.parametrize(
    "kind",
    [
        "9p drivers ro,aname=drivers;fmask=222;dmask=222,cache=5,trans=fd,rfd=8,wfd=8",
        "9p C:\\134 ro,aname=lib;fmask=222",
        "9p tools ro,dirsync,aname=tools;fmask=022,loose",
        "9p hostshare rw,trans=virtio",
        "virtiofs mount0 rw",
        "tmpfs none rw",
        "ext4 C: rw",
        "cifs //winbox/My\\040Share rw,vers=3.1.1",
        "fuse.sshfs C:\\134 rw",
        "overlay overlay rw,lowerdir=/drvfs,aname=drvfs",
    ],
)
@pytest.mark.parametrize("point", ["/mnt/c", "/mnt/wsl"])
def test_no_drive(kind: str, point: str) -> None:
    """Nothing else is a drive, wherever it is mounted."""
    mount = mounted(kind, point)

    assert not mount.is_windows_drive
    assert mount.windows_path == ""


def test_bind() -> None:
    """Of a folder that is mounted by itself, as Docker Desktop does, the folder is named."""
    mount = mounted("9p C:\\134 " + NINE.format("C:\\"), "/sp", "/Users/x/My\\040Work")

    assert mount.windows_path == "C:\\Users\\x\\My Work"


def test_ordinary() -> None:
    """Other mounts are described by type and source, a word that is both only once."""
    assert mounted("ext4 /dev/sda2 rw").described == "ext4, /dev/sda2"
    assert mounted("tmpfs tmpfs rw").described == "tmpfs"
    assert mounted("9p drivers ro,aname=drivers").described == "9p, aname=drivers, drivers"
