"""macOS and Windows: what Python itself can say of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_wslgo.environment.cgroups import Quotas
from pytest_wslgo.environment.ci import find_ci
from pytest_wslgo.environment.facts import facts_of
from pytest_wslgo.environment.hardware import limits
from pytest_wslgo.environment.kernel import kernel_of
from pytest_wslgo.environment.model import Cgroups, Distribution, Environment, Libc
from pytest_wslgo.environment.networking import find_dns
from pytest_wslgo.environment.process import Process, this_process
from pytest_wslgo.environment.signs import evidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.environment.tree import Tree


def detect_elsewhere(
    tree: Tree, environ: Mapping[str, str], platform: str, *, here: bool
) -> Environment:
    """A machine without Linux.

    Args:
        tree: its files.
        environ: the environment of the tests.
        platform: as `sys.platform`.
        here: whether this process runs there, so that it may be asked.
    """
    process = this_process() if here else Process(uid=-1, gid=-1, cpus=0)
    facts = facts_of(tree, None, environ=environ, process=process)
    release, version, memory = _asked() if here else (None, None, None)
    facts = replace(facts, release=facts.release or release, version=facts.version or version)
    dns, by_resolver = find_dns(tree)
    ci, by_variable = find_ci(environ)
    windows = platform in ("win32", "cygwin", "msys")
    return Environment(
        kind="windows" if windows else "macos" if platform == "darwin" else "linux",
        evidence=(evidence("kind", "sys.platform", platform), *by_resolver, *by_variable),
        distribution=Distribution(),
        libc=Libc(),
        kernel=kernel_of(facts.release),
        wsl_version=None,
        init=None,
        systemd=False,
        cgroups=Cgroups(0, hybrid=False, controllers=(), quotas=Quotas()),
        cpus=process.cpus,
        numa_nodes=1,
        memory=memory,
        limits=limits(tree, process),
        mounts=(),
        interop=False,
        networking=None,
        dns=dns,
        clock_source=None,
        root=process.root,
        ci=ci,
        findings=(),
        facts=facts,
        directory=str(tree.root),
    )


def _asked() -> tuple[str, str, int]:
    """Release and version of the kernel, and RAM in bytes, of the machine that this runs on."""
    import platform  # noqa: PLC0415 - slow, and Linux does without both

    import psutil  # noqa: PLC0415

    return platform.release(), platform.version(), int(psutil.virtual_memory().total)
