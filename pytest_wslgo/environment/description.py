"""An environment for people: in a line, and in some more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.mounts import mount_at
from pytest_wslgo.environment.reading import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_wslgo.environment.cgroups import Quotas
    from pytest_wslgo.environment.model import Environment, Limits

_GB: Final = 1 << 30
_MOST_MOUNTS: Final = 40
_MOST_REASONS: Final = 3
# Where tests and builds write; shown if it is a mount of its own.
_WORKED_IN: Final = ("/tmp", "/var/tmp", "/home", "/dev/shm")  # noqa: S108 - nothing is written


def describe(environment: Environment) -> str:
    """The machine in one line; what is not known is left out."""
    kernel, libc = shown(environment.kernel.release, 80), environment.libc
    memory, version = environment.memory, environment.cgroups.version
    parts = (
        f"{environment.kind} ({kernel})" if kernel else environment.kind,
        _distribution(environment),
        f"{libc.family} {libc.version}".strip(),
        "systemd" if environment.systemd else "",
        _counted(environment.cpus, "CPU") if environment.cpus else "",
        f"{memory / _GB:.1f} GB" if memory is not None else "",
        f"cgroup {version}" if version else "",
        "root" if environment.root else "",
        environment.ci or "",
    )
    return ", ".join(part for part in parts if part)


def details(environment: Environment) -> list[str]:
    """What `describe` leaves out, a line for each thing: its name, a colon, what it is and why."""
    return [f"{name}: {text}" for name, text in _details(environment) if text]


def _details(environment: Environment) -> Iterator[tuple[str, str]]:
    yield "kind", _because(environment, "kind", environment.kind)
    yield "outvoted", _because(environment, "outvoted", "")
    yield "libc", environment.why("libc")
    yield "systemd", _because(environment, "systemd", "yes" if environment.systemd else "no")
    if environment.wsl:
        yield "WSL", _because(environment, "wsl_version", environment.wsl_version or "")
        interop = "registered" if environment.interop else "not registered"
        yield "interop", _because(environment, "interop", interop)
        yield "networking", _because(environment, "networking", environment.networking or "")
        yield "wsl.conf", _written(environment, "wsl_conf")
        yield ".wslconfig", _written(environment, "wslconfig")
    yield "control groups", _control_groups(environment)
    yield "CPUs", _processors(environment)
    yield "limits", _limits(environment.limits)
    for text in _mounts(environment):
        yield "mount", text
    yield "DNS", ", ".join(environment.dns)
    yield "CI", _because(environment, "ci", environment.ci or "")
    yield "fingerprint", environment.fingerprint[:16]
    for finding in environment.findings:
        yield finding.severity, str(finding)


def _distribution(environment: Environment) -> str:
    """The name as far as its version: "Ubuntu 24.04", without "LTS" and what else comes behind."""
    name, version = environment.distribution.name, environment.distribution.version
    end = name.find(version) + len(version) if version and version in name else len(name)
    return shown(name[:end] or environment.distribution.id, 60)


def _because(environment: Environment, about: str, text: str) -> str:
    """A conclusion and the first of its reasons, which are the strongest."""
    reasons = [str(each) for each in environment.evidence if each.about == about]
    why = ", ".join(reasons[:_MOST_REASONS]) + (", …" if len(reasons) > _MOST_REASONS else "")
    return f"{text} ({why})" if text and why else text or why


def _written(environment: Environment, about: str) -> str:
    settings = environment.wsl_conf if about == "wsl_conf" else environment.wslconfig
    if settings is None:
        return environment.why(about)
    values = [f"{name}={_value(value)}" for name, value in settings.written]
    return f"{settings.path} says {', '.join(values)}" if values else f"{settings.path} is empty"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else shown(str(value), 60)


def _control_groups(environment: Environment) -> str:
    groups = environment.cgroups
    if not groups.version:
        return ""
    parts = [
        f"version {groups.version}{' beside version 2' if groups.hybrid else ''}",
        f"with {', '.join(groups.controllers)}" if groups.controllers else "",
        _quotas(groups.quotas),
    ]
    return "; ".join(part for part in parts if part)


def _quotas(quotas: Quotas) -> str:
    parts = [
        f"{quotas.memory / _GB:.1f} GB" if quotas.memory is not None else "",
        f"{quotas.cpu / 1000:g} CPUs" if quotas.cpu is not None else "",
        f"about {quotas.pids} tasks" if quotas.pids is not None else "",
    ]
    limited = ", ".join(part for part in parts if part)
    return f"limited to {limited}" if limited else "no quota"


def _processors(environment: Environment) -> str:
    parts = [
        f"{environment.cpus} usable" if environment.cpus else "",
        _counted(environment.numa_nodes, "NUMA node") if environment.cpus else "",
        f"clock {environment.clock_source}" if environment.clock_source else "",
    ]
    return ", ".join(part for part in parts if part)


def _limits(limits: Limits) -> str:
    parts = [
        f"{limits.processes} processes" if limits.processes is not None else "",
        f"pid_max {limits.pid_max}" if limits.pid_max is not None else "",
        f"{limits.open_files} open files" if limits.open_files is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def _mounts(environment: Environment) -> Iterator[str]:
    """The root, Windows drives, and where tests work; each that is visible."""
    last = {
        mount.point: mount
        for mount in environment.mounts
        if mount.is_windows_drive or mount.point == "/" or mount.point in _WORKED_IN
    }
    for point, mount in list(last.items())[:_MOST_MOUNTS]:
        if mount_at(environment.mounts, point) is mount:
            options = [option for option in ("ro", "noexec") if option in mount.options]
            words = ", ".join([mount.described, *options])
            is_a = " is a Windows drive" if mount.is_windows_drive else ""
            yield shown(f"{point}{is_a} ({words})")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
