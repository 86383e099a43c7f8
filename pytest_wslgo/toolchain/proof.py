"""Proofs by doing: a program with C in it that runs, and a data race that is reported.

`cgo` and `race` ask a C compiler and Go; they cost next to nothing and are right nearly always.
These take a second or more, and find what only the whole way shows: a linker that cannot, a race
runtime that the kernel or a limit on memory does not let start.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.running import run
from pytest_wslgo.toolchain.command import GoCommandError
from pytest_wslgo.toolchain.model import Capability
from pytest_wslgo.toolchain.proof_key import key, work_directory
from pytest_wslgo.toolchain.trial import cache_directory, remember

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.toolchain.toolchain import Toolchain

_MODULE: Final = "module example.com/proof\n\ngo 1.21\n"

_CGO: Final = """\
package main

// #include <stdlib.h>
// static int twice(const char *text) { return 2 * atoi(text); }
import "C"

import "fmt"

func main() { fmt.Println(C.twice(C.CString("21"))) }
"""

# Nothing orders the two increments, in whatever order they happen: the detector always sees it.
_RACE: Final = """\
package main

import "fmt"

func main() {
	shared, done := 0, make(chan bool)
	go func() { shared++; done <- true }()
	shared++
	<-done
	fmt.Println(shared)
}
"""

_RACED: Final = 66
"""The exit status of a program in which a race was found (TSan's `exitcode`)."""

_BUILDING: Final = 300.0  # seconds: the first time the standard library is built, by zig too
_RUNNING: Final = 60.0  # seconds
_TAIL: Final = 5  # lines of output in a reason
_CRASH: Final = ("runtime: ", "fatal error: ", "panic: ", "FATAL: ")  # stacks follow

# The repository's wishes (modes of go.mod, build tags, workspaces) have nothing to do with it. The
# detector by itself waits a second for late races when the program ends.
_NEUTRAL: Final = {
    "GOFLAGS": "-mod=mod",
    "GOWORK": "off",
    "GO111MODULE": "on",
    "GORACE": "atexit_sleep_ms=0",
}


@dataclass(frozen=True, slots=True)
class _Ended:
    status: int
    stdout: str
    stderr: str


class _DisprovedError(Exception):
    """The message is the reason."""


def prove_cgo(toolchain: Toolchain, environ: Mapping[str, str] | None = None) -> Capability:
    """Build a program that calls C, and run it.

    A success is remembered in the user's cache directory until the Go, the compiler, their
    settings, the kernel or a limit changes. A failure is not: what cures it (a package, space, a
    mount option, an environment variable of the linker) may leave all of these as they are, so it
    is tried anew whenever somebody asks.

    Args:
        toolchain: which Go and compiler; where cgo is off already that is the answer.
        environ: the environment that tests will run in; this process's when None.
    """
    environ = os.environ if environ is None else environ
    if not toolchain.cgo.ok:
        return toolchain.cgo
    return _prove("cgo", toolchain, environ)


def prove_race(toolchain: Toolchain, environ: Mapping[str, str] | None = None) -> Capability:
    """Build a program with a data race in it with -race, run it, and see the race reported.

    One that runs and reports nothing is no race detector: what it lets pass would be green. The
    exit status alone proves nothing: TSan ends with the same one when it cannot start.
    Remembered as `prove_cgo` does it.

    Args:
        toolchain: which Go and compiler; where race is off already that is the answer.
        environ: the environment that tests will run in; this process's when None.
    """
    environ = os.environ if environ is None else environ
    if not toolchain.race.ok:
        return toolchain.race
    return _prove("race", toolchain, environ)


def _prove(what: str, toolchain: Toolchain, environ: Mapping[str, str]) -> Capability:
    if off := toolchain.cgo_off(environ):
        name = off.partition("=")[0]
        return Capability(ok=False, reason=f"{off} in the environment", cure=f"unset {name}")
    memory = cache_directory(environ) / "proof" / f"{key(what, toolchain, environ)}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        reason = json.loads(memory.read_text(encoding="utf-8"))["reason"]
        return Capability(ok=True, reason=str(reason))
    try:
        _try(what, toolchain, environ)
    except _DisprovedError as disproved:
        return Capability(ok=False, reason=str(disproved), cure=_cure(what, toolchain))
    reason = {
        "cgo": f"a program that calls C was built and run, with {toolchain.cgo.reason}",
        "race": f"a program with a data race reported it, with {toolchain.cgo.reason}",
    }[what]
    remember(memory, {"reason": reason})
    return Capability(ok=True, reason=reason)


def _cure(what: str, toolchain: Toolchain) -> str:
    if what == "race":
        return "--wslgo-race=off runs without the race detector"
    compiler = "the C compiler" if toolchain.compiler is None else toolchain.compiler.name
    return f"mend what {compiler} complains about, or set CGO_ENABLED=0"


def _try(what: str, toolchain: Toolchain, environ: Mapping[str, str]) -> None:
    """Do it.

    Raises:
        _DisprovedError: it does not work.
    """
    neutral = {**environ, **_NEUTRAL}
    work = work_directory(toolchain, environ)
    try:
        with tempfile.TemporaryDirectory(prefix="wslgo-proof-", dir=work) as name:
            place = Path(name)
            (place / "go.mod").write_text(_MODULE, encoding="utf-8")
            source = {"cgo": _CGO, "race": _RACE}[what]
            (place / "main.go").write_text(source, encoding="utf-8")
            race = ["-race"] if what == "race" else []
            build = ("build", *race, "-o", "proof", ".")
            toolchain.run(*build, cwd=place, environ=neutral, timeout=_BUILDING)
            ended = _run(place / "proof", toolchain.environ(neutral))
    except GoCommandError as error:
        raise _DisprovedError(_in_one_line(error)) from None
    except OSError as error:
        raise _DisprovedError(f"cannot build a program in {work}: {error}") from None
    {"cgo": _check_cgo, "race": _check_race}[what](ended)


def _run(program: Path, environ: Mapping[str, str]) -> _Ended:
    try:
        done = run([str(program)], cwd=program.parent, environ=environ, timeout=_RUNNING)
    except subprocess.TimeoutExpired:
        raise _DisprovedError(f"the program had not ended after {_RUNNING:g} s") from None
    except OSError as error:
        told = f"the program was built and does not start in {program.parent}: {error.strerror}"
        raise _DisprovedError(told) from None
    return _Ended(done.returncode, done.stdout, done.stderr)


def _check_cgo(ended: _Ended) -> None:
    if (ended.status, ended.stdout.strip()) != (0, "42"):
        raise _DisprovedError(f"the program was built and {_how(ended)}")


def _check_race(ended: _Ended) -> None:
    reported = "WARNING: DATA RACE" in ended.stderr
    if not reported and ended.status == 0:
        raise _DisprovedError("the program was built with -race, and its race was not reported")
    if not reported:
        raise _DisprovedError(f"the program was built with -race and {_how(ended)}")
    if ended.status != _RACED:
        raise _DisprovedError(f"the race was reported, but the program {_how(ended)}")


def _how(ended: _Ended) -> str:
    if ended.status < 0:
        how = f"was ended by {signal.Signals(-ended.status).name}"
    else:
        how = f"ended with exit status {ended.status}"
    said = _tail(ended.stderr + ended.stdout)
    return f"{how}: {said}" if said else how


def _in_one_line(error: GoCommandError) -> str:
    end = "did not finish" if error.returncode is None else f"exit status {error.returncode}"
    return f"`{shlex.join(error.command)}` failed ({end}): {_tail(error.output) or 'no output'}"


def _tail(text: str) -> str:
    """The lines that say most, in one: a crash's first, and else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    crash = (at for at, line in enumerate(lines) if line.startswith(_CRASH))
    first = next(crash, max(0, len(lines) - _TAIL))
    return " | ".join(lines[first : first + _TAIL])
