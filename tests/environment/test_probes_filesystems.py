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
        "    def with_name(self, name): return place / 'nowhere'\n"
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
    """Without plain files what needs one is not tried; links, FIFOs and sockets are refused."""
    place = tmp_path / "m"

    found = wrong(filesystems.control_groups(place), place)

    assert found.pop("free-space") == "(the filesystem does not say how large it is)"
    assert found.pop("writable") == "EACCES: Permission denied"
    assert found.pop("symlink") == "EPERM: Operation not permitted"
    assert found.pop("fifo") == "EPERM: Operation not permitted"
    assert found.pop("unix-socket") == "EPERM: Operation not permitted"
    assert set(found.values()) == {"(EACCES: Permission denied)"}


SHIM = """
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
static int is(const char *name) { return strcmp(getenv("SHIM"), name) == 0; }
static int no(int number) { errno = number; return -1; }
int flock(int fd, int how) { return is("unlocked") ? 0 : no(ENOLCK); }
int rename(const char *one, const char *other) { return no(EACCES); }
int renameat(int d, const char *one, int e, const char *other) { return no(EACCES); }
int link(const char *one, const char *other) {
    return is("copies") ? close(open(other, O_CREAT | O_WRONLY, 0600)) : no(EPERM);
}
int linkat(int d, const char *one, int e, const char *other, int how) { return link(one, other); }
int inotify_add_watch(int fd, const char *path, unsigned mask) { return 1; }
void *mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset) {
    if (prot & 4 && fd >= 0) return (void *)(long)no(EPERM);
    return (void *)syscall(SYS_mmap, at, size, prot, flags, fd, offset);
}
void *mmap64(void *at, size_t size, int prot, int flags, int fd, off_t offset) {
    return mmap(at, size, prot, flags, fd, offset);
}
ssize_t read(int fd, void *to, size_t size) {
    char file[64], path[4096] = "";
    ssize_t got = syscall(SYS_read, fd, to, size);
    snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    if (got > 0 && is("zeroes") && readlink(file, path, sizeof path - 1) > 0
        && strstr(path, "/wslgo-probe-")) memset(to, 0, got);
    return got;
}
"""


@pytest.mark.parametrize(
    ("shim", "name", "error"),
    [
        ("unlocked", "flock", "two descriptors have the same lock at the same time"),
        ("no locks", "flock", "ENOLCK: No locks available"),
        ("", "rename-open", "EACCES: Permission denied"),
        ("", "hard-link", "EPERM: Operation not permitted"),
        ("copies", "hard-link", "the second name is a file of its own"),
        ("", "inotify", "no event came for a file that was written"),
        ("", "exec", "EPERM: Operation not permitted"),
        ("zeroes", "writable", "what was written is not read"),
    ],
)
def test_server_that_refuses(tmp_path: Path, shim: str, name: str, error: str) -> None:
    """A filesystem that says no, or says yes and does something else, as servers of files do."""
    source, library = tmp_path / "shim.c", tmp_path / "shim.so"
    source.write_text(SHIM, encoding="utf-8")
    compiled = Stage().run(tool("gcc"), "-shared", "-fPIC", "-o", str(library), str(source))
    assert compiled.returncode == 0

    probe = probes(Stage(), tmp_path, name, LD_PRELOAD=str(library), SHIM=shim)[name]

    assert (probe.works, probe.error) == (False, error)


def test_scripts_are_tried(tmp_path: Path) -> None:
    """A shell that does not do what a script says is found out, with binaries as they are."""
    stage = Stage(f"mount --bind {tool('true')} /bin/sh")

    probe = probes(stage, tmp_path, "exec")["exec"]

    assert (probe.works, probe.error) == (False, "a script: its exit status is 0, not 42")
