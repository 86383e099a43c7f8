"""The stash keys under which the plugin keeps its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_wslgo.environment import Environment
    from pytest_wslgo.environment.probes import Prober
    from pytest_wslgo.plugin.goenviron import GoEnv
    from pytest_wslgo.plugin.session import GoSession

SESSION: pytest.StashKey[GoSession] = pytest.StashKey()
ENVIRONMENT: pytest.StashKey[Environment] = pytest.StashKey()
GO_ENV: pytest.StashKey[GoEnv] = pytest.StashKey()
PROBER: pytest.StashKey[Prober] = pytest.StashKey()
