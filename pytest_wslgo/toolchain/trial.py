"""The proof that a C compiler works: compile and link a small program, once per machine.

A compiler on PATH proves nothing: gcc without the C library's headers is common in containers,
and `go env CGO_ENABLED` says 1 all the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from platformdirs import user_cache_path

from pytest_wslgo.environment.running import run
from pytest_wslgo.toolchain.goenv import setting, split_command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What runtime/cgo includes and links (src/runtime/cgo/gcc_*.c, cgo.go).
_PROGRAM: Final = """\
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#ifndef _WIN32
#include <pthread.h>
static void *body(void *arg) { return arg; }
#endif
int main(void) {
#ifndef _WIN32
	pthread_t thread;
	sigset_t all;
	sigfillset(&all);
	if (pthread_create(&thread, NULL, body, NULL) != 0) abort();
#endif
	return fprintf(stderr, "%d", errno) < 0;
}
"""

_DEADLINE: Final = 300.0  # seconds: zig builds its C library on first use, up to 100 s of CPU

# What cmd/go adds itself (cmd/go/internal/work.gccArchArgs), as far as the word size needs it.
_ARCH_FLAGS: Final = {"386": ["-m32"], "amd64": ["-m64"], "s390x": ["-m64"], "arm": ["-marm"]}

# Go's defaults (cmd/go/internal/work.DefaultCFlags).
_CGO_FLAGS: Final = {"CGO_CPPFLAGS": "", "CGO_CFLAGS": "-O2 -g", "CGO_LDFLAGS": "-O2 -g"}

# e_machine of an ELF header, from <elf.h>.
_ELF: Final = {
    "386": 3, "mips": 8, "mipsle": 8, "mips64": 8, "mips64le": 8, "ppc64": 21, "ppc64le": 21,
    "s390x": 22, "arm": 40, "amd64": 62, "arm64": 183, "riscv64": 243, "loong64": 258,
}  # fmt: skip


class TrialError(Exception):
    """The compiler does not work; the message is its first error line."""


def prove(
    command: Sequence[str],
    version_command: Sequence[str],
    *,
    variables: Mapping[str, str],
    environ: Mapping[str, str],
) -> str:
    """Try a compiler as cgo would use it, or find that it passed before.

    Only a success is remembered: what cures a failure (the headers' package) leaves the compiler
    as it was, so a remembered failure would outlive its cause.

    Args:
        command: the program, absolute, and its own arguments.
        version_command: what prints its version.
        variables: what `go env` said.
        environ: the environment to run in; also has CGO_CFLAGS and CGO_LDFLAGS, and
            decides where the cache is.

    Returns:
        The compiler's version ("12.2.0"), or "" when it does not say.

    Raises:
        TrialError: it does not compile and link the program for the target.
    """
    flags = _flags(variables, environ)
    memory = cache_directory(environ) / "cc" / f"{_key(command, flags, variables)}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads(memory.read_text(encoding="utf-8"))["version"])
    english = {**environ, "LC_ALL": "C"}
    _compile(command, flags, variables, english)
    version = _version(version_command, english)
    remember(memory, {"command": list(command), "version": version})
    return version


def cache_directory(environ: Mapping[str, str]) -> Path:
    """The user's cache directory for this package, as `environ` decides it; it may not exist."""
    named = environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named) / "pytest-wslgo"
    return user_cache_path("pytest-wslgo", appauthor=False)


def _flags(variables: Mapping[str, str], environ: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Flags before and after the source file, as Go gives them to runtime/cgo."""
    fields = {}
    for name, default in _CGO_FLAGS.items():
        asked = setting(name, variables=variables, environ=environ)
        try:
            fields[name] = split_command(asked[0] if asked else default)
        except ValueError as error:
            raise TrialError(f"{name}: {error}") from None
    arch = _ARCH_FLAGS.get(variables["GOARCH"], [])
    before = [*arch, *fields["CGO_CPPFLAGS"], *fields["CGO_CFLAGS"]]
    after = fields["CGO_LDFLAGS"]
    return before, after if variables["GOOS"] == "windows" else [*after, "-lpthread"]


def _key(
    command: Sequence[str], flags: tuple[list[str], list[str]], variables: Mapping[str, str]
) -> str:
    binary = Path(command[0]).resolve()
    try:
        status = binary.stat()
    except OSError as error:
        raise TrialError(str(error)) from None
    target = (variables["GOOS"], variables["GOARCH"])
    facts = [1, list(command), flags, str(binary), status.st_mtime_ns, status.st_size, target]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _compile(
    command: Sequence[str],
    flags: tuple[list[str], list[str]],
    variables: Mapping[str, str],
    environ: Mapping[str, str],
) -> None:
    before, after = flags
    try:
        with tempfile.TemporaryDirectory(prefix="wslgo-cc-") as name:
            source, output = Path(name, "trial.c"), Path(name, "trial")
            source.write_text(_PROGRAM, encoding="utf-8")
            whole = [*command, *before, str(source), "-o", str(output), *after]
            done = run(whole, cwd=name, environ=environ, timeout=_DEADLINE)
            if done.returncode != 0:
                raise TrialError(_first_error(done.stderr + done.stdout, done.returncode))
            _check_machine(output, variables["GOARCH"])
    except subprocess.TimeoutExpired:
        raise TrialError(f"compiled for more than {_DEADLINE:g} s") from None
    except OSError as error:
        raise TrialError(str(error)) from error


def _first_error(text: str, status: int) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # The linker's own words come before what the driver makes of its exit status.
    telling = (line for line in lines if not line.startswith("collect2: error: ld returned"))
    signs = ("error", "cannot ", "undefined ")
    first = next((line for line in telling if any(s in line.lower() for s in signs)), None)
    if first is None:
        first = lines[0] if lines else f"exit status {status} and no output"
    return re.sub(r"^\S*trial\.c:\d+(:\d+)?: ", "", first)


def _check_machine(output: Path, goarch: str) -> None:
    """A compiler for another CPU links happily: its product tells."""
    with output.open("rb") as file:
        header = file.read(20)
    if not header.startswith(b"\x7fELF"):
        return
    machine = int.from_bytes(header[18:20], "little" if header[5] == 1 else "big")
    if machine != _ELF.get(goarch, machine):
        made = next((name for name, number in _ELF.items() if number == machine), str(machine))
        raise TrialError(f"it compiles for {made}, not for {goarch}")


def _version(command: Sequence[str], environ: Mapping[str, str]) -> str:
    try:
        said = run(command, cwd="/", environ=environ, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    # As in: gcc (Debian 12.2.0-14) 12.2.0, or Debian clang version 14.0.6, or plain 0.17.1.
    match = re.search(r"\d+\.\d+(\.\d+)?", re.sub(r"\(.*?\)", "", said))
    return match[0] if match else ""


def remember(path: Path, facts: Mapping[str, object]) -> None:
    """Write at once or not at all; a cache that cannot be written is no cache, not an error."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}")
        scratch.write_text(json.dumps(facts), encoding="utf-8")
        scratch.replace(path)
