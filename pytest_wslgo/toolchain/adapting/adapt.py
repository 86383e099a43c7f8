"""Ask every judgement, and put together what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.toolchain.adapting import caches, limits, temp, variables
from pytest_wslgo.toolchain.adapting.model import Adaptation, Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_wslgo.environment import Environment
    from pytest_wslgo.environment.probes import Prober
    from pytest_wslgo.toolchain.toolchain import Toolchain

_JUDGEMENTS: Final[tuple[Callable[[Scene], Adaptation], ...]] = (
    temp.judge,
    caches.judge_build_cache,
    caches.judge_module_cache,
    variables.judge_preemption,
    variables.judge_flags,
    variables.judge_windows_go,
    limits.judge,
)


def adapt(
    environment: Environment,
    prober: Prober,
    toolchain: Toolchain,
    *,
    environ: Mapping[str, str],
    race: bool,
    jobs_asked: bool = False,
) -> Adaptation:
    """Find out what Go must be told here, and what wants attention.

    Args:
        environment: the machine.
        prober: what tries things on it; it executes a file in the directory for temporary files.
        toolchain: the Go to be used.
        environ: the environment that it will have.
        race: whether the race detector is on.
        jobs_asked: whether somebody has said how many packages at once; then it is so.

    Raises:
        ToolchainError: test binaries can be executed nowhere.
    """
    scene = Scene(environment, prober, toolchain, environ, race, jobs_asked)
    whole = Adaptation()
    for judge in _JUDGEMENTS:
        whole += judge(scene)
    return whole
