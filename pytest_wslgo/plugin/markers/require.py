"""``--wslgo-require``: which skips are failures, because the machine must have what they lack."""

from __future__ import annotations

from pytest_wslgo.environment.probes import names as capabilities
from pytest_wslgo.plugin.markers.checks import unknown
from pytest_wslgo.plugin.markers.table import MARKERS


def parse_names(text: str) -> tuple[str, ...]:
    """The names of markers and capabilities, separated by commas.

    Raises:
        ValueError: one is neither.
    """
    names = tuple(filter(None, (name.strip() for name in text.split(","))))
    known = [name for name, marker in MARKERS.items() if marker.skips]
    for name in names:
        if name in MARKERS and name not in known:
            raise ValueError(f"{name} skips nothing: it cannot be required")
        if name not in known and name not in capabilities():
            raise ValueError(unknown(name, [*known, *capabilities()], "marker or capability"))
    return names
