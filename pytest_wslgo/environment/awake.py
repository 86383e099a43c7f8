"""Keeps WSL's virtual machine from shutting down for idleness while tests run.

WSL ends a distribution some seconds after the last `wsl.exe` on the Windows side has gone, whatever
runs in it: a CI runner started by systemd, cron or nohup is "idle" (microsoft/WSL#8654, #9968). A
`wsl.exe` of ours that runs as long as we do is what counts as use.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.environment.model import Environment

_IN_WINDOWS: Final = "Windows/System32/wsl.exe"
_GRACE: Final = 2.0


class Awake:
    """A `wsl.exe` that waits for its input to end: which it does when we end, however that is."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def end(self) -> Finding | None:
        """Let it go; what went wrong if it had ended before."""
        assert self._process.stdin is not None
        early = self._process.poll()
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        assert self._process.stderr is not None
        with self._process.stderr as stderr:
            os.set_blocking(stderr.fileno(), False)
            said = (stderr.read() or b"").replace(b"\0", b"").decode(errors="replace").strip()
        if early is None:
            return None
        return Finding(
            "WG130",
            "note",
            "WSL's idle shutdown could not be held off: a long run in the background may be ended",
            f"{self.command[0]} ended with exit status {early}: {said or 'no output'}",
            "keep a WSL window open, or set vmIdleTimeout=-1 in .wslconfig",
        )


def keep_awake(environment: Environment, environ: Mapping[str, str]) -> Awake | str:
    """Start what keeps the virtual machine awake.

    Returns:
        It, to be ended; or why there is none. Empty where there is nothing to keep awake.
    """
    if environment.kind != "wsl2":
        return ""
    if not environment.interop:
        return "Windows programs cannot be started (interop is off)"
    name = environ.get("WSL_DISTRO_NAME", "")
    if not name:
        return "WSL_DISTRO_NAME is not set"
    program = _program(environment, environ)
    if program is None:
        return "there is no wsl.exe on PATH or on a Windows drive"
    try:
        return Awake([program, "-d", name, "--exec", "/bin/cat"])
    except OSError as error:
        return f"{program}: {error.strerror}"


def _program(environment: Environment, environ: Mapping[str, str]) -> str | None:
    found = shutil.which("wsl.exe", path=environ.get("PATH", ""))
    if found is not None:
        return found
    for mount in environment.mounts:
        if environment.is_windows_drive(mount.point):
            file = Path(mount.point, _IN_WINDOWS)
            with suppress(OSError):
                if file.is_file():
                    return str(file)
    return None
