"""Whether the race detector is used: in a session, and in one run under its environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.toolchain.goenv import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.plugin.options import Settings
    from pytest_wslgo.toolchain import Toolchain


def race_is_on(settings: Settings, toolchain: Toolchain) -> bool:
    """Whether the race detector is used with a toolchain, unless an environment forbids it."""
    return settings.race == "on" or (settings.race == "auto" and toolchain.race.ok)


def forbidden(toolchain: Toolchain, environ: Mapping[str, str]) -> str:
    """What in an environment keeps the race detector from working; empty where nothing does.

    It needs cgo, and a test binary for this machine; `go` refuses -race otherwise. A fixture may
    have changed either since the toolchain was tried.

    Args:
        toolchain: one whose race detector works.
        environ: what its run gets.
    """
    cgo = setting("CGO_ENABLED", variables=toolchain.variables, environ=environ)
    if cgo is not None and cgo[0] == "0":
        return "CGO_ENABLED=0"
    for name, own in (("GOOS", toolchain.goos), ("GOARCH", toolchain.goarch)):
        if environ.get(name, own) not in ("", own):
            return f"{name}={environ[name]}"
    return ""


def race_in(
    settings: Settings, toolchain: Toolchain, environ: Mapping[str, str]
) -> tuple[bool, str]:
    """Whether a run in an environment uses it; and why not, where the session does elsewhere."""
    if not race_is_on(settings, toolchain):
        return False, ""
    why = forbidden(toolchain, environ)
    return not why, why
