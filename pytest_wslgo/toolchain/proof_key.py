"""What a proof rests on, as one word: another one when any of it has changed."""

from __future__ import annotations

import hashlib
import json
import os
import resource
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.toolchain.goenv import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.toolchain.toolchain import Toolchain

# What besides the compiler decides how C is built and linked, or how such a program starts.
_SETTINGS: Final = (
    *("CC", "CXX", "CGO_ENABLED", "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_LDFLAGS", "GOEXPERIMENT"),
    *("GOAMD64", "GOARM", "GO386", "GOTOOLCHAIN", "GODEBUG", "LD_LIBRARY_PATH", "LD_PRELOAD"),
)


def work_directory(toolchain: Toolchain, environ: Mapping[str, str]) -> str:
    """Where Go's test binaries are executed too: a mount with noexec is no place for cgo either."""
    asked = setting("GOTMPDIR", variables=toolchain.variables, environ=environ)
    return asked[0] if asked else environ.get("TMPDIR") or "/tmp"  # noqa: S108 - as os.TempDir


def key(what: str, toolchain: Toolchain, environ: Mapping[str, str]) -> str:
    """One word for everything on which the answer rests."""
    compiler = toolchain.compiler
    told = toolchain.environ(environ)
    work = work_directory(toolchain, environ)
    facts = [
        1,
        what,
        toolchain.version_text,
        f"{toolchain.goos}/{toolchain.goarch}",
        _identity(toolchain.go),
        _identity(toolchain.goroot / "VERSION"),
        None if compiler is None else [list(compiler.command), compiler.version],
        None if compiler is None else _identity(Path(compiler.command[0])),
        [setting(name, variables=toolchain.variables, environ=told) for name in _SETTINGS],
        [os.uname().release, _random_bits(), _address_space()],
        [work, _mount(work)],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _identity(file: Path) -> tuple[object, ...]:
    real = file.resolve()
    try:
        status = real.stat()
    except OSError as error:
        return (str(real), error.errno)
    return (str(real), status.st_size, status.st_mtime_ns)


def _mount(directory: str) -> tuple[int, int] | None:
    """Its device, and the flags that it is mounted with: noexec is one."""
    try:
        return Path(directory).stat().st_dev, os.statvfs(directory).f_flag
    except OSError:
        return None


def _random_bits() -> str | None:
    """With more of them than the detector expects it may not start (google/sanitizers#1716)."""
    try:
        return Path("/proc/sys/vm/mmap_rnd_bits").read_text(encoding="ascii").strip()
    except OSError:
        return None


def _address_space() -> tuple[int, int]:
    """With too little of it (`ulimit -v`) neither Go nor what it builds starts."""
    return resource.getrlimit(resource.RLIMIT_AS)
