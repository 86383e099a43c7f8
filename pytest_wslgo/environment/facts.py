"""The facts of a machine that a Go test can notice and Go's test cache cannot."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.cgroups import Quotas, read_quotas
from pytest_wslgo.environment.lasting import lasting
from pytest_wslgo.environment.mounts import Mount, parse_mountinfo
from pytest_wslgo.environment.process import Process, this_process
from pytest_wslgo.environment.reading import fields
from pytest_wslgo.environment.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

# Read by Go's runtime, the race detector, package time or the dynamic linker, none of which tells
# the test log; what a test reads with os.Getenv, and GODEBUG, Go's cache knows by itself
# (cmd/go/internal/test, computeTestInputsID).
_VARIABLES: Final = (
    *("GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GORACE", "LD_LIBRARY_PATH", "LD_PRELOAD"),
    *("TZ", "ZONEINFO"),
)

BINFMT: Final = "proc/sys/fs/binfmt_misc"
INTEROP_ENTRIES: Final = ("WSLInterop", "WSLInterop-late")

# A thousand times what a busy host of containers has.
_LARGEST_TABLE: Final = 1 << 25

# Of /proc/self/status: the rest is about memory in use and names of processes.
_PRIVILEGES: Final = ("Umask", "CapEff", "NoNewPrivs", "Seccomp")


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
    tree = Tree(root)
    return facts_of(
        tree,
        read_mounts(tree),
        environ=os.environ if environ is None else environ,
        process=process or this_process(),
    )


def read_mounts(tree: Tree) -> list[Mount] | None:
    """All mounts in the kernel's order; None where the table cannot be read."""
    text = tree.read("proc/self/mountinfo", at_most=_LARGEST_TABLE)
    return None if text is None else parse_mountinfo(text)


def facts_of(
    tree: Tree, mounts: list[Mount] | None, *, environ: Mapping[str, str], process: Process
) -> Facts:
    """As `read_facts`, of a machine whose mounts are read already."""
    status = fields(tree.read("proc/self/status"))
    return Facts(
        release=tree.stripped("proc/sys/kernel/osrelease"),
        version=tree.stripped("proc/version"),
        systemd=tree.is_dir("run/systemd/system"),
        init=tree.stripped("proc/1/comm"),
        mounts=None if mounts is None else lasting(mounts),
        process=process,
        privileges=tuple(f"{name} {status[name]}" for name in _PRIVILEGES if name in status),
        quotas=read_quotas(tree, mounts or []),
        interop=_interop(tree),
        zone=_zone(tree),
        variables=tuple((name, environ[name]) for name in _VARIABLES if name in environ),
    )


def _interop(tree: Tree) -> bool:
    """Whether binfmt_misc hands Windows programs to WSL's /init.

    The entry is called WSLInterop-late where WSL makes it a second time, because systemd has
    cleared the first. An entry can be disabled by itself (first line) or with all (`status`).
    """
    if tree.stripped(f"{BINFMT}/status") == "disabled":
        return False
    entries = (tree.read(f"{BINFMT}/{name}") or "" for name in INTEROP_ENTRIES)
    return any(entry.split("\n")[0] == "enabled" for entry in entries)


def _zone(tree: Tree) -> str | None:
    link = tree.link("etc/localtime")
    content = tree.content("etc/localtime") if link is None else None
    return link if content is None else hashlib.sha256(content).hexdigest()
