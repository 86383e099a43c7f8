"""What Go is told because of the machine it is on, each with its reason.

`adapt` looks at what is known to break Go or its tests here (temp, caches, limits, variables) and
says what it has changed, and what wants attention besides.
"""

from __future__ import annotations

from pytest_wslgo.toolchain.adapting.adapt import adapt
from pytest_wslgo.toolchain.adapting.model import Adaptation
from pytest_wslgo.toolchain.adapting.variables import harmless

__all__ = ["Adaptation", "adapt", "harmless"]
