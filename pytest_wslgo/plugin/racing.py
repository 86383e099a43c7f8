"""Whether the race detector is used: in a session, and in one run under its environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.plugin.options import Settings
    from pytest_wslgo.toolchain import Toolchain


def race_is_on(settings: Settings, toolchain: Toolchain) -> bool:
    """Whether the race detector is used with a toolchain, unless an environment forbids it."""
    return settings.race == "on" or (settings.race == "auto" and toolchain.race.ok)


def race_in(
    settings: Settings, toolchain: Toolchain, environ: Mapping[str, str]
) -> tuple[bool, str]:
    """Whether a run in an environment uses it; and why not, where the session does elsewhere."""
    if not race_is_on(settings, toolchain):
        return False, ""
    why = toolchain.cgo_off(environ)
    return not why, why
