"""Can the race detector work here? Go itself is asked."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.running import run
from pytest_wslgo.toolchain.command import last_line
from pytest_wslgo.toolchain.goenv import host, target
from pytest_wslgo.toolchain.model import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DEADLINE: Final = 20.0


def probe(
    go: Path,
    *,
    cgo: Capability,
    variables: Mapping[str, str],
    environ: Mapping[str, str],
) -> Capability:
    """Find out whether `-race` works: cgo does, the binary runs natively, and Go accepts it.

    Args:
        go: the executable.
        cgo: what the cgo probe found.
        variables: what `go env` said.
        environ: the environment with what the cgo probe adds.
    """
    aim = target(variables)
    if aim != host(variables):
        reason = f"Go builds for {aim}, which {host(variables)} does not run natively"
        return Capability(ok=False, reason=reason, cure="unset GOOS and GOARCH")
    if not cgo.ok:
        return Capability(ok=False, reason=f"race needs cgo: {cgo.reason}", cure=cgo.cure)
    try:
        # Loads one package, builds nothing: `-find` does not even follow its imports.
        command = [str(go), "list", "-race", "-find", "runtime/race"]
        done = run(command, cwd="/", environ=_bare(variables, environ), timeout=_DEADLINE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Capability(ok=False, reason=f"go list -race: {error}")
    if done.returncode != 0:
        return Capability(ok=False, reason=last_line(done.stderr).removeprefix("go: "))
    return Capability(ok=True, reason=f"go accepts -race on {aim}, with {cgo.reason}")


def _bare(variables: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Only what matters to the question: GOFLAGS or a workspace could fail it for their reasons.

    An empty variable would fall back to the file of `go env -w`, hence GOENV=off; what counts of
    that file is in `variables`.
    """
    kept = {name: variables[name] for name in ("GOOS", "GOARCH", "GOCACHE", "CC", "CGO_ENABLED")}
    off = {"GOENV": "off", "GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local"}
    told = {name: environ[name] for name in ("CC", "CGO_ENABLED") if environ.get(name)}
    return {**environ, **kept, **off, **told}
