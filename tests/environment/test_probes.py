"""Every probe on a directory in which everything works, and what a Prober remembers."""

from __future__ import annotations

import errno
import os
import select
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest
from probing import machine

from pytest_wslgo.environment.probes import Probe, Prober, catalogue, files, names, times, trial
from pytest_wslgo.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path

IN_DIRECTORY = sorted(name for name, each in catalogue.TRIALS.items() if each.scope != "machine")


@pytest.fixture
def prober() -> Prober:
    """A Prober of a machine without interop."""
    return Prober(machine())


@pytest.mark.parametrize("name", sorted({*IN_DIRECTORY} - {"inotify-from-windows"}))
def test_works(prober: Prober, tmp_path: Path, name: str) -> None:
    """On an ordinary Linux directory everything works, and says what was done and where."""
    probe = prober.probe(name, tmp_path)

    assert (probe.name, probe.works, probe.error) == (name, True, "")
    assert probe.tried.endswith(f" in {tmp_path}")
    assert list(tmp_path.iterdir()) == []


def test_names() -> None:
    """The names are those that are promised."""
    of_directory = """
        case-sensitive chmod exec fifo flock free-space hard-link inotify inotify-from-windows mmap
        mtime-granularity rename-open symlink unix-socket windows-names writable
    """.split()
    of_machine = """
        interop loopback-ipv4 loopback-ipv6 user-namespaces wildcard-ipv4 wildcard-ipv6
    """.split()

    assert list(names()) == sorted(of_directory + of_machine)
    assert of_directory == IN_DIRECTORY


def test_values(prober: Prober, tmp_path: Path) -> None:
    """What is measured comes as a number: free bytes, and nanoseconds."""
    free = shutil.disk_usage(tmp_path).free

    measured = prober.probe("free-space", tmp_path).value

    assert measured is not None
    assert abs(measured - free) < 1 << 30
    assert prober.probe("mtime-granularity", tmp_path).value == 1


@pytest.mark.parametrize("unit", [1, 100, 1000, 10**6, 10**7, 10**9, 2 * 10**9])
@pytest.mark.parametrize("rounding", [0, 1])
def test_granularity(unit: int, rounding: int) -> None:
    """Whether times are cut or rounded, their unit is found."""
    kept = [(sample + rounding * unit // 2) // unit * unit for sample in times.SAMPLES]

    assert times.granularity(kept) == unit


def test_tried_once(prober: Prober, tmp_path: Path) -> None:
    """A directory is tried once, by whatever path it is called."""
    (tmp_path / "place").mkdir()
    (tmp_path / "link").symlink_to("place")
    first = prober.probe("symlink", tmp_path / "place")

    again = prober.probe("symlink", f"{tmp_path}/link/../link/.")

    assert again is first
    assert first.tried == f"symlink(2) in {tmp_path}/place"


def test_each_directory(prober: Prober, tmp_path: Path) -> None:
    """What one directory can says nothing of another."""
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()

    one, other = (prober.probe("symlink", tmp_path / name) for name in ("one", "other"))

    assert (one.tried, other.tried) == tuple(
        f"symlink(2) in {tmp_path}/{name}" for name in ("one", "other")
    )


def test_machine_once(prober: Prober, tmp_path: Path) -> None:
    """What is the machine's is tried once, whatever directory is named."""
    assert prober.probe("loopback-ipv4", tmp_path) is prober.probe("loopback-ipv4")


def test_temporary_directory(
    prober: Prober, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a directory it is Go's own: TMPDIR, and /tmp where that is not set."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    named = prober.probe("fifo")
    monkeypatch.delenv("TMPDIR")

    assert named.tried.endswith(f" in {tmp_path}")
    assert prober.probe("fifo").tried.endswith(f" in {os.path.realpath('/tmp')}")


def test_unknown(prober: Prober) -> None:
    """A wrong name is an error that has the nearest one."""
    with pytest.raises(ArgumentError, match=r"no probe 'symlinks': did you mean 'symlink'\?"):
        prober.probe("symlinks")


@pytest.mark.parametrize("name", IN_DIRECTORY)
@pytest.mark.parametrize("kind", ["missing", "file", "loop", "nul"])
def test_no_directory(prober: Prober, tmp_path: Path, name: str, kind: str) -> None:
    """Where there is no directory nothing was tried, and the reason is said."""
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    path = "no\0path" if kind == "nul" else str(tmp_path / kind)
    reason = {"missing": "ENOENT: ", "file": "ENOTDIR: ", "loop": "ELOOP: ", "nul": "null byte"}

    probe = prober.probe(name, path)

    assert probe.works is None
    assert reason[kind] in probe.error


def test_comes_later(prober: Prober, tmp_path: Path) -> None:
    """What could not be tried is not remembered."""
    before = prober.probe("fifo", tmp_path / "d")
    (tmp_path / "d").mkdir()

    after = prober.probe("fifo", tmp_path / "d")

    assert (before.works, after.works) == (None, True)


def test_text() -> None:
    """A probe says what was done, and what came of it if it does not work."""
    assert str(Probe("fifo", works=True, tried="mkfifo(3) in /x")) == "mkfifo(3) in /x"
    assert str(Probe("fifo", works=False, tried="mkfifo(3) in /x", error="EPERM: no")) == (
        "mkfifo(3) in /x: EPERM: no"
    )


def test_errors_in_words() -> None:
    """An error is its name and text; one without a number its own words."""
    assert trial.described(OSError(errno.EACCES, "x")) == "EACCES: Permission denied"
    assert trial.described(OSError(9999, "x")).startswith("9999: ")
    assert trial.described(TimeoutError("timed out")) == "TimeoutError: timed out"


def test_long_path(prober: Prober, tmp_path: Path) -> None:
    """A socket is tried in a directory whose path is too long for one: by another way."""
    deep = tmp_path / ("d" * 100)
    deep.mkdir()

    assert prober.probe("unix-socket", deep).works is True


@pytest.fixture
def own_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `true` of the test's own, first on PATH."""
    program = tmp_path / "bin" / "true"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


def test_program_that_hangs(own_true: Path, tmp_path: Path) -> None:
    """A program that does not end is ended, with what it has started."""
    alive, never = tmp_path / "alive", tmp_path / "never"
    for fifo in (alive, never):
        os.mkfifo(fifo)
    own_true.write_text(f"#!/bin/sh\nexec 3> {alive}; cat {never}; exit 0\n", encoding="utf-8")
    reader = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)

    probe = Prober(machine(), patience=0.5).probe("exec", tmp_path)

    assert (probe.works, probe.error) == (False, "a binary: it had not ended after 0.5 s")
    poll = select.poll()
    poll.register(reader, 0)
    assert poll.poll(20_000) == [(reader, select.POLLHUP)]  # nobody is left who could write
    os.close(reader)


def test_wrong_exit_status(own_true: Path, prober: Prober, tmp_path: Path) -> None:
    """That a program started is not enough: its exit status must be its own."""
    own_true.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")

    probe = prober.probe("exec", tmp_path)

    assert (probe.works, probe.error) == (False, "a binary: its exit status is 3, not 0")


def test_held_open(tmp_path: Path) -> None:
    """A program that a fork elsewhere still holds open for writing is executed as a copy."""
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    with program.open("a"):
        wrong = files._started(program, 7, 20.0)

    assert wrong == ""


def test_immutable(prober: Prober, tmp_path: Path) -> None:
    """In a directory that may not be changed nothing can be tried, and it is not writable."""
    done = subprocess.run(["chattr", "+i", tmp_path], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs the right to: {done.stderr.strip()}")
    try:
        probes = {name: prober.probe(name, tmp_path) for name in IN_DIRECTORY}
    finally:
        subprocess.run(["chattr", "-i", tmp_path], check=True)

    assert probes.pop("free-space").works is True
    assert probes.pop("writable").works is False
    assert {probe.works for probe in probes.values()} == {None}
    assert {probe.error for probe in probes.values()} == {"EPERM: Operation not permitted"}


def test_modes_of_what_is_made(tmp_path: Path) -> None:
    """The directory in which things are tried is nobody else's."""
    with files.scratch(tmp_path) as place:
        mode = stat.S_IMODE(place.stat().st_mode)

    assert mode == 0o700
    assert not place.exists()


def test_gone_after_an_error(tmp_path: Path) -> None:
    """It goes also when something is raised, whatever is in it."""

    def fail(place: Path) -> None:
        (place / "a" / "b").mkdir(parents=True)
        (place / "a" / "file").touch(mode=0o000)
        raise KeyError(place.name)

    with pytest.raises(KeyError), files.scratch(tmp_path) as place:
        fail(place)

    assert list(tmp_path.iterdir()) == []
