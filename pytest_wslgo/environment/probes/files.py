"""Probes of what files are for: to be written, executed, mapped and replaced."""

from __future__ import annotations

import errno
import mmap
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.probes.trial import WORKS, Result, failed, plain, untried
from pytest_wslgo.environment.running import run

if TYPE_CHECKING:
    from collections.abc import Iterator

ENOUGH: Final = 100 << 20
"""Bytes of free space below which Go soon fails: a test binary with the race detector takes 5 to
20 MB, and each package that is being linked has one in Go's work directory."""

_SHELL: Final = Path("/bin/sh")
_STATUS: Final = 42  # of a script: nothing that goes wrong on the way there ends so
_BLOCK: Final = b"wslgo probe\n" * 5000  # more than a page, less than anybody's quota


@contextmanager
def scratch(directory: Path) -> Iterator[Path]:
    """A new directory in `directory`, which goes again with all that is in it.

    Raises:
        OSError: it cannot be made.
    """
    place = tempfile.mkdtemp(prefix="wslgo-probe-", dir=directory)
    try:
        yield Path(place)
    finally:
        # What cannot be removed must not hide what was found.
        shutil.rmtree(place, ignore_errors=True)


def writable(directory: Path) -> Result:
    """A file that is written can be read again."""
    with scratch(directory) as place:
        file = place / "file"
        file.write_bytes(_BLOCK)
        return WORKS if file.read_bytes() == _BLOCK else failed("what was written is not read")


def free_space(directory: Path) -> Result:
    """How many bytes this user may still write; `ENOUGH` of them is enough."""
    status = os.statvfs(directory)
    if not status.f_blocks:
        return untried("the filesystem does not say how large it is")
    free = status.f_bavail * status.f_frsize
    if free >= ENOUGH:
        return Result(works=True, value=free)
    return failed(f"{free >> 20} MB are free, and {ENOUGH >> 20} MB are wanted", free)


def execute(place: Path, patience: float) -> Result:
    """A script and a binary that were just written start, and a binary can be mapped to execute.

    The mapping is what the dynamic linker does with a shared library (cgo). Exec bits that cannot
    be set are not this probe's matter: the kernel decides whether it executes.
    """
    true = shutil.which("true")
    if not _SHELL.exists() and true is None:
        return untried("there is neither /bin/sh nor `true` here to execute")
    if _SHELL.exists():
        script = place / "script"
        plain(script, b"#!/bin/sh\nexit %d\n" % _STATUS)
        wrong = _started(script, _STATUS, patience)
        if wrong:
            return failed(f"a script: {wrong}")
    if true is not None:
        binary = place / "true"  # a binary of many names knows itself by this
        plain(binary, Path(true).read_bytes())
        wrong = _started(binary, 0, patience)
        if wrong:
            return failed(f"a binary: {wrong}")
        with binary.open("rb") as file:
            mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC).close()
    return WORKS


def _started(program: Path, status: int, patience: float) -> str:
    """Start a program that was just written; what is wrong, if anything."""
    with suppress(OSError):
        program.chmod(0o755)
    try:
        ended = _run(program, patience)
    except subprocess.TimeoutExpired:
        return f"it had not ended after {patience:g} s"
    return "" if ended == status else f"its exit status is {ended}, not {status}"


def _run(program: Path, patience: float) -> int:
    """The exit status.

    A fork in another thread may hold the file open for writing until it executes something else:
    ETXTBSY (golang/go#22315). A copy that nobody has open is as good.
    """
    for _ in range(3):
        try:
            return run([str(program)], cwd="/", environ=os.environ, timeout=patience).returncode
        except OSError as error:
            if error.errno != errno.ETXTBSY:
                raise
            copy = program.with_suffix(".copy")
            shutil.copy(program, copy)
            copy.replace(program)
    return run([str(program)], cwd="/", environ=os.environ, timeout=patience).returncode


def shared_mapping(place: Path) -> Result:
    """What is written to a shared mapping is in the file, and the other way round."""
    file = place / "mapped"
    plain(file, bytes(mmap.PAGESIZE))
    with (
        file.open("r+b", buffering=0) as one,
        file.open("r+b", buffering=0) as other,
        mmap.mmap(one.fileno(), mmap.PAGESIZE, mmap.MAP_SHARED) as mapping,
    ):
        mapping[:4] = b"here"
        mapping.flush()
        if os.pread(other.fileno(), 4, 0) != b"here":
            return failed("the file does not have what was written to the mapping")
        os.pwrite(other.fileno(), b"back", 8)
        if mapping[8:12] != b"back":
            return failed("the mapping does not have what was written to the file")
    return WORKS


def rename_open(place: Path) -> Result:
    """A file that is open is replaced by another, and stays what it was for who has it open."""
    old, new = place / "old", place / "new"
    plain(old, b"old")
    plain(new, b"new")
    with old.open("rb", buffering=0) as opened:
        new.replace(old)
        if old.read_bytes() != b"new":
            return failed("the name has the old content after the rename")
        os.fstat(opened.fileno())  # WSL1's drvfs: ENOENT once the name is gone
        if opened.read() != b"old":
            return failed("the open file does not have its own content after the rename")
    return WORKS
