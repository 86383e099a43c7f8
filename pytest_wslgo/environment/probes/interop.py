"""The probe of WSL's interop: does a Windows program run?"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.probes.trial import WORKS, Result, described, failed, untried
from pytest_wslgo.environment.running import run

if TYPE_CHECKING:
    from pytest_wslgo.environment.model import Environment
    from pytest_wslgo.environment.probes.trial import Place

_STATUS: Final = 42  # an interpreter that does nothing ends otherwise


def interop(place: Place) -> Result:
    """cmd.exe starts, and its exit status comes back."""
    return run_windows(place, f"exit {_STATUS}", status=_STATUS)


def run_windows(place: Place, command: str, *, cwd: Path | None = None, status: int = 0) -> Result:
    """Let cmd.exe execute a command, by what binfmt_misc says.

    Args:
        place: the machine and the patience with it.
        command: in the words of cmd.exe.
        cwd: where; beside cmd.exe when None: it cannot be in a directory of Linux.
        status: what it should end with.

    Returns:
        Whether it ended so; untried where there is no cmd.exe.
    """
    machine = place.machine
    if not machine.interop:
        return failed(_unregistered(machine))
    program = _program(machine)
    if program is None:
        return untried("there is no cmd.exe on a Windows drive or on PATH")
    try:
        done = run(
            [str(program), "/c", *command.split(" ")],
            cwd=program.parent if cwd is None else cwd,
            environ=os.environ,
            timeout=place.patience,
        )
    except subprocess.TimeoutExpired:
        return failed(f"{program} had not ended after {place.patience:g} s")
    except OSError as error:
        return failed(f"{program}: {described(error)}")
    if done.returncode == status:
        return WORKS
    words = (done.stdout + done.stderr).strip().splitlines()
    said = f": {words[-1].strip()}" if words else ""
    return failed(f"{program} ended with {done.returncode}, not {status}{said}")


def _unregistered(machine: Environment) -> str:
    why = machine.why("interop")
    return "no interpreter for Windows programs is registered" + (f" ({why})" if why else "")


def _program(machine: Environment) -> Path | None:
    """The cmd.exe of the drive that Windows is on, wherever that is mounted."""
    points = [mount.point for mount in machine.mounts if machine.is_windows_drive(mount.point)]
    for point in points:
        program = Path(point, "Windows", "System32", "cmd.exe")
        if os.path.isfile(program):  # noqa: PTH113 - False where Path.is_file() may raise
            return program
    found = shutil.which("cmd.exe")
    return None if found is None else Path(found)
