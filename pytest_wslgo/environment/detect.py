"""Look at a machine and say what it is."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.environment import hardware
from pytest_wslgo.environment.cgroups import read_hierarchies
from pytest_wslgo.environment.ci import find_ci
from pytest_wslgo.environment.declared import undone
from pytest_wslgo.environment.distribution import find_distribution, find_libc
from pytest_wslgo.environment.effective import Effective
from pytest_wslgo.environment.elsewhere import detect_elsewhere
from pytest_wslgo.environment.facts import BINFMT, INTEROP_ENTRIES, facts_of, read_mounts
from pytest_wslgo.environment.init import find_systemd
from pytest_wslgo.environment.kernel import kernel_of
from pytest_wslgo.environment.kinds import find_kind
from pytest_wslgo.environment.misread import misread
from pytest_wslgo.environment.model import Cgroups, Environment
from pytest_wslgo.environment.networking import find_dns, find_networking, shown_mode
from pytest_wslgo.environment.process import process_in, this_process
from pytest_wslgo.environment.signs import evidence
from pytest_wslgo.environment.tree import Tree
from pytest_wslgo.environment.windows_side import find_wsl_version, find_wslconfig
from pytest_wslgo.environment.wsl_config import parse_wsl_conf, read_wsl_conf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.environment.facts import Facts
    from pytest_wslgo.environment.finding import Finding
    from pytest_wslgo.environment.model import Evidence


def detect(
    root: str | os.PathLike[str] = "/",
    environ: Mapping[str, str] | None = None,
    *,
    platform: str = sys.platform,
) -> Environment:
    """Find out what a machine is; nothing is started, and nothing fails: what is not known is None.

    Args:
        root: the machine's root directory. For another than "/" nothing of this process or this
            machine comes in: a machine captured in files gives the same value everywhere.
        environ: the environment of the tests; None is this process's, and for a captured machine
            none.
        platform: as `sys.platform`.
    """
    tree = Tree(Path(root).absolute())
    if environ is None:
        environ = os.environ if tree.here else {}
    if not platform.startswith("linux"):
        return detect_elsewhere(
            tree, environ, platform, here=tree.here and platform == sys.platform
        )
    found = _linux(tree, environ)
    return _with_wsl(found, tree, environ) if found.wsl else found


def _linux(tree: Tree, environ: Mapping[str, str]) -> Environment:
    """What every Linux machine has."""
    table = read_mounts(tree)
    mounts = tuple(table or ())
    process = this_process() if tree.here else process_in(tree)
    facts = facts_of(tree, table, environ=environ, process=process)
    kind, why = find_kind(tree, mounts, environ)
    distribution, by_os_release = find_distribution(tree)
    libc, by_loader = find_libc(tree)
    systemd, by_init = find_systemd(facts)
    dns, by_resolver = find_dns(tree)
    ci, by_variable = find_ci(environ)
    version, hybrid, controllers = read_hierarchies(tree, mounts)
    return Environment(
        kind=kind,
        evidence=(
            *(*why, *by_os_release, *by_loader, *by_init, *by_resolver, *by_variable),
            *_interop_evidence(tree),
        ),
        distribution=distribution,
        libc=libc,
        kernel=kernel_of(facts.release),
        wsl_version=None,
        init=facts.init,
        systemd=systemd,
        cgroups=Cgroups(version, hybrid, controllers, facts.quotas),
        cpus=process.cpus,
        numa_nodes=hardware.numa_nodes(tree),
        memory=hardware.memory(tree),
        limits=hardware.limits(tree, process),
        mounts=mounts,
        interop=facts.interop,
        networking=None,
        dns=dns,
        clock_source=hardware.clock_source(tree),
        root=process.root,
        ci=ci,
        findings=(),
        facts=facts,
        directory=str(tree.root),
    )


def _interop_evidence(tree: Tree) -> list[Evidence]:
    entries = ((name, tree.read(f"{BINFMT}/{name}")) for name in INTEROP_ENTRIES)
    return [
        evidence("interop", f"/{BINFMT}/{name}", text.split("\n")[0])
        for name, text in entries
        if text is not None
    ]


def _with_wsl(found: Environment, tree: Tree, environ: Mapping[str, str]) -> Environment:
    """And what only WSL has: its files, the Windows side, and what became of what they say."""
    conf = read_wsl_conf(tree)
    drives = [mount for mount in found.mounts if mount.is_windows_drive]
    wslconfig, whose = find_wslconfig(tree, drives, environ)
    version, by_program = find_wsl_version(tree, drives)
    networking, by_interface = (
        find_networking(tree, wslconfig) if found.kind == "wsl2" else (None, [])
    )
    now = _effective(found, tree, environ)
    findings: list[Finding] = [
        *misread(conf, stops=True),
        *misread(wslconfig, stops=False),
        *undone(conf or parse_wsl_conf(""), wslconfig if found.kind == "wsl2" else None, now),
    ]
    return replace(
        found,
        evidence=(*found.evidence, *whose, *by_program, *by_interface),
        wsl_version=version,
        networking=networking,
        findings=tuple(findings),
        wsl_conf=conf,
        wslconfig=wslconfig,
    )


def _effective(found: Environment, tree: Tree, environ: Mapping[str, str]) -> Effective:
    return Effective(
        kind=found.kind,
        mounts=found.mounts,
        init=found.init,
        interop=found.interop if _binfmt_is_there(found.facts, tree) else None,
        session=environ.get("WSL_INTEROP", ""),
        path=environ.get("PATH") if environ.get("WSL_DISTRO_NAME") else None,
        cgroup_version=found.cgroups.version,
        memory=found.memory,
        cpus=hardware.online_cpus(tree),
        networking=shown_mode(tree)[0],
    )


def _binfmt_is_there(facts: Facts, tree: Tree) -> bool:
    return facts.interop or tree.exists(f"{BINFMT}/register")
