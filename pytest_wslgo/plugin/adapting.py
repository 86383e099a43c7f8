"""The machine's part in a session: what Go is told because of it, and what was found."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_wslgo.environment import clock, describe, details
from pytest_wslgo.environment.awake import Awake, keep_awake
from pytest_wslgo.plugin.goenviron import go_env_of
from pytest_wslgo.plugin.goflags import names_given
from pytest_wslgo.plugin.machine import environment_of, prober_of
from pytest_wslgo.plugin.racing import race_is_on
from pytest_wslgo.toolchain.adapting import Adaptation, adapt

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from pytest_wslgo.environment import Environment, Finding
    from pytest_wslgo.plugin.options import Settings
    from pytest_wslgo.toolchain import Toolchain


def tell(
    config: pytest.Config, toolchain: Toolchain, settings: Settings
) -> tuple[Toolchain, Adaptation]:
    """See what Go must be told on this machine, and put it into Go's environment.

    Raises:
        ToolchainError: test binaries can be executed nowhere.
    """
    environ = go_env_of(config)
    found = adapt(
        environment_of(config),
        prober_of(config),
        toolchain,
        environ=environ,
        race=race_is_on(settings, toolchain),
        jobs_asked=settings.jobs is not None or "p" in names_given(settings, toolchain, environ),
    )
    environ.settings = {**environ.settings, **found.environ}
    return replace(toolchain, variables={**toolchain.variables, **found.environ}), found


class Machine:
    """What a session knows of its machine, and does about it.

    Attributes:
        environment: what the machine is.
        adaptation: what Go is told because of it.
        began: what the clocks said when the session began.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.environment: Environment = environment_of(config)
        self.adaptation = Adaptation()
        self._config = config
        self.began = clock.now()
        self._awake: Awake | str = ""
        self._ended = False
        self._late: list[Finding] = []

    def adapt(self, toolchain: Toolchain, settings: Settings) -> tuple[Toolchain, Settings]:
        """See what Go must be told here, and tell it: in its environment and in the settings.

        Raises:
            ToolchainError: test binaries can be executed nowhere.
        """
        adapted, self.adaptation = tell(self._config, toolchain, settings)
        if self.adaptation.jobs is not None:
            settings = replace(settings, jobs=self.adaptation.jobs)
        return adapted, settings

    def stay_awake(self) -> None:
        """Keep WSL's virtual machine from its idle shutdown, until `end`."""
        self._awake = keep_awake(self.environment, os.environ)

    def end(self) -> None:
        """Let go of what was started, and look at the clocks a second time; once."""
        if self._ended:
            return
        self._ended = True
        if isinstance(self._awake, Awake):
            finding = self._awake.end()
            self._late += [finding] if finding is not None else []
        self._late += clock.unevenness(self.began, clock.now())

    def header(self, *, verbose: bool) -> Iterator[str]:
        """The lines of the session's header."""
        yield describe(self.environment)
        yield from self.adaptation.told
        if isinstance(self._awake, Awake):
            yield f"WSL's idle shutdown is held off while tests run ({self._awake.command[0]})"
        if verbose:
            if isinstance(self._awake, str) and self._awake:
                yield f"WSL's idle shutdown is not held off: {self._awake}"
            yield from details(self.environment)

    def findings(self) -> list[Finding]:
        """All that wants attention, the worst first."""
        order = ("error", "warning", "note")
        every = dict.fromkeys((*self.environment.findings, *self.adaptation.findings, *self._late))
        return sorted(every, key=lambda finding: order.index(finding.severity))
