"""Fewer packages at once where memory or the number of tasks is limited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment import Finding
from pytest_wslgo.toolchain.adapting.model import Adaptation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_wslgo.toolchain.adapting.model import Scene

# The compiler took up to 300 MB for a package, the linker 190 MB with the race detector, when the
# tests of net/http, go/types and encoding/json were built (Go 1.26, amd64); a test binary has to
# live beside them.
_MEMORY: Final = {False: 256 << 20, True: 512 << 20}
# A Go program starts some five threads beside those that run goroutines; the compiler as many as
# it has CPUs, and a package's slot may hold `go vet` or a linker as well.
_TASKS: Final = 16
# `go` itself, pytest, the runner and shells around them.
_OURS: Final = 32


def judge(scene: Scene) -> Adaptation:
    """Let fewer packages be built and run at once than there are CPUs, where limits are tight.

    Otherwise the out-of-memory killer or "resource temporarily unavailable" decides. A number that
    somebody has chosen stays.
    """
    if scene.jobs_asked:
        return Adaptation()
    cpus = max(scene.environment.cpus, 1)
    whole = Adaptation()
    for jobs, code, text, evidence, cure in _bounds(scene, cpus):
        if jobs < cpus:
            finding = Finding(code, "note", text, evidence, cure)
            told = f"at most {jobs} package{'s' if jobs > 1 else ''} at once: {evidence}"
            whole += Adaptation(jobs=jobs, told=(told,), findings=(finding,))
    return whole


def _bounds(scene: Scene, cpus: int) -> Iterator[tuple[int, str, str, str, str]]:
    quotas = scene.environment.cgroups.quotas
    limits = scene.environment.limits
    memory = [size for size in (quotas.memory, scene.environment.memory) if size is not None]
    if memory:
        least = min(memory)
        where = "the cgroup's limit" if least == quotas.memory else "RAM"
        yield (
            max(1, least // _MEMORY[scene.race]),
            "WG902",
            "little memory for its CPUs: fewer packages are built and run at once",
            f"{least >> 20} MB ({where}) for {cpus} CPUs",
            "give it more memory, or choose with --wslgo-jobs",
        )
    tasks = {
        "the cgroup's pids limit": quotas.pids,
        "ulimit -u": None if scene.environment.root else limits.processes,
        "kernel.pid_max": limits.pid_max,
    }
    known = {name: number for name, number in tasks.items() if number is not None}
    if known:
        name = min(known, key=lambda each: known[each])
        yield (
            max(1, (known[name] - _OURS) // (_TASKS + cpus)),
            "WG901",
            "few tasks for its CPUs: fewer packages are built and run at once",
            f"{known[name]} tasks ({name}) for {cpus} CPUs",
            f"raise {name}, or choose with --wslgo-jobs",
        )
