r"""Drives that Windows serves to WSL, and how they are told from other mounts.

A drive shows as (the WSL documentation and source, src/linux/init/drvfs.cpp):

- `drvfs` on WSL1, with the source `C:\` or `C:`;
- `9p` on WSL2, with `aname=drvfs;path=C:\;uid=1000;…` among the options of the filesystem. Its
  source is `C:\`, or `drvfs` and `drvfsa` where 9p runs over virtio. Docker Desktop's bind mounts
  are such as well. `aname=drivers`, `lib` and `tools` are parts of WSL itself;
- `virtiofs` on new WSL2, with a tag as its source: `drvfsC0`, or `drvfs` and `drvfsa` for all
  drives together. `mount0` and others are other shares.

Where it is mounted says nothing: the place can be chosen, and anything can be mounted at `/mnt/c`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pytest_wslgo.environment.mounts import Mount

_DRIVE: Final = re.compile(r"([A-Za-z]:)(\\.*)?", re.DOTALL)
_TAG: Final = re.compile(r"drvfsa?([A-Z])\d+")


def is_windows_drive(mount: Mount) -> bool:
    """Whether Windows serves a mount through WSL."""
    if mount.fstype == "9p":
        access = _nine_options(mount).get("aname")
        return access == "drvfs" or (access is None and _DRIVE.fullmatch(mount.source) is not None)
    if mount.fstype == "virtiofs":
        return mount.source.startswith("drvfs")
    return mount.fstype == "drvfs"


def windows_path(mount: Mount) -> str:
    """What of Windows is mounted; empty for other mounts, and where it does not show."""
    if not is_windows_drive(mount):
        return ""
    tag = _TAG.fullmatch(mount.source)
    source = f"{tag[1]}:" if tag else _nine_options(mount).get("path", mount.source)
    drive = _DRIVE.fullmatch(source)
    if drive is None:
        return ""
    top = drive[1].upper() + (drive[2] or "").rstrip("\\")
    below = "" if mount.root == "/" else mount.root.replace("/", "\\").rstrip("\\")
    return top + (below or ("\\" if len(top) == len("C:") else ""))


def options(mount: Mount) -> dict[str, str]:
    """A drive's own options with their values ("metadata" and others without one: "")."""
    return _named(mount.super_options) if mount.fstype == "drvfs" else _nine_options(mount)


def described(mount: Mount) -> str:
    """A mount in a phrase: its type, what it serves, its source."""
    access = _nine_options(mount).get("aname") if mount.fstype == "9p" else None
    source = windows_path(mount) or mount.source
    parts = [mount.fstype, f"aname={access}" if access else "", source]
    return ", ".join(part for part in parts if part)


def _nine_options(mount: Mount) -> dict[str, str]:
    """What `aname=` holds: WSL writes its own options there, with semicolons."""
    for option in mount.super_options:
        if option.startswith("aname="):
            return _named(option.split(";"))
    return {}


def _named(parts: list[str] | tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in parts)}
