"""Processes in namespaces of their own, on a stage that is gone with them."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace

import pytest

LIMIT = 120.0
"""Seconds after which whatever runs on a stage never ends."""

READY = "the stage is set"


@functools.cache
def _refusal(flags: tuple[str, ...]) -> str:
    """Why this machine does not give namespaces; empty if it does."""
    try:
        done = subprocess.run(
            ["unshare", *flags, "true"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        return f"needs the unshare command: {error}"
    return f"needs the right to: {done.stderr.strip()}" if done.returncode else ""


def require(*flags: str) -> None:
    """Skip where `unshare` with these flags is not to be had."""
    refusal = _refusal(flags)
    if refusal:
        pytest.skip(refusal)


def tool(name: str) -> str:
    """The path of a program, or a skip."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"needs {name}")
    return found


def mounting() -> tuple[str, ...]:
    """The flags with which this user may mount things: root has no need of a user namespace."""
    return ("-m",) if os.geteuid() == 0 else ("-Urm",)


@dataclass(frozen=True)
class Stage:
    """What a shell does, in namespaces of its own, before what is asked of it is executed.

    Attributes:
        setup: lines of shell; where one of them fails the test is skipped.
        flags: of `unshare`, which say what is the stage's own.
    """

    setup: str = ""
    flags: tuple[str, ...] = ()

    def also(self, setup: str) -> Stage:
        """The same with more lines."""
        return replace(self, setup=f"{self.setup}\n{setup}")

    def run(self, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Execute something there; it must end well."""
        flags = self.flags or mounting()
        require(*flags)
        script = f"set -e\n{self.setup}\necho '{READY}'\nexec \"$@\""
        done = subprocess.run(
            ["unshare", *flags, "sh", "-c", script, "sh", *argv],
            env={**clean_environ(), **environ},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        _, ready, said = done.stdout.partition(f"{READY}\n")
        if not ready:
            pytest.skip(f"cannot set the stage: {done.stderr.strip()}")
        assert done.returncode == 0, done.stderr
        return subprocess.CompletedProcess(done.args, 0, said, done.stderr)

    def python(self, code: str, *argv: str, **environ: str) -> str:
        """What a Python prints there."""
        return self.run(sys.executable, "-c", code, *argv, **environ).stdout


def clean_environ() -> dict[str, str]:
    """This process's environment without what concerns its own pytest session."""
    unwanted = ("PYTEST", "COV_", "WSL")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
