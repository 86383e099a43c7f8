"""Environment: what a machine is, each conclusion with what it rests on."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pytest_wslgo.environment.fingerprint import fingerprint
from pytest_wslgo.environment.mounts import mount_at
from pytest_wslgo.environment.tree import Tree

if TYPE_CHECKING:
    from packaging.version import Version

    from pytest_wslgo.environment.cgroups import Quotas
    from pytest_wslgo.environment.facts import Facts
    from pytest_wslgo.environment.finding import Finding
    from pytest_wslgo.environment.mounts import Mount
    from pytest_wslgo.environment.settings import Settings

Kind = Literal["wsl1", "wsl2", "container-on-wsl2", "container", "vm", "linux", "macos", "windows"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that was seen, and which conclusion rests on it.

    Attributes:
        about: the attribute of Environment that it speaks for ("kind", "systemd", "interop", …);
            "outvoted" for what speaks for another kind.
        source: the file or the variable, as a user would look at it ("/proc/version",
            "WSL_DISTRO_NAME in the environment").
        saw: what it says, at most 200 characters, without control characters.
    """

    about: str
    source: str
    saw: str

    def __str__(self) -> str:
        return f"{self.source}: {self.saw}"


@dataclass(frozen=True, slots=True)
class Distribution:
    """os-release(5): `id` "ubuntu", `version` "24.04", `name` "Ubuntu 24.04.1 LTS"."""

    id: str = ""
    version: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Libc:
    """The C library that programs here are linked with."""

    family: Literal["glibc", "musl", ""] = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Kernel:
    """`release` as `uname -r` says it; `version` its leading numbers, comparable."""

    release: str = ""
    version: Version | None = None


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Control groups.

    Attributes:
        version: 2, 1, or 0 where none is mounted; hybrid counts as 1 (its controllers are there).
        hybrid: whether version 2 is mounted beside version 1.
        controllers: those that can limit something here, sorted.
        quotas: the tightest limits of this process's groups.
    """

    version: int
    hybrid: bool
    controllers: tuple[str, ...]
    quotas: Quotas


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of countable things there may be; None: no limit, or not known.

    Attributes:
        processes: tasks of this user (RLIMIT_NPROC, soft).
        pid_max: process ids on this machine (/proc/sys/kernel/pid_max).
        open_files: of one process (RLIMIT_NOFILE, soft).
    """

    processes: int | None
    pid_max: int | None
    open_files: int | None


@dataclass(frozen=True, slots=True)
class Environment:
    """What `detect` found out about a machine. Nothing here is a guess: see `why`.

    Attributes:
        kind: what the machine is, in one word.
        evidence: what the conclusions rest on; `why` gives those of one.
        distribution: see there; of a container, its own.
        libc: see there.
        kernel: see there.
        wsl_version: of WSL itself ("2.7.10"), where it shows.
        init: the name of process 1; None where it cannot be read.
        systemd: whether systemd is process 1 and was booted (sd_booted(3)).
        cgroups: see there.
        cpus: how many CPUs this process may use (affinity; quotas are in `cgroups`); 0 where that
            cannot be read.
        numa_nodes: how many memory nodes there are, at least 1.
        memory: RAM in bytes; None where it cannot be read.
        limits: see there.
        mounts: all that are visible, in the kernel's order; of two on one point the last hides
            the other.
        interop: whether Windows programs are registered to run here (WSL).
        networking: WSL's networking mode ("nat", "mirrored", …) where it shows.
        dns: addresses of name servers (/etc/resolv.conf), in order.
        clock_source: "tsc", "hyperv_clocksource_tsc_page", …
        root: whether the user is root.
        ci: the provider, if this is a CI job ("GitHub Actions").
        findings: what is declared and not so (wsl.conf against the mounts, …), and other things
            that want attention.
        facts: what the fingerprint is made of.
        wsl_conf: /etc/wsl.conf; None where there is none to read, and elsewhere than on WSL.
        wslconfig: the .wslconfig of the Windows user; None where it cannot be found or read.
        directory: the root directory that was looked at, which makes no difference between two.
    """

    kind: Kind
    evidence: tuple[Evidence, ...]
    distribution: Distribution
    libc: Libc
    kernel: Kernel
    wsl_version: str | None
    init: str | None
    systemd: bool
    cgroups: Cgroups
    cpus: int
    numa_nodes: int
    memory: int | None
    limits: Limits
    mounts: tuple[Mount, ...]
    interop: bool
    networking: str | None
    dns: tuple[str, ...]
    clock_source: str | None
    root: bool
    ci: str | None
    findings: tuple[Finding, ...]
    facts: Facts = field(repr=False)
    wsl_conf: Settings | None = None
    wslconfig: Settings | None = None
    directory: str = field(default="/", repr=False, compare=False)

    def why(self, about: str) -> str:
        """The evidence for one conclusion as a phrase: ``env.why("kind")``; empty without any."""
        return ", ".join(str(each) for each in self.evidence if each.about == about)

    @property
    def wsl(self) -> int:
        """1 or 2 on WSL itself, and 0 elsewhere: also in a container on WSL2."""
        return {"wsl1": 1, "wsl2": 2}.get(self.kind, 0)

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits: another one when something is different that a test can notice."""
        return fingerprint(self.facts)

    def mount_of(self, path: str | os.PathLike[str]) -> Mount | None:
        """The mount that a path is on; symbolic links are followed as far as the path exists.

        A relative path is looked up from the working directory; on a captured machine, from its
        root. None where the table has none for it (it could not be read, or is damaged).
        """
        if not self.mounts:
            return None
        tree, place = Tree(Path(self.directory)), Path(os.fsdecode(path))
        try:
            absolute = place.absolute() if tree.here else place
        except OSError:  # the working directory is gone
            return None
        return mount_at(self.mounts, tree.resolved(str(absolute)))

    def is_windows_drive(self, path: str | os.PathLike[str]) -> bool:
        """Whether a path is on a drive that Windows serves: judged by the mount, not the path."""
        mount = self.mount_of(path)
        return mount is not None and mount.is_windows_drive
