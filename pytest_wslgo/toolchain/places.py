"""The directories that Go writes to: can it?

Where they are missing or full Go says so late and sometimes misleadingly: with a full build cache
packages of the standard library "are not in std".
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain.goenv import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST: Final = 4 << 20
"""Bytes: less than any test binary."""


def check_places(variables: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """See that Go's build cache and work directory can be written and have some space.

    Args:
        variables: what `go env` said.
        environ: the environment that Go will run in.

    Raises:
        ToolchainError: one cannot; the message names the directory, what is wrong and the cure.
    """
    cache = variables.get("GOCACHE", "")
    if os.path.isabs(cache):  # noqa: PTH117 - a text, maybe empty
        _check("Go's build cache", Path(cache), "GOCACHE", make=True)
    elif "GOCACHE" in variables:
        raise ToolchainError(
            f"Go's build cache cannot be used: GOCACHE is {cache or 'not known, as is HOME'}: "
            "set GOCACHE to a directory, by its absolute path"
        )
    asked = setting("GOTMPDIR", variables=variables, environ=environ)
    work = Path(asked[0] if asked else environ.get("TMPDIR") or "/tmp")  # noqa: S108 - as os.TempDir
    _check("Go's work directory", work, "GOTMPDIR", make=False)


def _check(what: str, directory: Path, variable: str, *, make: bool) -> None:
    cure = f"set {variable} to a directory that can be written, on a disk with free space"
    try:
        if make:
            directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
        free = shutil.disk_usage(directory).free
    except OSError as error:
        raise ToolchainError(
            f"{what}, {directory}, cannot be used: {error.strerror}: {cure}"
        ) from error
    if free < LEAST:
        raise ToolchainError(f"{what}, {directory}, has {free >> 10} kB of free space left: {cure}")
