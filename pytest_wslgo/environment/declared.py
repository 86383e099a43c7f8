"""Declared against effective: what WSL was told, and what is so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.automount import automount
from pytest_wslgo.environment.effective import RESTART, STALE, contradiction
from pytest_wslgo.environment.finding import Finding
from pytest_wslgo.environment.reading import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_wslgo.environment.effective import Effective
    from pytest_wslgo.environment.settings import Settings

_REGISTER: Final = (
    "run wsl.exe --shutdown on Windows; if that does not last, another program clears the "
    "registration (systemd-binfmt): keep boot.protectBinfmt=true"
)
# Of what .wslconfig grants, the kernel keeps up to an eighth for itself.
_KERNELS_SHARE: Final = 8


def undone(conf: Settings, wslconfig: Settings | None, now: Effective) -> list[Finding]:
    """What the files declare, and is not so."""
    checks = (automount, _systemd, _windows_path, _interop, _cgroups)
    found = [finding for check in checks for finding in check(conf, now)]
    return found if wslconfig is None else [*found, *_virtual_machine(wslconfig, now)]


def _systemd(conf: Settings, now: Effective) -> Iterator[Finding]:
    wanted = conf.says("boot.systemd")
    if now.init is None or wanted is None or wanted is (now.init == "systemd"):
        return
    declared = f"{conf.path} says boot.systemd={str(wanted).lower()}"
    effective = f"process 1 is {shown(now.init, 40)}"
    if now.kind == "wsl1":
        text, remedy = "WSL1 has no systemd", "wsl.exe --set-version converts the distribution"
        yield contradiction("WG113", text, declared, effective, remedy)
    else:
        state = "not running" if wanted else "running"
        yield contradiction("WG113", f"wsl.conf {STALE}: systemd is {state}", declared, effective)


def _windows_path(conf: Settings, now: Effective) -> Iterator[Finding]:
    wanted = conf.says("interop.appendWindowsPath")
    if wanted is None or now.path is None or conf.get("interop.enabled") is False:
        return
    points = tuple(f"{mount.point}/" for mount in now.mounts if mount.is_windows_drive)
    windows = [place for place in now.path.split(":") if f"{place}/".startswith(points)]
    if wanted is bool(windows) or not points:
        return
    has = f"has {shown(windows[0], 80)}" if windows else "has no folder of a Windows drive"
    yield Finding(
        "WG114",
        "note",
        f"wsl.conf {STALE}, or a profile sets PATH",
        f"{conf.path} says interop.appendWindowsPath={str(wanted).lower()}, PATH {has}",
        RESTART,
    )


def _interop(conf: Settings, now: Effective) -> Iterator[Finding]:
    wanted = conf.says("interop.enabled")
    declared = f"{conf.path} says interop.enabled={str(wanted).lower()}"
    if wanted is not False:
        if now.interop is False:
            yield contradiction(
                "WG115",
                "Windows programs do not run, though interop is not switched off",
                declared if wanted else "interop.enabled is true by default",
                "/proc/sys/fs/binfmt_misc has no WSLInterop that is enabled",
                _REGISTER,
            )
    elif now.kind == "wsl1" and now.interop:
        saw = "WSLInterop is enabled"
        yield contradiction("WG115", f"wsl.conf {STALE}: Windows programs run", declared, saw)
    elif now.kind == "wsl2" and now.session:
        # On WSL2 the registration is the virtual machine's; a session has its socket only with
        # interop.
        saw = f"WSL_INTEROP is {shown(now.session, 80)}"
        yield contradiction("WG115", f"wsl.conf {STALE}: Windows programs run", declared, saw)


def _cgroups(conf: Settings, now: Effective) -> Iterator[Finding]:
    wanted = conf.says("automount.cgroups")
    if wanted is not None and now.cgroup_version and wanted != f"v{now.cgroup_version}":
        yield contradiction(
            "WG116",
            f"wsl.conf {STALE}: control groups are of another version",
            f"{conf.path} says automount.cgroups={wanted}",
            f"version {now.cgroup_version} is mounted",
        )


def _virtual_machine(wslconfig: Settings, now: Effective) -> Iterator[Finding]:
    stale = f".wslconfig {STALE}, or Windows has less"
    memory, cpus = wslconfig.says("wsl2.memory"), wslconfig.says("wsl2.processors")
    if isinstance(memory, int) and memory and now.memory is not None:
        least = memory - memory // _KERNELS_SHARE
        if not least <= now.memory <= memory:
            has = f"the machine has {now.memory / (1 << 30):.1f} GB"
            said = f"{wslconfig.path} says memory={memory / (1 << 30):.1f} GB"
            yield contradiction("WG117", f"{stale}: memory differs", said, has)
    if isinstance(cpus, int) and cpus > 0 and now.cpus not in (None, 0, cpus):
        said = f"{wslconfig.path} says processors={cpus}"
        yield contradiction("WG117", f"{stale}: CPUs differ", said, f"the machine has {now.cpus}")
    mode = wslconfig.says("wsl2.networkingMode")
    mode = "virtioproxy" if mode == "consomme" else mode
    if mode is not None and now.networking is not None and mode != now.networking:
        yield contradiction(
            "WG118",
            f".wslconfig {STALE}, or Windows cannot do it: networking differs",
            f"{wslconfig.path} says networkingMode={mode}",
            f"the interfaces show {now.networking}",
        )
