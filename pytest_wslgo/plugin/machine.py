"""The machine as a pytest session sees it: looked at once, tried as needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.plugin.keys import ENVIRONMENT, PROBER, SESSION, TOOLCHAIN

if TYPE_CHECKING:
    import pytest

    from pytest_wslgo.environment import Environment
    from pytest_wslgo.environment.probes import Prober
    from pytest_wslgo.toolchain import Toolchain


def environment_of(config: pytest.Config) -> Environment:
    """What this machine is; looked at when it is first asked for."""
    found = config.stash.get(ENVIRONMENT, None)
    if found is None:
        # Off means off: nothing of this is imported before somebody asks.
        from pytest_wslgo.environment import detect  # noqa: PLC0415

        found = config.stash[ENVIRONMENT] = detect()
    return found


def prober_of(config: pytest.Config) -> Prober:
    """What tries things here; it remembers for the session."""
    found = config.stash.get(PROBER, None)
    if found is None:
        from pytest_wslgo.environment.probes import Prober  # noqa: PLC0415

        found = config.stash[PROBER] = Prober(environment_of(config))
    return found


def toolchain_of(config: pytest.Config) -> Toolchain:
    """The Go of a session: the one that runs Go tests, or would; looked for and adapted once.

    Raises:
        ToolchainError: there is none.
    """
    active = config.stash.get(SESSION, None)
    if active is not None:
        return active.toolchain
    found = config.stash.get(TOOLCHAIN, None)
    if found is None:
        from pytest_wslgo.plugin.adapting import tell  # noqa: PLC0415
        from pytest_wslgo.plugin.goenviron import go_env_of  # noqa: PLC0415
        from pytest_wslgo.plugin.options import read_settings  # noqa: PLC0415
        from pytest_wslgo.toolchain import locate  # noqa: PLC0415

        settings = read_settings(config)
        found = locate(settings.go or None, environ=go_env_of(config).with_windows())
        found, _ = tell(config, found, settings)
        config.stash[TOOLCHAIN] = found
    return found
