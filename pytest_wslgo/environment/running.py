"""Starting another program: with no input, as a process group of its own, and with an end."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def run(
    command: Sequence[str],
    *,
    cwd: Path | str,
    environ: Mapping[str, str],
    timeout: float | None,
) -> subprocess.CompletedProcess[str]:
    """Run a command with no input, both outputs captured as text.

    The command gets a process group of its own, so that at the deadline (or on Ctrl-C) its
    children go too: a shim that hangs is a shell with a child.

    Raises:
        OSError: it cannot be started.
        subprocess.TimeoutExpired: it ran longer than `timeout` seconds; it is gone.
    """
    with subprocess.Popen(
        list(command),
        cwd=cwd,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(list(command), process.returncode, stdout, stderr)
