"""Probes of links and permissions."""

from __future__ import annotations

import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.probes.trial import WORKS, Result, failed, plain

if TYPE_CHECKING:
    from pathlib import Path

_MODES: Final = (0o400, 0o755, 0o640)


def symlink(place: Path) -> Result:
    """A symbolic link says what was put into it, and leads to its target."""
    link = place / "link"
    link.symlink_to("target")
    if str(link.readlink()) != "target":
        return failed(f"the link says {str(link.readlink())!r}, not 'target'")
    plain(place / "target", b"target")
    return WORKS if link.read_bytes() == b"target" else failed("the link leads elsewhere")


def hard_link(place: Path) -> Result:
    """Two names are one file, with two links."""
    one, other = place / "one", place / "other"
    plain(one, b"before")
    other.hardlink_to(one)
    one.write_bytes(b"after")
    if other.read_bytes() != b"after":
        return failed("the second name is a file of its own")
    links = one.stat().st_nlink
    return WORKS if links == 2 else failed(f"stat(2) counts {links} links, not 2")


def chmod(place: Path) -> Result:
    """The modes that are set come back from stat(2)."""
    file = place / "file"
    plain(file)
    try:
        for mode in _MODES:
            file.chmod(mode)
            got = stat.S_IMODE(file.stat().st_mode)
            if got != mode:
                return failed(f"mode {mode:#o} comes back as {got:#o}")
    finally:
        with suppress(OSError):
            file.chmod(0o600)  # a file that is read-only to Windows may refuse to go
    return WORKS
