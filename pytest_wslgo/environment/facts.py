"""The facts of a machine that a Go test can notice and Go's test cache cannot."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.cgroups import Quotas, read_quotas
from pytest_wslgo.environment.mounts import Mount, lasting, parse_mountinfo
from pytest_wslgo.environment.process import Process, this_process
from pytest_wslgo.environment.reading import read, stripped

if TYPE_CHECKING:
    from collections.abc import Mapping

# Read by Go's runtime, the race detector, package time or the dynamic linker, none of which tells
# the test log; what a test reads with os.Getenv, and GODEBUG, Go's cache knows by itself
# (cmd/go/internal/test, computeTestInputsID).
_VARIABLES: Final = (
    *("GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GORACE", "LD_LIBRARY_PATH", "LD_PRELOAD"),
    *("TZ", "ZONEINFO"),
)

# Of /proc/self/status: the rest is about memory in use and names of processes.
_PRIVILEGES: Final = ("CapEff", "NoNewPrivs", "Seccomp", "Umask")


@dataclass(frozen=True, slots=True)
class Facts:
    """What `read_facts` saw. None: there is no such file, or it may not be read.

    The host's name is not here: it changes with every container, and a Go test that asks for it
    and minds is rare.

    Attributes:
        release: of the kernel ("6.6.87.2-microsoft-standard-WSL2").
        version: the kernel's own line about itself and its compiler.
        systemd: whether systemd was booted (sd_booted(3)).
        init: the name of process 1.
        mounts: those that stay from run to run, sorted by mount point.
        process: user, limits and CPUs.
        privileges: capabilities, seccomp and umask, as /proc/self/status has them.
        quotas: of the control groups.
        interop: whether Windows programs run here (WSL).
        zone: where /etc/localtime points; its content's SHA-256 if it is a file.
        variables: of the environment, those that Go's cache does not know of; only those set.
    """

    release: str | None
    version: str | None
    systemd: bool
    init: str | None
    mounts: tuple[Mount, ...] | None
    process: Process
    privileges: tuple[str, ...] = ()
    quotas: Quotas = field(default_factory=Quotas)
    interop: bool = False
    zone: str | None = None
    variables: tuple[tuple[str, str], ...] = ()


def read_facts(
    root: Path = Path("/"),
    *,
    environ: Mapping[str, str] | None = None,
    process: Process | None = None,
) -> Facts:
    """Look at the machine; nothing is started, and what cannot be read is a fact as well.

    Args:
        root: the machine's root directory, another one for a machine captured in files.
        environ: the environment that the tests will have; None is this process's.
        process: whose rights and limits the tests will have; None is this one's.
    """
    environ = os.environ if environ is None else environ
    mountinfo = read(root / "proc/self/mountinfo")
    mounts = parse_mountinfo(mountinfo or "")
    return Facts(
        release=stripped(root / "proc/sys/kernel/osrelease"),
        version=stripped(root / "proc/version"),
        # Path.is_dir() raises where the way there may not be searched.
        systemd=os.path.isdir(root / "run/systemd/system"),  # noqa: PTH112
        init=stripped(root / "proc/1/comm"),
        mounts=None if mountinfo is None else lasting(mounts),
        process=process or this_process(),
        privileges=_privileges(read(root / "proc/self/status") or ""),
        quotas=read_quotas(root, mounts),
        interop=_interop(root / "proc/sys/fs/binfmt_misc"),
        zone=_zone(root / "etc/localtime"),
        variables=tuple((name, environ[name]) for name in _VARIABLES if name in environ),
    )


def _privileges(status: str) -> tuple[str, ...]:
    lines = (line.partition(":") for line in status.split("\n"))
    return tuple(f"{name} {value.strip()}" for name, _, value in lines if name in _PRIVILEGES)


def _interop(binfmt: Path) -> bool:
    """Whether binfmt_misc hands Windows programs to WSL's /init.

    The entry is called WSLInterop-late where WSL makes it a second time, because systemd has
    cleared the first. An entry can be disabled by itself (first line) or with all (`status`).
    """
    if stripped(binfmt / "status") == "disabled":
        return False
    entries = (read(binfmt / name) or "" for name in ("WSLInterop", "WSLInterop-late"))
    return any(entry.split("\n")[0] == "enabled" for entry in entries)


def _zone(localtime: Path) -> str | None:
    try:
        return str(localtime.readlink())
    except OSError:
        text = read(localtime)
    if text is None:
        return None
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
