"""Probes on real filesystems that are not as one would like them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import filesystems
import pytest
from namespaces import Stage, tool
from probing import probes

from pytest_wslgo.environment.probes import catalogue

if TYPE_CHECKING:
    from pathlib import Path

IN_DIRECTORY = sorted(name for name, each in catalogue.TRIALS.items() if each.scope != "machine")
FULL = "ENOSPC: No space left on device"


def wrong(stage: Stage, place: Path) -> dict[str, str]:
    """What does not work there, with its error; and what could not be tried, in brackets."""
    made = probes(stage, place, *IN_DIRECTORY).values()
    return {
        each.name: each.error if each.works is False else f"({each.error})"
        for each in made
        if not each.works and each.name != "inotify-from-windows"
    }


def test_noexec(tmp_path: Path) -> None:
    """Where a mount has noexec, exec fails with EACCES, and nothing else does."""
    place = tmp_path / "m"

    found = wrong(filesystems.tmpfs(place, "noexec,size=200m"), place)

    assert found == {"exec": "EACCES: Permission denied"}


def test_read_only(tmp_path: Path) -> None:
    """On a read-only mount nothing can be tried; it is not writable, and its space is known."""
    place = tmp_path / "m"

    found = wrong(filesystems.tmpfs(place, "ro,size=200m"), place)

    error = "EROFS: Read-only file system"
    assert found.pop("writable") == error
    assert set(found) == set(IN_DIRECTORY) - {"writable", "free-space", "inotify-from-windows"}
    assert set(found.values()) == {f"({error})"}


def test_full(tmp_path: Path) -> None:
    """On a full disk what needs a byte is not tried; the rest is, and works."""
    place = tmp_path / "m"

    found = wrong(filesystems.full(place), place)

    assert found.pop("writable") == FULL
    assert found.pop("free-space") == "0 MB are free, and 100 MB are wanted"
    assert set(found.values()) == {f"({FULL})"}
    assert {"exec", "mmap", "rename-open", "hard-link"} <= set(found)
    assert not {"fifo", "flock", "unix-socket", "chmod"} & set(found)


def test_no_inode(tmp_path: Path) -> None:
    """Where no file can be made for want of inodes nothing is tried, with free space as it is."""
    place = tmp_path / "m"

    found = wrong(filesystems.tmpfs(place, "nr_inodes=1,size=200m"), place)

    assert found.pop("writable") == FULL
    assert set(found.values()) == {f"({FULL})"}
    assert "free-space" not in found


def test_little_space(tmp_path: Path) -> None:
    """Less free space than Go needs is a failure, with the number of bytes."""
    place = tmp_path / "m"

    probe = probes(filesystems.tmpfs(place, "size=32m"), place, "free-space")["free-space"]

    assert (probe.works, probe.value) == (False, 32 << 20)
    assert probe.error == "32 MB are free, and 100 MB are wanted"


def test_space_that_nobody_counts(tmp_path: Path) -> None:
    """A filesystem that says nothing of its size is not taken for a full one."""
    place = tmp_path / "m"

    probe = probes(filesystems.ramfs(place), place, "free-space")["free-space"]

    assert (probe.works, probe.value) == (None, None)
    assert probe.error == "the filesystem does not say how large it is"


def test_windows_like(tmp_path: Path) -> None:
    """NTFS with Windows's rules: case, modes and names fail, times are kept to 100 ns."""
    place = tmp_path / "m"
    stage = filesystems.windows_like(place)

    found = wrong(stage, place)

    assert found.pop("free-space").endswith(" MB are free, and 100 MB are wanted")
    assert found.pop("case-sensitive").startswith("WSLGO-PROBE-")
    assert found == {
        "chmod": "mode 0o400 comes back as 0o777",
        "windows-names": ", ".join(
            f"{name!r} (EINVAL: Invalid argument)" for name in ("a:b", "con", "trailing.", "a?b")
        ),
    }
    times = probes(stage, place, "mtime-granularity")["mtime-granularity"]
    assert (times.works, times.value) == (True, 100)


def test_case_of_the_directory_inside(tmp_path: Path) -> None:
    """Where the name of the directory itself tells nothing, files in it do."""
    place = tmp_path / "m"
    stage = filesystems.windows_like(place)
    # A directory whose own name cannot be had in capitals: the first look finds nothing.
    code = (
        "import pathlib, sys; from pytest_wslgo.environment.probes import filenames\n"
        "place = pathlib.Path(sys.argv[1], '0'); place.mkdir()\n"
        "class Blind(type(place)):\n"
        "    def with_name(self, name): return pathlib.Path('/nowhere')\n"
        "print(filenames.case_sensitive(Blind(place)).error)"
    )

    said = stage.python(code, str(place))

    assert said == "EEXIST: File exists: A, where there is a\n"


def test_coarse_times(tmp_path: Path) -> None:
    """Times that are kept in seconds are a failure, with the unit in nanoseconds."""
    place = tmp_path / "m"

    stage = filesystems.coarse(place)
    probe = probes(stage, place, "mtime-granularity")["mtime-granularity"]

    assert (probe.works, probe.value) == (False, 10**9)
    assert probe.error == "modification times are kept in units of 1 s"


def test_no_files(tmp_path: Path) -> None:
    """A filesystem without files, links and sockets: each is refused, and the directory goes."""
    place = tmp_path / "m"

    found = wrong(filesystems.control_groups(place), place)

    refused = {"EPERM: Operation not permitted", "EACCES: Permission denied"}
    assert {"symlink", "fifo", "unix-socket", "hard-link", "writable", "mmap"} <= set(found)
    assert {found[name] for name in ("symlink", "fifo", "unix-socket")} <= refused


SHIM = """
#include <errno.h>
#include <stdlib.h>
#include <string.h>
static int is(const char *name) { return strcmp(getenv("SHIM"), name) == 0; }
static int no(int number) { errno = number; return -1; }
int flock(int fd, int how) { return is("unlocked") ? 0 : no(ENOLCK); }
int rename(const char *one, const char *other) { return no(EACCES); }
int renameat(int d, const char *one, int e, const char *other) { return no(EACCES); }
"""


@pytest.mark.parametrize(
    ("shim", "name", "error"),
    [
        ("unlocked", "flock", "two descriptors have the same lock at the same time"),
        ("no locks", "flock", "ENOLCK: No locks available"),
        ("", "rename-open", "EACCES: Permission denied"),
    ],
)
def test_server_that_refuses(tmp_path: Path, shim: str, name: str, error: str) -> None:
    """A filesystem that gives no locks, or all of them, or no rename: as servers of files do."""
    source, library = tmp_path / "shim.c", tmp_path / "shim.so"
    source.write_text(SHIM, encoding="utf-8")
    compiled = Stage().run(tool("gcc"), "-shared", "-fPIC", "-o", str(library), str(source))
    assert compiled.returncode == 0

    probe = probes(Stage(), tmp_path, name, LD_PRELOAD=str(library), SHIM=shim)[name]

    assert (probe.works, probe.error) == (False, error)
