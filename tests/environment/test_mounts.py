from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from environment_machines import NAMES, machine, mountinfo
from hypothesis import given
from hypothesis import strategies as st

from pytest_wslgo.environment.lasting import lasting
from pytest_wslgo.environment.mounts import Mount, parse_mountinfo

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "30 1 8:2 / / rw,relatime shared:1 - ext4 /dev/mapper/root rw,errors=remount-ro"


def settled(*lines: str) -> tuple[Mount, ...]:
    """The lasting mounts of a machine that has these."""
    return lasting(parse_mountinfo("\n".join((ROOT, *lines)) + "\n"))


def at(point: str, kind: str = "tmpfs tmpfs rw") -> str:
    """A line of mountinfo."""
    return f"99 30 0:99 / {point} rw shared:9 - {kind}"


def test_a_line() -> None:
    """A line gives point, type, source and both kinds of options; ids and tags are left out."""
    line = (
        "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue\n"
    )

    assert parse_mountinfo(line) == [
        Mount("/mnt2", "ext3", "/dev/root", ("rw", "noatime"), ("rw", "errors=continue"), "/mnt1")
    ]


def test_escapes(tmp_path: Path) -> None:
    """Octal escapes are characters again, and a space that nobody escaped stays in its option."""
    root = machine(tmp_path, "wsl2-6.18-docker-integration")

    mounts = {m.point: m for m in parse_mountinfo(mountinfo(root).read_text(encoding="utf-8"))}

    docker = mounts["/Docker/host"]
    assert docker.source == "C:\\Program Files\\Docker\\Docker\\resources"
    assert "path=C:\\Program Files\\Docker\\Docker\\resources;symlinkroot=/mnt/" in (
        docker.super_options[1].removeprefix("aname=drvfs;")
    )


@pytest.mark.parametrize("space", ["\u00a0", "\x0b", "\x85", "\u2028"])
def test_unicode_space(space: str) -> None:
    """What only Unicode calls a space or a line end is part of a name."""
    (mount,) = parse_mountinfo(at(f"/a{space}b"))

    assert mount.point == f"/a{space}b"


@pytest.mark.parametrize(
    "line",
    ["", "nonsense", "1 2 3:4 / /x rw", "1 2 - tmpfs tmpfs rw", " - ", "1 2 3:4 / - ext4 a rw"],
)
def test_no_mount(line: str) -> None:
    """A line that is no mount is passed over, and those around it are read."""
    assert settled(line, at("/x")) == settled(at("/x"))


def test_short_end() -> None:
    """A line that ends after the type is a mount without source and options."""
    assert parse_mountinfo("1 2 3:4 / /x rw - odd") == [Mount("/x", "odd", "", ("rw",), (), "/")]


fields = st.text(alphabet=st.sampled_from('a/ -,="\\0143\n\t:\x00\udc80é'), max_size=40)


@given(st.one_of(st.text(), st.lists(fields, max_size=12).map(" ".join), fields.map(at)))
def test_any_text(text: str) -> None:
    """No text whatever makes the parser raise, nor what is chosen from it."""
    mounts = lasting(parse_mountinfo(text))

    assert [mount.point for mount in mounts] == sorted({mount.point for mount in mounts})


def test_order() -> None:
    """The order of mounts does not matter, nor that of options."""
    assert settled(at("/b", "tmpfs x rw,mode=755"), at("/a")) == settled(
        at("/a"), at("/b", "tmpfs x mode=755,rw")
    )


def test_stacked() -> None:
    """Of two mounts on one point the later one counts: it hides the other."""
    assert settled(at("/x", "ext4 a rw"), at("/x", "9p b rw")) == settled(at("/x", "9p b rw"))


@pytest.mark.parametrize(
    "line",
    [
        at("/run/user/1000"),
        at("/run/user/1000/doc", "fuse.portal portal rw,user_id=1000"),
        at("/home/x/.gvfs", "fuse.gvfsd-fuse gvfsd-fuse rw"),
        at("/mnt/wslg/run/user/1000"),
        at("/run/credentials/systemd-sysusers.service", "ramfs none rw"),
        at("/run/netns/blue", "nsfs nsfs rw"),
        at("/run/docker/netns/1a2b", "nsfs nsfs rw"),
        at("/var/lib/docker/overlay2/0d9f/merged", "overlay overlay rw,lowerdir=a,upperdir=b"),
        at("/var/lib/kubelet/pods/7/volumes/x"),
        at("/home/x/.local/share/containers/storage/overlay/7/merged", "fuse.fuse-overlayfs f rw"),
        at("/mnt/wsl/docker-desktop-bind-mounts/Ubuntu/809e", "9p C:\\134 rw"),
        at("/snap/core22/1380", "squashfs /dev/loop1 ro"),
        at("/proc/sys/fs/binfmt_misc", "binfmt_misc binfmt_misc rw"),
        at("/sys/kernel/debug/tracing", "tracefs tracefs rw"),
        at("/dev/console", "devpts devpts rw"),
        at("/tmp/.mount_NvimA1b2C3", "fuse.nvim.AppImage nvim.AppImage ro"),
    ],
    ids=lambda line: str(line).split(" ")[4],
)
def test_passing(line: str) -> None:
    """A mount that belongs to a session, a service or a container makes no difference."""
    assert settled(line) == settled()


@pytest.mark.parametrize(
    "point",
    [
        "/mnt/c",
        "/run/user",
        "/var/lib/docker",
        "/snapshots",
        "/proc",
        "/run/docker.sock",
        "/dev/shm",
    ],
)
def test_staying(point: str) -> None:
    """Any other mount makes one, those with a similar name and those above passing ones too."""
    assert settled(at(point)) != settled()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ext4 /dev/sdf rw", "ext4 /dev/sdg rw"),
        ("ext4 /dev/nvme0n1p2 rw", "ext4 /dev/nvme1n1p2 rw"),
        ("squashfs /dev/loop7 ro", "squashfs /dev/loop12 ro"),
        ("overlay overlay rw,lowerdir=/a:/b,upperdir=/c", "overlay overlay rw,lowerdir=/d"),
        ("9p C:\\134 rw,trans=fd,rfd=6,wfd=6", "9p C:\\134 rw,trans=fd,rfd=8,wfd=8"),
        ("nfs4 s:/x rw,clientaddr=10.0.0.5,addr=10.0.0.1", "nfs4 s:/x rw,clientaddr=10.0.0.9"),
        ('tmpfs t rw,context="u:r:c_t:s0:c4,c9"', 'tmpfs t rw,context="u:r:c_t:s0:c5,c7"'),
        ("tmpfs t rw,size=1631428k,nr_inodes=407856", "tmpfs t rw,size=1631004k,nr_inodes=407750"),
        (f"zfs pool/docker/{'0d9f' * 16} rw", f"zfs pool/docker/{'ab12' * 16} rw"),
    ],
)
def test_same(before: str, after: str) -> None:
    """Names of disks, of overlay directories, of file descriptors… differ without a difference."""
    assert settled(at("/x", before)) == settled(at("/x", after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ext4 /dev/sdf rw", "ext4 /dev/sdf ro"),
        ("ext4 /dev/sdf rw", "xfs /dev/sdf rw"),
        ("9p C:\\134 rw", "9p D:\\134 rw"),
        ("9p C:\\134 rw,aname=drvfs;metadata", "9p C:\\134 rw,aname=drvfs"),
        ("tmpfs t rw,size=65536k", "tmpfs t rw,size=131072k"),
        ("tmpfs t rw", "tmpfs t rw,size=65536k"),
    ],
)
def test_other(before: str, after: str) -> None:
    """Another type, another drive, another way to mount it is a difference."""
    assert settled(at("/x", before)) != settled(at("/x", after))


def test_automount() -> None:
    """What automount has mounted for now makes no difference; the automount itself does."""
    idle = at("/net", "autofs systemd-1 rw,fd=29,pgrp=1,timeout=0,pipe_ino=1234,direct")
    again = at("/net", "autofs systemd-1 rw,fd=41,pgrp=7,timeout=60,pipe_ino=99,direct")
    nested = at("/net/host", "autofs systemd-1 rw")

    used = settled(again, at("/net", "nfs4 s:/ rw"), at("/net/host/x", "nfs4 s:/x rw"), nested)

    assert used == settled(idle)
    assert used != settled()


@pytest.mark.parametrize("name", NAMES)
def test_renumbered(tmp_path: Path, name: str) -> None:
    """On every captured machine, other ids, devices, tags and roots are the same mounts."""
    text = mountinfo(machine(tmp_path, name)).read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        left, _, right = line.partition(" - ")
        point, options = left.split(" ")[4:6]
        lines.append(f"7 8 9:10 /elsewhere {point} {options} shared:77 - {right}")

    mounts = lasting(parse_mountinfo("\n".join(lines)))

    assert mounts == lasting(parse_mountinfo(text))
    assert "/" in {mount.point for mount in mounts}
