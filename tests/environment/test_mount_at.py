from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from environment_machines import NAMES, captured, machine, mountinfo
from hypothesis import given
from hypothesis import strategies as st

from pytest_wslgo.environment import Mount, detect
from pytest_wslgo.environment.mounts import mount_at, parse_mountinfo

if TYPE_CHECKING:
    from pathlib import Path


def line(number: int, parent: int, point: str, source: str = "t", options: str = "rw") -> str:
    """A line of mountinfo."""
    return f"{number} {parent} 0:9 / {point} {options} - ext4 {source} rw"


def source_at(path: str, *lines: str) -> str | None:
    """The source of the mount that a path is on."""
    mount = mount_at(parse_mountinfo("\n".join(lines)), path)
    return None if mount is None else mount.source


ROOT = line(1, 0, "/", "root")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("/", "root"),
        ("/a", "a"),
        ("/a/x/y", "a"),
        ("/ab", "root"),
        ("/a/b", "ab"),
        ("/a/b/c", "ab"),
    ],
)
def test_longest(path: str, source: str) -> None:
    """The longest mount point above a path counts, by whole names."""
    lines = (ROOT, line(2, 1, "/a", "a"), line(3, 2, "/a/b", "ab"))

    assert source_at(path, *lines) == source


def test_stacked() -> None:
    """Of mounts on one point the last one counts, wherever its line stands."""
    first, second = line(2, 1, "/a", "first"), line(3, 2, "/a", "second")

    assert source_at("/a/x", ROOT, first, second) == "second"
    assert source_at("/a/x", second, first, ROOT) == "second"


def test_side_by_side() -> None:
    """Two mounts on one point of the same mount, as in a table with wrong numbers: the last."""
    assert source_at("/a", ROOT, line(2, 1, "/a", "first"), line(3, 1, "/a", "second")) == "second"


def test_hidden() -> None:
    """A mount below a directory on which something was mounted later is not reached."""
    lines = (ROOT, line(2, 1, "/a/b", "hidden"), line(3, 1, "/a", "over"))

    assert source_at("/a/b/c", *lines) == "over"
    assert source_at("/a/b/c", *lines, line(4, 3, "/a/b", "anew")) == "anew"


def test_hidden_by_root() -> None:
    """What was mounted on the first of two roots is not reached through the second."""
    lines = (ROOT, line(2, 1, "/a", "hidden"), line(3, 1, "/", "new"))

    assert source_at("/a", *lines) == "new"


def test_order_of_lines(tmp_path: Path) -> None:
    """On WSL mounts stand before the root that they are on; they are found all the same."""
    environment = captured(tmp_path, "wsl2-6.6-systemd")

    drivers = environment.mount_of("/usr/lib/wsl/drivers/x")

    assert drivers is not None
    assert drivers.source == "drivers"
    assert environment.mounts.index(drivers) < [m.point for m in environment.mounts].index("/")


def test_unknown_parents() -> None:
    """A table that was shortened has mounts whose parents are not in it: their order counts."""
    lines = (ROOT, line(7, 70, "/a", "first"), line(8, 80, "/a", "second"))

    assert source_at("/a", *lines) == "second"
    assert source_at("/a/b", *lines, line(9, 90, "/a/b", "below")) == "below"
    assert source_at("/a/b", line(9, 90, "/a/b", "hidden"), *lines) == "second"


def test_own_parent() -> None:
    """WSL1's root is its own parent."""
    assert source_at("/x", line(2, 2, "/", "root")) == "root"


def test_no_root() -> None:
    """After chroot(2) the table has no root: what is on none of its mounts is on none."""
    assert source_at("/x", line(3, 2, "/proc", "proc")) is None
    assert source_at("/proc/1", line(3, 2, "/proc", "proc")) == "proc"


def test_without_numbers() -> None:
    """Mounts that were made without ids count in their order."""
    mounts = [Mount(p, "ext4", p, ("rw",), (), "/") for p in ("/", "/a/b", "/a", "/a/c")]

    assert [mount_at(mounts, path) for path in ("/a/b/x", "/a/c", "/z")] == [
        mounts[2],
        mounts[3],
        mounts[0],
    ]


numbers = st.integers(min_value=0, max_value=4)
points = st.sampled_from(["/", "/a", "/a/b", "/a/b/c", "/b", "//", "a", ""])
tables = st.lists(st.builds(line, numbers, numbers, points), max_size=12)


@given(tables, st.sampled_from(["/", "/a/b/c/d", "/b", "", "//a//b", "/" * 50]))
def test_any_table(lines: list[str], path: str) -> None:
    """Any table, circles of parents too, gives one of its mounts above the path, or none."""
    mounts = parse_mountinfo("\n".join(lines))

    found = mount_at(mounts, path)

    assert found is None or found in mounts
    assert found is None or found.point in ("/", "/a", "/a/b", "/a/b/c", "/b")


def test_links(tmp_path: Path) -> None:
    """Symbolic links of a captured machine are followed inside it, as far as the path exists."""
    root = machine(tmp_path, "wsl2-6.6-systemd")
    (root / "mnt/c/src").mkdir(parents=True)
    (root / "home/user").mkdir(parents=True)
    (root / "home/user/src").symlink_to("/mnt/c/src")
    (root / "home/user/loop").symlink_to("loop")
    environment = detect(root, {}, platform="linux")

    assert environment.is_windows_drive("/home/user/src/not/yet/there")
    assert environment.is_windows_drive("home/user/src/../../c")
    assert not environment.is_windows_drive("/home/user/loop/x")
    assert not environment.is_windows_drive("/home/user")
    assert not environment.is_windows_drive("/mnt/c\0")


@pytest.mark.parametrize("name", NAMES)
def test_every_point(tmp_path: Path, name: str) -> None:
    """On every captured machine each mount point is on its last mount."""
    text = mountinfo(machine(tmp_path, name)).read_text(encoding="utf-8")
    mounts = parse_mountinfo(text)

    last = {mount.point: mount for mount in mounts}

    assert {point: mount_at(mounts, point) for point in last} == last


def test_this_machine(tmp_path: Path) -> None:
    """On this machine the mount of a directory is the one whose device it is on."""
    (tmp_path / "x").symlink_to("/proc")
    environment = detect()

    proc = environment.mount_of(tmp_path / "x" / "self")

    assert proc is not None
    assert (proc.point, proc.fstype) == ("/proc", "proc")
    assert environment.mount_of(".") == environment.mount_of(tmp_path.cwd())
