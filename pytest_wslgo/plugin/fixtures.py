"""Fixtures for Python tests beside Go tests; they work without ``--wslgo`` too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.plugin.keys import SESSION

if TYPE_CHECKING:
    from pytest_wslgo.toolchain import Toolchain


@pytest.fixture(scope="session")
def go_toolchain(pytestconfig: pytest.Config) -> Toolchain:
    """The Go that tests use: ``go_toolchain.build("./cmd/tool", tmp_path / "tool", cwd=root)``.

    The same one that ``--wslgo`` runs Go tests with. A test that asks for it fails with the list
    of what was tried where there is none.
    """
    active = pytestconfig.stash.get(SESSION, None)
    if active is not None:
        return active.toolchain
    # Off means off: nothing of this is imported before somebody asks for Go.
    from pytest_wslgo.toolchain import locate  # noqa: PLC0415

    explicit = pytestconfig.getoption("wslgo_go") or pytestconfig.getini("wslgo_go") or None
    return locate(explicit, environ=os.environ)
