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
    from collections.abc import Iterable

    from pytest_wslgo.environment.mounts import Mount

_DRIVE: Final = re.compile(r"([A-Za-z]:)(\\.*)?", re.DOTALL)
_ACCESS: Final = "aname="
_TAG: Final = re.compile(r"drvfsa?([A-Z])\d+")


def is_windows_drive(mount: Mount) -> bool:
    """Whether Windows serves a mount through WSL."""
    if mount.fstype == "9p":
        access = _access(mount)
        return access == "drvfs" or (not access and _DRIVE.fullmatch(mount.source) is not None)
    if mount.fstype == "virtiofs":
        return mount.source.startswith("drvfs")
    return mount.fstype == "drvfs"


def windows_path(mount: Mount) -> str:
    """What of Windows is mounted; empty for other mounts, and where it does not show."""
    if not is_windows_drive(mount):
        return ""
    tag = _TAG.fullmatch(mount.source)
    source = f"{tag[1]}:" if tag else options(mount).get("path", mount.source)
    drive = _DRIVE.fullmatch(source)
    if drive is None:
        return ""
    top = drive[1].upper() + (drive[2] or "").rstrip("\\")
    below = "" if mount.root == "/" else mount.root.replace("/", "\\").rstrip("\\")
    return top + (below or ("\\" if len(top) == len("C:") else ""))


def drive_letter(mount: Mount) -> str:
    """The letter of a whole drive, in small; empty for other mounts."""
    path = windows_path(mount)
    return path[0].lower() if len(path) == len("C:\\") else ""


def options(mount: Mount) -> dict[str, str]:
    """A drive's own options with their values ("metadata" and others without one: "").

    On 9p WSL writes its own into `aname=`, with semicolons.
    """
    parts: Iterable[str] = mount.super_options
    if mount.fstype != "drvfs":
        parts = next((each.split(";") for each in parts if each.startswith(_ACCESS)), ())
    return {name: value for name, _, value in (part.partition("=") for part in parts)}


def described(mount: Mount) -> str:
    """A mount in a phrase: its type, what it serves, its source."""
    access = _access(mount) if mount.fstype == "9p" else ""
    # The tag of a virtiofs is what proves it a drive.
    source = mount.source if mount.fstype == "virtiofs" else windows_path(mount) or mount.source
    parts = [mount.fstype, f"{_ACCESS}{access}" if access else "", source]
    # A tmpfs is often called tmpfs.
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _access(mount: Mount) -> str:
    """Which tree of the 9p server is mounted."""
    for option in mount.super_options:
        if option.startswith(_ACCESS):
            return option[len(_ACCESS) :].partition(";")[0]
    return ""
