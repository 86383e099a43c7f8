"""Is this `go` usable, and what is it? One process answers."""

from __future__ import annotations

import errno
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.running import run
from pytest_wslgo.toolchain.command import last_line
from pytest_wslgo.toolchain.goenv import VARIABLES, setting
from pytest_wslgo.toolchain.model import Refusal
from pytest_wslgo.toolchain.version import MINIMUM, parse_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.version import Version

DEADLINE: Final = 20.0
"""Seconds that a candidate may take to answer."""

NEUTRAL: Final = Path("/")
"""Where candidates are asked: no go.mod or go.work there may choose another toolchain."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A `go` to look at.

    Attributes:
        path: the executable.
        source: where it comes from ("PATH", …).
        own_goroot: it must not be told another GOROOT by the environment.
    """

    path: Path
    source: str
    own_goroot: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """A `go` that works: see `Toolchain` for the fields."""

    go: Path
    source: str
    version: Version
    version_text: str
    goroot: Path
    variables: Mapping[str, str]


class _RefusedError(Exception):
    """The message is the reason."""


def identify(
    candidate: Candidate,
    environ: Mapping[str, str],
    *,
    directory: Path = NEUTRAL,
    switching: bool = False,
    timeout: float = DEADLINE,
) -> Identity | Refusal:
    """Ask a `go` what it is.

    Args:
        candidate: the executable, not yet run.
        environ: the environment that tests will run in.
        directory: where to ask.
        switching: let GOTOOLCHAIN and the directory's go.mod choose another toolchain, which Go
            may download; otherwise this very executable answers.
        timeout: seconds until a hanging one is given up.
    """
    asked = dict(environ) if switching else {**environ, "GOTOOLCHAIN": "local"}
    if candidate.own_goroot:
        asked.pop("GOROOT", None)
    try:
        _refuse_windows(candidate.path)
        variables = _ask(candidate.path, asked, directory, timeout)
        return _judge(candidate, variables, environ)
    except _RefusedError as refused:
        reason = str(refused)
        goroot = asked.get("GOROOT")
        if goroot and "GOROOT" in reason:
            reason = f"GOROOT={goroot} set in the environment: {reason}; unsetting GOROOT cures it"
        return Refusal(str(candidate.path), reason)


def _refuse_windows(path: Path) -> None:
    """A Windows Go starts under WSL interop, but tests Windows (golang/go#70533)."""
    real = path.resolve()
    if ".exe" in (path.suffix.lower(), real.suffix.lower()):
        raise _RefusedError(f"a Windows program ({real.name}), which tests Windows, not this Linux")
    try:
        with real.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return  # running it gives the better message
    if head.startswith(b"MZ"):
        raise _RefusedError("a Windows program (its header is MZ), which tests Windows")
    if head.startswith(b"#!") and b"go.exe" in head:
        raise _RefusedError("a script that starts go.exe, a Windows program")


def _ask(path: Path, environ: Mapping[str, str], directory: Path, timeout: float) -> dict[str, str]:
    command = [str(path), "env", "-json", *VARIABLES]
    try:
        done = run(command, cwd=directory, environ=environ, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise _RefusedError(f"no answer to `go env` within {timeout:g} s") from None
    except OSError as error:
        raise _RefusedError(_why_not_started(error)) from None
    if done.returncode != 0:
        said = last_line(done.stderr or done.stdout)
        raise _RefusedError(f"`go env` failed with exit status {done.returncode}: {said}")
    try:
        answer = json.loads(done.stdout)
        return {name: str(answer.get(name, "")) for name in VARIABLES}
    except (ValueError, AttributeError):
        raise _RefusedError(f"`go env -json` printed no JSON: {last_line(done.stdout)}") from None


def _why_not_started(error: OSError) -> str:
    if error.errno == errno.ENOEXEC:
        return "exec format error: made for another CPU or system, or not a program"
    if error.errno == errno.EACCES:
        return "not executable: permission denied"
    if error.errno == errno.ENOENT:
        return "does not start: the file, or the loader or interpreter it names, is missing"
    return f"does not start: {error.strerror or error}"


def _judge(candidate: Candidate, variables: dict[str, str], environ: Mapping[str, str]) -> Identity:
    if "gccgo" in variables["GOVERSION"]:
        raise _RefusedError("gccgo, which has no test cache, race detector or module downloads")
    if variables["GOHOSTOS"] == "windows":
        raise _RefusedError("a Windows Go (GOHOSTOS=windows), which tests Windows")
    goroot = Path(variables["GOROOT"] or "/nonexistent")
    tree = _tree_version(goroot)
    # Before Go 1.16 `go env` knew no GOVERSION: the tree still says how old it is.
    text = variables["GOVERSION"] or tree
    try:
        version = parse_version(text)
    except ValueError:
        raise _RefusedError(f"its version cannot be understood: {text!r}") from None
    if version < MINIMUM:
        raise _RefusedError(f"{text} is older than Go {MINIMUM}")
    if not (goroot / "src" / "runtime").is_dir():
        raise _RefusedError(f"broken GOROOT: {goroot}/src/runtime is missing")
    _refuse_mixture(version, text, goroot, tree)
    actual = setting("GOTOOLCHAIN", variables=variables, environ=environ)
    # `go env` was told "local" for this question; Go's default without any go.env is local too.
    variables["GOTOOLCHAIN"] = actual[0] if actual else "local"
    return Identity(candidate.path, candidate.source, version, text, goroot, variables)


def _tree_version(goroot: Path) -> str:
    try:
        text = (goroot / "VERSION").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text.partition("\n")[0].strip()


def _refuse_mixture(version: Version, text: str, goroot: Path, tree: str) -> None:
    """`go env` is content with the tree of another release; every compilation then fails."""
    try:
        other = parse_version(tree)
    except ValueError:
        return  # built from source: no VERSION file
    if other != version and not version.is_devrelease:
        raise _RefusedError(f"{text} with the GOROOT of {tree} ({goroot})")
