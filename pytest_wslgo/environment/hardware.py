"""CPUs, memory and the clock, as far as the kernel lets this process see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.environment.model import Limits
from pytest_wslgo.environment.process import limits_in
from pytest_wslgo.environment.reading import fields, number, numbers, shown

if TYPE_CHECKING:
    from pytest_wslgo.environment.process import Process
    from pytest_wslgo.environment.tree import Tree


def memory(tree: Tree) -> int | None:
    """RAM in bytes (MemTotal of /proc/meminfo: what the kernel itself holds is not in it)."""
    words = fields(tree.read("proc/meminfo")).get("MemTotal", "").split()
    kilobytes = number(words[0]) if words[1:] == ["kB"] else None
    return None if kilobytes is None else kilobytes * 1024


def online_cpus(tree: Tree) -> int:
    """How many CPUs the machine runs on; 0 where it does not show."""
    return numbers(tree.read("sys/devices/system/cpu/online")).bit_count()


def numa_nodes(tree: Tree) -> int:
    """How many nodes have memory; 1 where the kernel does not count any."""
    nodes = "sys/devices/system/node"
    found = numbers(tree.read(f"{nodes}/has_memory")) or numbers(tree.read(f"{nodes}/online"))
    return max(found.bit_count(), 1)


def limits(tree: Tree, process: Process) -> Limits:
    """From /proc/self/limits, whose numbers are exact; else from what the process says."""
    exact = limits_in(tree) or {name: (soft, hard) for name, soft, hard in process.limits}
    soft = {name: None if pair[0] < 0 else pair[0] for name, pair in exact.items()}
    return Limits(
        processes=soft.get("NPROC"),
        pid_max=number(tree.stripped("proc/sys/kernel/pid_max")),
        open_files=soft.get("NOFILE"),
    )


def clock_source(tree: Tree) -> str | None:
    """What the kernel reads the time from."""
    text = tree.stripped("sys/devices/system/clocksource/clocksource0/current_clocksource")
    return shown(text) if text else None
