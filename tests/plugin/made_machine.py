"""Machines for markers to be judged on, made by hand: an Environment, and a Prober that is told."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from packaging.version import Version

from pytest_wslgo.environment import Environment, Evidence, Facts, Finding, Process, Quotas
from pytest_wslgo.environment.model import Cgroups, Distribution, Kernel, Libc, Limits
from pytest_wslgo.environment.mounts import parse_mountinfo
from pytest_wslgo.environment.probes import Probe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.environment.probes import Prober

_FACTS = Facts(
    release=None, version=None, systemd=False, init=None, mounts=(), process=Process(7, 7)
)

LINUX = Environment(
    kind="linux",
    evidence=(
        Evidence("kind", "/proc/version", "Linux version 6.1.0"),
        Evidence("systemd", "/proc/1/comm", "init"),
        Evidence("kernel", "/proc/sys/kernel/osrelease", "6.1.0-18-amd64"),
    ),
    distribution=Distribution(),
    libc=Libc(),
    kernel=Kernel("6.1.0-18-amd64", Version("6.1.0")),
    wsl_version=None,
    init="init",
    systemd=False,
    cgroups=Cgroups(version=2, hybrid=False, controllers=(), quotas=Quotas()),
    cpus=2,
    numa_nodes=1,
    memory=None,
    limits=Limits(processes=None, pid_max=None, open_files=None),
    mounts=(),
    interop=False,
    networking=None,
    dns=(),
    clock_source=None,
    root=False,
    ci=None,
    findings=(),
    facts=_FACTS,
)
"""No root, no systemd, nothing mounted."""
WARNED = Finding("WG111", "error", "the drives are not as /etc/wsl.conf says", "umask=22, no umask")


def machine(**changes: Any) -> Environment:
    """LINUX with other facts; `uid` is the user's."""
    uid = changes.pop("uid", 7)
    facts = replace(_FACTS, process=Process(uid, uid))
    return replace(LINUX, facts=facts, root=uid == 0, **changes)


def booted(**changes: Any) -> Environment:
    """A machine that systemd has booted."""
    return machine(init="systemd", systemd=True, **changes)


def with_drive(point: str | os.PathLike[str], **changes: Any) -> Environment:
    """WSL2 with a Windows drive."""
    options = "rw,dirsync,aname=drvfs;path=C:\\134;uid=1000,trans=virtio"
    table = (
        "1 0 8:1 / / rw - ext4 /dev/sdc rw\n"
        f"84 1 0:58 / {os.fspath(point)} rw,noatime - 9p drvfs {options}\n"
    )
    return machine(kind="wsl2", mounts=tuple(parse_mountinfo(table)), **changes)


class ToldProber:
    """Says what it was told; of each thing that is asked for it counts how often."""

    def __init__(self, failing: Mapping[str, str] | None = None, *untried: str) -> None:
        self.failing = failing or {}
        self.untried = untried
        self.asked: list[tuple[str, str]] = []

    def probe(self, name: str, directory: str | os.PathLike[str] | None = None) -> Probe:
        """As the real one: what is not named as failing works."""
        where = os.fspath(directory or "/tmp")
        self.asked.append((name, where))
        tried = f"{name} in {where}"
        if name in self.untried:
            return Probe(name, works=None, tried=tried, error="there is no cmd.exe")
        error = self.failing.get(name, "")
        return Probe(name, works=not error, tried=tried, error=error)


def prober(failing: Mapping[str, str] | None = None, *untried: str) -> Prober:
    """A ToldProber where a Prober is asked for."""
    return cast("Prober", ToldProber(failing, *untried))
