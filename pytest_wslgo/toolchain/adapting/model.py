"""Adaptation: variables for Go, and why; Scene: what they are judged by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_wslgo.toolchain.goenv import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.environment import Environment, Finding
    from pytest_wslgo.environment.probes import Prober
    from pytest_wslgo.toolchain.toolchain import Toolchain


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What Go is told because of the machine.

    Attributes:
        environ: variables to set for every `go`, before discovery.
        jobs: how many packages at once (`go test -p`); None leaves it to Go.
        told: what was changed, a phrase each, for the header of a session.
        findings: why, and what was seen and not changed.
    """

    environ: Mapping[str, str] = field(default_factory=dict)
    jobs: int | None = None
    told: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: Adaptation) -> Adaptation:
        """Both; where both say how many packages at once, the smaller number."""
        jobs = [each.jobs for each in (self, other) if each.jobs is not None]
        return Adaptation(
            environ={**self.environ, **other.environ},
            jobs=min(jobs, default=None),
            told=self.told + other.told,
            findings=self.findings + other.findings,
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """What a judgement may look at.

    Attributes:
        environment: the machine.
        prober: what tries things on it.
        toolchain: the Go, with what `go env` said.
        environ: the environment that Go will have.
        race: whether the race detector is on.
        jobs_asked: whether somebody has said how many packages at once.
    """

    environment: Environment
    prober: Prober
    toolchain: Toolchain
    environ: Mapping[str, str]
    race: bool
    jobs_asked: bool

    def setting(self, name: str) -> tuple[str, str] | None:
        """A variable's value and who has set it; None where it is Go's own default."""
        return setting(name, variables=self.toolchain.variables, environ=self.environ)
