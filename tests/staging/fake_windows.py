"""A Windows to be started through binfmt_misc: programs that begin with MZ and go on as a shell's.

Real ones: the kernel hands them to an interpreter of ours as it hands them to WSL's /init.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from namespaces import Stage

if TYPE_CHECKING:
    from pathlib import Path

INIT = '#!/bin/sh\nprogram=$1; shift 2\nexec sh -c "$(sed 1d "$program")" "$program" "$@"\n'
CMD = '[ "$1" = /c ] || exit 9\nshift\neval "$*"\n'

FLAGS = ("-Urm",)
"""The binfmt_misc of a user namespace is its own (Linux 6.7); root's would be the machine's."""


def executable(path: Path, text: str) -> Path:
    """A file that may be executed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def cmd_exe(directory: Path, script: str = CMD) -> Path:
    """A cmd.exe."""
    return executable(directory / "cmd.exe", f"MZ\n{script}")


def interop(tmp_path: Path, init: str = INIT) -> Stage:
    """A machine on which Windows programs are handed to an interpreter of this text."""
    interpreter = executable(tmp_path / "init", init)
    return Stage(
        "mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc\n"
        f"echo ':WSLInterop:M::MZ::{interpreter}:P' > /proc/sys/fs/binfmt_misc/register",
        FLAGS,
    )
