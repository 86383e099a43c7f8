"""pytest's front door: hooks and nothing else.

What is here is there without ``--wslgo`` too, and imports next to nothing. With it the rest of the
hooks come in from ``active.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.plugin.fixtures import (
    _wslgo_places,
    cgo_disabled,
    free_loopback_port,
    go_env,
    go_toolchain,
    isolated_tmpdir,
    on_drvfs,
    wsl_env,
)
from pytest_wslgo.plugin.options import add_options, is_on

if TYPE_CHECKING:
    import pytest

__all__ = [
    "_wslgo_places",
    "cgo_disabled",
    "free_loopback_port",
    "go_env",
    "go_toolchain",
    "isolated_tmpdir",
    "on_drvfs",
    "wsl_env",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Switch the Go side on, if that is asked for."""
    if is_on(config):
        from pytest_wslgo.plugin.active import switch_on  # noqa: PLC0415 - off means off

        switch_on(config)
