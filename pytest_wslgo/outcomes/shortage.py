"""Whether the system ran short of memory or processes: what that makes of a signal or a crash.

``Signs`` say by how much the system's counters moved while a process ran, and which limits there
were; the names are those of ``pytest_wslgo.execution.counters``. None where nobody has looked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

Signs: TypeAlias = Mapping[str, int]

_NO_PROCESS = re.compile(
    r"failed to create new OS thread|errno=11\b|resource temporarily unavailable"
)
_SURELY_NO_PROCESS = re.compile(
    r"failed to create new OS thread|newosproc|fork/exec .*: resource temporarily unavailable"
)
_NO_MEMORY = re.compile(
    r"^(?:fatal error|runtime): .*out of memory|cannot allocate memory|errno=12\b", re.MULTILINE
)
_KILLED = re.compile(r"signal: killed|Killed signal terminated program|\bKilled$", re.MULTILINE)
_UNITS = ("", "K", "M", "G", "T", "P")


def killed(signal: str, signs: Signs | None) -> str:
    """How a process ended by a signal, as Go names that: ``, killed: out of memory (…)``."""
    if signal != "killed" or signs is None or not _are_counted(signs):
        return f" by a signal ({signal})"
    return f", {_why_killed(signs)}"


def of_crash(trace: str, signs: Signs | None) -> str:
    """What to add to the first line of a crash: nothing, unless it is about a shortage."""
    words = trace.partition("\ngoroutine ")[0]
    known = signs or {}
    if _NO_PROCESS.search(words) and known.get("pids_hits"):
        return f": out of processes (pids limit {known.get('pids_limit', 'unknown')})"
    if _SURELY_NO_PROCESS.search(words):
        limits = f"ulimit -u {known.get('ulimit_u', '')}".strip()
        if "pids_limit" in known:
            limits += f", pids limit {known['pids_limit']}"
        return f": out of processes (limits: {limits})"
    if _NO_MEMORY.search(words):
        said = "out of memory" in words.partition("\n")[0]
        return f"{'' if said else ': out of memory'} ({_limits_of_memory(known)})"
    return ""


def of_build(text: str, signs: Signs | None) -> str:
    """What to add to the headline of a failed build of which a tool was killed: why that was."""
    if not _KILLED.search(text) or signs is None or not _are_counted(signs):
        return ""
    return _why_killed(signs).removeprefix("killed")


def of_go(returncode: int | None, signs: Signs | None) -> str:
    """Why `go` itself was killed; empty if it was not."""
    return killed("killed", signs) if returncode == -9 else ""


def _are_counted(signs: Signs) -> bool:
    return "oom_kill" in signs or "machine_oom_kill" in signs


def _why_killed(signs: Signs) -> str:
    count = signs.get("oom_kill")
    if count:
        return f"killed: out of memory ({_cgroup_limit(signs)}; oom_kill {count})"
    if signs.get("machine_oom_kill"):
        return "killed: out of memory (the kernel's OOM killer)"
    if signs.get("memory_hits") and "memory_limit" in signs:
        return f"killed (SIGKILL; no OOM kill was counted, but {_cgroup_limit(signs)} was hit)"
    return "killed (SIGKILL; no sign of memory shortage)"


def _limits_of_memory(signs: Signs) -> str:
    if signs.get("memory_hits") and "memory_limit" in signs:
        return _cgroup_limit(signs)
    limits = f"ulimit -v {_size(signs['ulimit_v'])}" if "ulimit_v" in signs else "ulimit -v"
    return f"limits: {limits}" + (f", {_cgroup_limit(signs)}" if "memory_limit" in signs else "")


def _cgroup_limit(signs: Signs) -> str:
    limit = signs.get("memory_limit")
    return f"cgroup limit {'unknown' if limit is None else _size(limit)}"


def _size(size: int) -> str:
    """A number of bytes, short: ``512M``, ``1.5G``."""
    value, unit = float(size), 0
    while value >= 1024 and unit + 1 < len(_UNITS):
        value, unit = value / 1024, unit + 1
    return f"{value:.1f}".removesuffix(".0") + _UNITS[unit]
