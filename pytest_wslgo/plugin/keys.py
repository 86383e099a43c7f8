"""The stash keys under which the plugin keeps its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_wslgo.environment import Environment
    from pytest_wslgo.environment.probes import Prober
    from pytest_wslgo.plugin.goenviron import GoEnv
    from pytest_wslgo.plugin.markers.rules import Rule
    from pytest_wslgo.plugin.markers.settling import Judge, Settled
    from pytest_wslgo.plugin.session import GoSession
    from pytest_wslgo.toolchain import Toolchain

SESSION: pytest.StashKey[GoSession] = pytest.StashKey()
ENVIRONMENT: pytest.StashKey[Environment] = pytest.StashKey()
GO_ENV: pytest.StashKey[GoEnv] = pytest.StashKey()
TOOLCHAIN: pytest.StashKey[Toolchain] = pytest.StashKey()
PROBER: pytest.StashKey[Prober] = pytest.StashKey()
JUDGE: pytest.StashKey[Judge] = pytest.StashKey()
RULES: pytest.StashKey[tuple[Rule, ...]] = pytest.StashKey()
SETTLED: pytest.StashKey[Settled] = pytest.StashKey()
"""Of an item: what its markers make of it, once that is known."""
