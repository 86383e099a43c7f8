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
_PE_HEADER: Final = 4096
_LARGEST_RESOURCES: Final = 1 << 20
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
        version = _file_version(tree, program)
        if version:
            return version, [evidence("wsl_version", program, f"file version {version}")]
    return None, []


def _file_version(tree: Tree, program: str) -> str:
    """The version of a Windows program, as few bytes of it as possible being read.

    Its header lists its sections (PE format): name, two numbers, size and place in the file. The
    version is in that of resources.
    """
    head = tree.content(program, at_most=_PE_HEADER) or b""
    section = head.find(b".rsrc\0\0\0")
    if not head.startswith(b"MZ") or not 0 <= section <= len(head) - 24:
        return ""
    size, place = struct.unpack_from("<2I", head, section + 16)
    resources = tree.content(program, start=place, at_most=min(size, _LARGEST_RESOURCES)) or b""
    at = resources.find(_FIXED_FILE_INFO)
    if not 0 <= at <= len(resources) - _FIXED_FILE_INFO_SIZE:
        return ""
    minor, major, revision, build = struct.unpack_from("<4H", resources, at + 8)
    parts = (major, minor, build, *([revision] if revision else []))
    return ".".join(str(part) for part in parts)


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
