"""Which C compiler: as Go would look for one, then clang, then the `ziglang` wheel."""

from __future__ import annotations

import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.toolchain.goenv import IN_ENVIRONMENT, join_command, setting, split_command
from pytest_wslgo.toolchain.model import Refusal
from pytest_wslgo.toolchain.trial import TrialError, prove

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class CCompiler:
    """A C compiler that compiled and linked the trial program.

    Attributes:
        name: "gcc", "clang", "zig", or the base name of what CC names.
        version: "12.2.0"; empty when it does not say.
        source: "PATH", "ziglang wheel", or who set CC ("CC in the environment", …).
        command: the program, absolute, and its own arguments.
        variables: what Go must be told so that it uses this one; empty when it would anyway.
    """

    name: str
    version: str
    source: str
    command: tuple[str, ...]
    variables: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.name} {self.version}".rstrip() + f" from {self.source}"


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    source: str
    command: Sequence[str]
    version_command: Sequence[str]
    variables: Mapping[str, str]


def find(
    *, variables: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[CCompiler | None, tuple[Refusal, ...]]:
    """The first C compiler that works, and why the ones before it do not.

    Somebody who set CC gets that one or none: another compiler might build something else than
    they asked for, silently.

    Args:
        variables: what `go env` said.
        environ: the environment; PATH decides what is found.
    """
    refused = []
    for candidate in _candidates(variables, environ):
        if isinstance(candidate, Refusal):
            refused.append(candidate)
            continue
        try:
            version = prove(
                candidate.command,
                candidate.version_command,
                variables=variables,
                environ={**environ, **candidate.variables},
            )
        except TrialError as error:
            reason = str(error).removeprefix(f"{candidate.name}: ")
            refused.append(Refusal(candidate.name, reason))
            continue
        found = CCompiler(
            candidate.name,
            version,
            candidate.source,
            tuple(candidate.command),
            candidate.variables,
        )
        return found, tuple(refused)
    return None, tuple(refused)


def _candidates(
    variables: Mapping[str, str], environ: Mapping[str, str]
) -> Iterator[_Candidate | Refusal]:
    asked = setting("CC", variables=variables, environ=environ)
    if asked is not None:
        value, origin = asked
        preposition = "in" if origin == IN_ENVIRONMENT else "from"
        yield _named(value, f"CC {preposition} {origin}", environ, {})
        return
    default = variables.get("CC") or "gcc"
    yield _named(default, "PATH", environ, {})
    if default != "clang":
        cxx = {"CXX": "clang++"} if shutil.which("clang++", path=environ.get("PATH", "")) else {}
        yield _named("clang", "PATH", environ, {"CC": "clang", **cxx})
    yield _zig(variables, environ)


def _named(
    value: str, source: str, environ: Mapping[str, str], tell: Mapping[str, str]
) -> _Candidate | Refusal:
    try:
        program, *arguments = split_command(value)
    except ValueError as error:
        return Refusal(value or "CC", str(error) if value else "is blank")
    found = shutil.which(program, path=environ.get("PATH", ""))
    if found is None:
        where = "no executable file" if os.sep in program else "not on PATH"
        return Refusal(program, where)
    command = (str(Path(found).absolute()), *arguments)
    return _Candidate(Path(program).name, source, command, (*command, "--version"), tell)


def _zig(variables: Mapping[str, str], environ: Mapping[str, str]) -> _Candidate | Refusal:
    """The wheel's own binary, which is all that `python -m ziglang` starts.

    Without Python in between each compilation saves its start-up, and no module of the tested
    repository (`-m` puts the working directory on sys.path) can get in the way.
    """
    spec = importlib.util.find_spec("ziglang")
    places = (spec and spec.submodule_search_locations) or ()
    binary = next((Path(place, "zig") for place in places if Path(place, "zig").is_file()), None)
    if binary is None:
        return Refusal("zig", "the ziglang wheel is not installed")
    program = str(binary.absolute())
    try:
        tell = {"CC": join_command([program, "cc"]), "CXX": join_command([program, "c++"])}
    except ValueError as error:
        return Refusal("zig", str(error))
    return _Candidate(
        "zig",
        "ziglang wheel",
        (program, "cc"),
        (program, "version"),
        {**tell, **_zig_cache(variables, environ)},
    )


def _zig_cache(variables: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Zig refuses to work without a cache directory: lend it a corner of Go's.

    `go clean -cache` and Go's own trimming touch only the hexadecimal directories there.
    """
    if environ.get("ZIG_GLOBAL_CACHE_DIR"):
        return {}
    home = environ.get("XDG_CACHE_HOME") or environ.get("HOME")
    gocache = variables.get("GOCACHE", "")
    if (home and os.access(home, os.W_OK)) or not Path(gocache).is_absolute():
        return {}
    return {"ZIG_GLOBAL_CACHE_DIR": str(Path(gocache, "pytest-wslgo-zig"))}
