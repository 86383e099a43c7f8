"""What does this machine do when it is tried? Capabilities are found by doing, lazily.

A directory's probes are asked of a `Prober`, which tries each once per directory.
"""

from __future__ import annotations

from pytest_wslgo.environment.probes.model import Probe
from pytest_wslgo.environment.probes.prober import Prober, names

__all__ = ["Probe", "Prober", "names"]
