"""What keeps WSL's virtual machine awake runs as long as the session, and not longer."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
import pytest

from pytest_wslgo.environment import Environment, detect
from pytest_wslgo.environment.awake import Awake, keep_awake

if TYPE_CHECKING:
    from pathlib import Path

STAND_IN = """\
#!/bin/sh
echo "$@" > {log}
shift 3
exec "$@"
"""


@pytest.fixture(scope="module")
def wsl2() -> Environment:
    """This machine as if it were WSL2 with interop."""
    return replace(detect(), kind="wsl2", interop=True)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which `wsl.exe` is a script that does what it is told to execute."""
    program = tmp_path / "bin/wsl.exe"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(log=tmp_path / "log"), encoding="utf-8")
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:{os.environ['PATH']}", "WSL_DISTRO_NAME": "Debian"}


def test_it_waits_for_the_end(wsl2: Environment, environ: dict[str, str], tmp_path: Path) -> None:
    """wsl.exe is started for this distribution, and ends without a complaint when it is let go."""
    awake = keep_awake(wsl2, environ)

    assert isinstance(awake, Awake)
    assert awake.end() is None
    assert (tmp_path / "log").read_text(encoding="utf-8") == "-d Debian --exec /bin/cat\n"


def test_it_ends_with_us(environ: dict[str, str]) -> None:
    """When the session is killed it ends by itself: its input has."""
    code = (
        "import os, sys; from dataclasses import replace\n"
        "from pytest_wslgo.environment import detect\n"
        "from pytest_wslgo.environment.awake import keep_awake\n"
        "awake = keep_awake(replace(detect(), kind='wsl2', interop=True), os.environ)\n"
        "print(awake._process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as session:
        assert session.stdout is not None
        held = psutil.Process(int(session.stdout.readline()))
        session.kill()

    held.wait(10)


def test_a_failure_is_told(wsl2: Environment, environ: dict[str, str], tmp_path: Path) -> None:
    """A wsl.exe that fails is a finding with what it said."""
    program = tmp_path / "bin/wsl.exe"
    program.write_text("#!/bin/sh\necho 'no such distribution' >&2; exit 3\n", encoding="utf-8")
    awake = keep_awake(wsl2, environ)
    assert isinstance(awake, Awake)
    awake._process.wait()

    finding = awake.end()

    assert finding is not None
    assert finding.code == "WG130"
    assert "exit status 3: no such distribution" in finding.evidence


def test_why_not(wsl2: Environment, environ: dict[str, str]) -> None:
    """Where it cannot be done the reason is told; elsewhere than on WSL2 there is nothing to do."""
    assert keep_awake(replace(wsl2, kind="linux"), environ) == ""
    assert "interop is off" in str(keep_awake(replace(wsl2, interop=False), environ))
    assert "WSL_DISTRO_NAME" in str(keep_awake(wsl2, {"PATH": environ["PATH"]}))
    assert "no wsl.exe" in str(keep_awake(wsl2, {**environ, "PATH": "/nonexistent"}))
