"""pytest's front door: hooks and nothing else.

What is here is there without ``--wslgo`` too, and imports next to nothing. With it the rest of the
hooks come in from ``active.py``.
"""

from __future__ import annotations

import pytest

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
from pytest_wslgo.plugin.markers.table import concerns, registered
from pytest_wslgo.plugin.options import add_options, is_on, read_option

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
    """Register the markers; switch the Go side on, if that is asked for."""
    for line in registered():
        config.addinivalue_line("markers", line)
    read_option(config, "require")
    if is_on(config):
        from pytest_wslgo.plugin.active import switch_on  # noqa: PLC0415 - off means off

        switch_on(config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test as its markers say; before pytest looks at the marks that come of it."""
    if any(concerns(mark.name) for mark in item.iter_markers()):
        from pytest_wslgo.plugin.markers.settling import obey  # noqa: PLC0415 - off means off

        obey(item)
