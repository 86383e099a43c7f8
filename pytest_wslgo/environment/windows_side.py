"""The Windows side of WSL, as far as a mounted drive shows it."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment import drives
from pytest_wslgo.environment.signs import evidence
from pytest_wslgo.environment.wsl_config import parse_wslconfig, read_wslconfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_wslgo.environment.model import Evidence
    from pytest_wslgo.environment.mounts import Mount
    from pytest_wslgo.environment.settings import Settings
    from pytest_wslgo.environment.tree import Tree

_ABOUT: Final = "wslconfig"
# Folders in C:\Users that are nobody's.
_NOBODY: Final = frozenset(("all users", "default", "default user", "defaultapppool", "public"))
_MOST_USERS: Final = 100
_OWN_FOLDER: Final = re.compile(r"(/.*)/Users/[^/]+(?=/AppData/)")

_PROGRAM: Final = "Program Files/WSL/wsl.exe"
_LARGEST_PROGRAM: Final = 1 << 22
# VS_FIXEDFILEINFO of the Windows SDK: its signature and its own version, then the file's version,
# as two 32-bit words, each with the higher number in its higher half.
_FIXED_FILE_INFO: Final = struct.pack("<2I", 0xFEEF04BD, 0x00010000)
_FIXED_FILE_INFO_SIZE: Final = 16


def find_wslconfig(
    tree: Tree, mounts: Sequence[Mount], environ: Mapping[str, str]
) -> tuple[Settings | None, list[Evidence]]:
    """The .wslconfig of the Windows user whose WSL this is.

    Whose it is, USERPROFILE says where it is passed on (WSLENV), or the Windows part of PATH. Else
    a file counts if it is the only one on the drive: between several users nothing is guessed. A
    user who has none has one without settings.
    """
    profile = next(iter(_profiles(mounts, environ)), None)
    if profile is not None:
        path = f"{profile}/.wslconfig"
        if tree.is_dir(profile) and not tree.exists(path):
            return parse_wslconfig("", path), [evidence(_ABOUT, path, "does not exist")]
        settings = read_wslconfig(tree, path)
        return settings, [evidence(_ABOUT, path, "exists" if settings else "cannot be read")]
    paths = [
        f"{drive}/Users/{name}/.wslconfig"
        for drive in _system_drives(mounts)[:1]
        for name in tree.names(f"{drive}/Users", at_most=_MOST_USERS)
        if name.lower() not in _NOBODY
    ]
    found = [path for path in paths if tree.exists(path)]
    if len(found) == 1:
        return read_wslconfig(tree, found[0]), [evidence(_ABOUT, found[0], "is the only one")]
    return None, [evidence(_ABOUT, path, "is one of several") for path in found]


def find_wsl_version(tree: Tree, mounts: Sequence[Mount]) -> tuple[str | None, list[Evidence]]:
    """The version of WSL, by the file version of wsl.exe as it is installed since WSL 2.0.

    `wslinfo --wsl-version` says it too, and would have to be started.
    """
    for drive in _system_drives(mounts)[:1]:
        program = f"{drive}/{_PROGRAM}"
        content = tree.content(program, at_most=_LARGEST_PROGRAM) or b""
        at = content.find(_FIXED_FILE_INFO)
        if at >= 0 and len(content) >= at + _FIXED_FILE_INFO_SIZE:
            minor, major, revision, build = struct.unpack_from("<4H", content, at + 8)
            parts = (major, minor, build, *([revision] if revision else []))
            version = ".".join(str(part) for part in parts)
            return version, [evidence("wsl_version", program, f"file version {version}")]
    return None, []


def _system_drives(mounts: Sequence[Mount]) -> list[str]:
    r"""Where the whole of `C:\` is mounted, each place once."""
    return list(dict.fromkeys(m.point for m in mounts if drives.drive_letter(m) == "c"))


def _profiles(mounts: Sequence[Mount], environ: Mapping[str, str]) -> Iterator[str]:
    """Folders of the user, as paths here, the surest first."""
    profile = environ.get("USERPROFILE", "")
    if profile.startswith("/"):
        yield profile.rstrip("/")
    elif re.match(r"[A-Za-z]:\\", profile):
        for mount in mounts:
            top = mount.windows_path.rstrip("\\")
            if top and profile.lower().startswith(f"{top.lower()}\\"):
                below = profile[len(top) :].replace("\\", "/").rstrip("/")
                yield mount.point.rstrip("/") + below
    places = _system_drives(mounts)
    for place in environ.get("PATH", "").split(":"):
        # %LOCALAPPDATA%\Microsoft\WindowsApps is on every user's PATH.
        own = _OWN_FOLDER.match(place)
        if own and own[1] in places:
            yield own[0]
