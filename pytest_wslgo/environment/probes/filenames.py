"""Probes of which names files can have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.probes.trial import WORKS, Result, described, failed, plain

if TYPE_CHECKING:
    from pathlib import Path

# A character that separates streams, a device, a final point, a wildcard
# (learn.microsoft.com/windows/win32/fileio/naming-a-file).
_REFUSED_BY_WINDOWS: Final = ("a:b", "con", "trailing.", "a?b")


def case_sensitive(place: Path) -> Result:
    """Names that differ in case are two files, also in the directory that `place` is in.

    On a Windows drive a new directory may differ from the one above it (`case=dir`).
    """
    upper = place.with_name(place.name.upper())
    if os.path.lexists(upper):
        return failed(f"{upper.name} is {place.name} as well")
    plain(place / "a", b"lower")
    try:
        with (place / "A").open("xb") as file:
            file.write(b"upper")
    except FileExistsError as error:
        return failed(f"{described(error)}: A, where there is a")
    return WORKS if (place / "a").read_bytes() == b"lower" else failed("writing A has changed a")


def windows_names(place: Path) -> Result:
    """Files can have names that Windows refuses, and are listed by them."""
    plain(place / "plain")
    wrong = []
    for name in _REFUSED_BY_WINDOWS:
        try:
            (place / name).touch(exist_ok=False)
        except OSError as error:
            wrong.append(f"{name!r} ({described(error)})")
        else:
            if name not in os.listdir(place):  # noqa: PTH208 - the names as they are
                wrong.append(f"{name!r} (made under another name)")
    return failed(", ".join(wrong)) if wrong else WORKS
