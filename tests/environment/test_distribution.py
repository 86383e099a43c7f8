from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import pytest
from environment_machines import captured, write

from pytest_wslgo.environment import detect
from pytest_wslgo.environment.model import Distribution, Libc

if TYPE_CHECKING:
    from pathlib import Path

UBUNTU = """\
PRETTY_NAME="Ubuntu 24.04.1 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
# ID=other
ID=ubuntu
ID_LIKE=debian
"""


def elf(loader: str) -> str:
    """The beginning of a program that a loader runs."""
    return f"\x7fELF\x02\x01\x01\0\0/nothing\0\0{loader}\0\0GNU"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"etc/os-release": UBUNTU}, Distribution("ubuntu", "24.04", "Ubuntu 24.04.1 LTS")),
        (
            {"usr/lib/os-release": "ID=arch\nNAME='Arch Linux'"},
            Distribution("arch", "", "Arch Linux"),
        ),
        (
            {"etc/os-release": "ID=alpine", "usr/lib/os-release": "ID=debian"},
            Distribution("alpine", "", ""),
        ),
        ({"etc/os-release": 'NAME="a \\"b\\" \\$c"'}, Distribution("", "", 'a "b" $c')),
        ({"etc/os-release": "\udcff=\n=\n\n"}, Distribution()),
        ({}, Distribution()),
    ],
)
def test_distribution(tmp_path: Path, files: dict[str, str], found: Distribution) -> None:
    """os-release is read as a shell would, from /etc before /usr/lib."""
    environment = detect(write(tmp_path, files), {}, platform="linux")

    assert environment.distribution == found
    assert bool(environment.why("distribution")) is (found != Distribution())


def test_link(tmp_path: Path) -> None:
    """/etc/os-release is a link on most machines, an absolute one on some."""
    write(tmp_path, {"usr/lib/os-release": UBUNTU, "etc/hostname": "x"})
    (tmp_path / "etc/os-release").symlink_to("/usr/lib/os-release")

    assert detect(tmp_path, {}, platform="linux").distribution.id == "ubuntu"


GLIBC = "\0GNU C Library (Ubuntu GLIBC 2.39-0ubuntu8.3) stable release version 2.39.\nCopyright"


def test_glibc(tmp_path: Path) -> None:
    """Glibc is what /bin/sh asks for, and its version is in the library beside the loader."""
    files = {
        "usr/bin/dash": elf("/lib64/ld-linux-x86-64.so.2"),
        "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2": "",
        "usr/lib/x86_64-linux-gnu/libc.so.6": GLIBC,
        # Debian's package musl is installed as well.
        "usr/lib/ld-musl-x86_64.so.1": "",
    }
    write(tmp_path, files)
    for link, target in (("bin", "usr/bin"), ("lib", "usr/lib"), ("lib64", "usr/lib64")):
        (tmp_path / link).symlink_to(target)
    (tmp_path / "usr/lib64").mkdir()
    (tmp_path / "usr/bin/sh").symlink_to("dash")
    (tmp_path / "usr/lib64/ld-linux-x86-64.so.2").symlink_to(
        "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
    )

    environment = detect(tmp_path, {}, platform="linux")

    assert environment.libc == Libc("glibc", "2.39")
    assert "/usr/lib/x86_64-linux-gnu/libc.so.6: GNU C Library" in environment.why("libc")


def test_musl(tmp_path: Path) -> None:
    """Musl is what /bin/sh asks for, and its version is in Alpine's list of packages."""
    files = {
        "bin/sh": elf("/lib/ld-musl-x86_64.so.1"),
        "lib/ld-musl-x86_64.so.1": "",
        "lib/apk/db/installed": "P:busybox\nV:1.36.1-r2\n\nC:Q1\nP:musl\nV:1.2.5-r0\nA:x86_64\n",
    }

    assert detect(write(tmp_path, files), {}, platform="linux").libc == Libc("musl", "1.2.5")


@pytest.mark.parametrize(
    ("files", "family"),
    [
        (["lib/ld-musl-aarch64.so.1"], "musl"),
        (["lib64/ld-linux-x86-64.so.2"], "glibc"),
        (["lib/ld-linux-aarch64.so.1"], "glibc"),
        (["lib/ld-musl-x86_64.so.1", "lib64/ld-linux-x86-64.so.2"], ""),
        ([], ""),
    ],
)
def test_loaders(tmp_path: Path, files: list[str], family: str) -> None:
    """Without a shell that tells, the only loader does; of two neither is taken."""
    write(tmp_path, dict.fromkeys(files, ""))

    assert detect(tmp_path, {}, platform="linux").libc.family == family


def test_captured(tmp_path: Path) -> None:
    """The captured Alpine has musl."""
    assert captured(tmp_path, "alpine-container-cgroup2").libc == Libc("musl", "")


def test_this_machine() -> None:
    """What was found out of files is what Python was linked with."""
    family, version = platform.libc_ver()
    if family != "glibc":
        pytest.skip("Python is not linked with glibc")

    assert detect().libc == Libc("glibc", version)
