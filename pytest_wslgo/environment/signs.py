"""Evidence, made fit to be shown."""

from __future__ import annotations

from pytest_wslgo.environment.model import Evidence
from pytest_wslgo.environment.reading import shown


def evidence(about: str, source: str, saw: str) -> Evidence:
    """One thing that was seen: one line each, at most 200 characters, nothing that cannot print."""
    return Evidence(about, shown(source), shown(saw))
