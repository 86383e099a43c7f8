"""Starting `go`: one error when it fails."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.running import run
from pytest_wslgo.errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_TAIL: Final = 20  # lines of output that an error message carries


class GoCommandError(ToolchainError):
    """A `go` command failed.

    Attributes:
        command: the arguments, the program first.
        cwd: where it ran.
        returncode: its exit status; None when it did not start or was ended at its deadline.
        output: stderr and stdout, or the reason why there is none.
    """

    def __init__(
        self, command: Sequence[str], cwd: str, returncode: int | None, output: str
    ) -> None:
        # All fields go to the base so that the error pickles (xdist sends it between processes).
        super().__init__(tuple(command), cwd, returncode, output)
        self.command = tuple(command)
        self.cwd = cwd
        self.returncode = returncode
        self.output = output

    def __str__(self) -> str:
        end = "did not finish" if self.returncode is None else f"exit status {self.returncode}"
        lines = self.output.strip().splitlines()
        tail = "\n".join(lines[-_TAIL:]) or "(no output)"
        return f"`{shlex.join(self.command)}` in {self.cwd} failed ({end}):\n{tail}"


def run_go(
    command: Sequence[str],
    *,
    cwd: Path | str,
    environ: Mapping[str, str],
    timeout: float | None,
) -> subprocess.CompletedProcess[str]:
    """As `run`, for a command that must succeed.

    Raises:
        GoCommandError: it did not start, did not end in time, or its exit status is not 0.
    """
    __tracebackhide__ = True
    try:
        done = run(command, cwd=cwd, environ=environ, timeout=timeout)
    except subprocess.TimeoutExpired:
        said = f"no answer within {timeout:g} s"
        raise GoCommandError(command, str(cwd), None, said) from None
    except OSError as error:
        raise GoCommandError(command, str(cwd), None, str(error)) from error
    if done.returncode != 0:
        said = done.stderr + done.stdout
        raise GoCommandError(command, str(cwd), done.returncode, said)
    return done


def last_line(text: str) -> str:
    """The last line that is not blank, or a placeholder: how Go ends what it complains about."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no output")
