from __future__ import annotations

import os
from pathlib import Path

import pytest
from environment_machines import write
from hypothesis import given
from hypothesis import strategies as st

from pytest_wslgo.environment.tree import Tree


def test_links_stay_inside(tmp_path: Path) -> None:
    """A link is followed below the root, an absolute one and one that climbs too high as well."""
    root = write(tmp_path / "root", {"run/resolv.conf": "inside"})
    write(tmp_path, {"run/resolv.conf": "outside"})
    (root / "etc").mkdir()
    (root / "etc/absolute").symlink_to("/run/resolv.conf")
    (root / "etc/climbing").symlink_to("../../../run/resolv.conf")
    (root / "etc/twice").symlink_to("absolute")
    tree = Tree(root)

    assert [tree.read(f"etc/{name}") for name in ("absolute", "climbing", "twice")] == 3 * [
        "inside"
    ]
    assert tree.resolved("/etc/twice") == "/run/resolv.conf"
    assert tree.link("etc/twice") == "absolute"
    assert tree.read("../run/resolv.conf") == "inside"


def test_real_files_stay_outside(tmp_path: Path) -> None:
    """A link to a file that only the real machine has leads nowhere."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").symlink_to(Path(__file__))

    assert Tree(tmp_path).read("etc/os-release") is None
    assert not Tree(tmp_path).exists("etc/os-release")


def test_loops(tmp_path: Path) -> None:
    """Links in a circle hold nothing, and a path through them stays as it is."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("/a")
    (tmp_path / "deeper").symlink_to("deeper/x")
    tree = Tree(tmp_path)

    for name in ("a", "b", "deeper", "a/etc/../file"):
        assert (tree.read(name), tree.exists(name), tree.names(name)) == (None, False, [])
    assert tree.resolved("/a/etc/../file") == "/a/file"


def test_no_file(tmp_path: Path) -> None:
    """A FIFO, a directory, a device behind a link and an impossible name are no file to read."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "directory").mkdir()
    tree = Tree(tmp_path)

    for name in ("fifo", "directory", "nowhere", "nul\0", "x" * 5000, "fifo/below", ""):
        assert tree.read(name) is None
    assert Tree(Path("/")).read("/dev/zero") is None


def test_beginning(tmp_path: Path) -> None:
    """Of a large file or directory only as much is read as was asked for."""
    tree = Tree(write(tmp_path, {f"{number}": "x" * 100 for number in range(20)}))

    assert tree.read("3", at_most=5) == "xxxxx"
    assert len(tree.names("/", at_most=7)) == 7


def test_here() -> None:
    """The real machine is read as the system itself follows links."""
    tree = Tree(Path("/"))

    assert tree.here
    assert tree.resolved("/proc/self") == f"/proc/{os.getpid()}"
    assert tree.read("proc/sys/kernel/osrelease") == f"{os.uname().release}\n"


@given(st.text(alphabet=st.sampled_from("ab/.\0é\udc80"), max_size=60))
def test_any_path(path: str) -> None:
    """Any path whatever resolves to an absolute one without dots."""
    real = Tree(Path("/nonexistent")).resolved(path)

    assert real.startswith("/")
    assert not {".", ".."} & set(real.split("/"))


@pytest.mark.parametrize("target", ["b/" * 3000, "/" * 5000])
def test_long_links(tmp_path: Path, target: str) -> None:
    """A path longer than any that the kernel takes is not walked."""
    assert Tree(tmp_path).read(target) is None
