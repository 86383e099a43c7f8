"""Automount as wsl.conf declares it against the drives that are mounted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment import drives
from pytest_wslgo.environment.effective import STALE, contradiction
from pytest_wslgo.environment.mounts import mount_at
from pytest_wslgo.environment.reading import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_wslgo.environment.effective import Effective
    from pytest_wslgo.environment.finding import Finding
    from pytest_wslgo.environment.mounts import Mount
    from pytest_wslgo.environment.settings import Settings

_MASKS: Final = frozenset(("umask", "fmask", "dmask"))
_DRIVE_OPTIONS: Final = frozenset((*_MASKS, "metadata", "uid", "gid", "case"))
_MOUNT_OPTIONS: Final = frozenset(("ro", "noexec", "nosuid", "nodev", "noatime", "sync", "dirsync"))


def automount(conf: Settings, now: Effective) -> Iterator[Finding]:
    """Whether drives are mounted, where, and with which options."""
    root = str(conf.get("automount.root")).rstrip("/")
    letters = {mount.point: (mount, drives.drive_letter(mount)) for mount in now.mounts}
    # Automount mounts a whole drive below its letter; of stacked mounts the last one counts.
    whole = [mount for point, (mount, letter) in letters.items() if _named(point, letter)]
    automounted = [mount for mount in whole if mount.point.rpartition("/")[0] == root]
    if conf.says("automount.enabled") is False and automounted:
        yield contradiction(
            "WG110",
            f"wsl.conf {STALE}: drives are mounted",
            f"{conf.path} says automount.enabled=false",
            _drives(automounted),
        )
    if conf.says("automount.root") is not None and whole and not automounted:
        yield contradiction(
            "WG111",
            f"wsl.conf {STALE}: drives are mounted elsewhere",
            f"{conf.path} says automount.root={shown(root, 80) or '/'}",
            _drives(whole),
        )
    options = conf.says("automount.options")
    if isinstance(options, str):
        visible = (m for m in automounted if mount_at(now.mounts, m.point) is m)
        yield from _options(conf.path, options, visible)


def _named(point: str, letter: str) -> bool:
    return bool(letter) and point.rpartition("/")[2] == letter


def _drives(mounts: Iterable[Mount]) -> str:
    words = list(dict.fromkeys(f"{mount.windows_path} is on {mount.point}" for mount in mounts))
    return ", ".join(words[:4]) + (", …" if len(words) > 4 else "")


def _options(path: str, declared: str, mounts: Iterable[Mount]) -> Iterator[Finding]:
    """One finding for all drives that lack the same options."""
    lacking: dict[tuple[str, ...], list[Mount]] = {}
    for mount in mounts:
        # virtiofs takes its options when the share is made, and does not show them.
        if mount.fstype != "virtiofs":
            differing = tuple(_differing(declared.split(","), mount))
            lacking.setdefault(differing, []).append(mount)
    for differing, alike in lacking.items():
        if differing:
            points = ", ".join(mount.point for mount in alike[:4])
            yield contradiction(
                "WG112",
                f"wsl.conf {STALE}: drives are mounted with other options",
                f'{path} says automount.options="{shown(declared, 80)}"',
                f"of {points}: {'; '.join(differing)}",
            )


def _differing(declared: list[str], mount: Mount) -> Iterator[str]:
    has = drives.options(mount)
    wanted = {}
    for option in declared:
        name, _, value = option.strip().partition("=")
        wanted[name] = value
        plain = name in _MOUNT_OPTIONS and name not in (*mount.options, *mount.super_options)
        if plain or (name in _DRIVE_OPTIONS and name not in has):
            yield f"{name} is missing"
        elif name in _DRIVE_OPTIONS and _plain(name, value) != _plain(name, has[name]):
            yield f"{name}={has[name]} instead of {value}"
    if "metadata" in has and "metadata" not in wanted:
        yield "metadata is set"


def _plain(name: str, value: str) -> str:
    """A value to compare: masks are octal, and WSL2 has no case=force."""
    if name in _MASKS:
        return value.lstrip("0")
    return "dir" if (name, value) == ("case", "force") else value
