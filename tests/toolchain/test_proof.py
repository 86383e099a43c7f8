"""Proofs by doing: what is built is run, and what it says is believed."""

from __future__ import annotations

import os
import select
import shlex
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import filesystems
import pytest
import toolchain_fakes as fake

from pytest_wslgo.toolchain import Capability, Toolchain, locate, proof, prove_cgo, prove_race

if TYPE_CHECKING:
    from pathlib import Path

Environ = dict[str, str]
Prove = Callable[[Toolchain, Environ], Capability]


@pytest.fixture(scope="module")
def build_cache() -> str:
    """Go's own build cache, which another XDG_CACHE_HOME would hide."""
    command = [str(fake.real("go")), "env", "GOCACHE"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build_cache: str) -> Environ:
    """A machine without wheels, on which `go` notes that it builds, and does it."""
    fake.real("gcc")
    fake.hide_wheels(monkeypatch)
    go(tmp_path, 'exec "$real" "$@"')
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GO", "CGO"))}
    ours = {"PATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache"), "GOCACHE": build_cache}
    return {**kept, **ours}


def go(tmp_path: Path, build: str) -> None:
    """A `go` on PATH: how it builds is a shell's command; the rest is the real one's."""
    real = shlex.quote(str(fake.real("go").resolve()))
    log = shlex.quote(str(tmp_path / "builds"))
    fake.script(
        tmp_path / "bin" / "go",
        f'real={real}\n[ "$1" = build ] || exec "$real" "$@"\necho "$*" >> {log}\n{build}',
    )


def program(body: str) -> str:
    """How a `go` builds whose programs are this shell script."""
    return f"printf '#!/bin/sh\\n%s\\n' {shlex.quote(body)} > proof; chmod +x proof"


def builds(tmp_path: Path) -> list[str]:
    """What `go build` was asked for so far."""
    log = tmp_path / "builds"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def located(environ: Environ, **more: str) -> tuple[Toolchain, Environ]:
    """The toolchain of an environment, with that."""
    whole = {**environ, **more}
    return locate(environ=whole), whole


def test_cgo(tmp_path: Path, environ: Environ) -> None:
    """A program that calls C is built with the compiler that was found, and runs."""
    proved = prove_cgo(*located(environ))

    assert proved.ok
    assert proved.reason.startswith("a program that calls C was built and run, with gcc ")
    assert builds(tmp_path) == ["build -o proof ."]


def test_race(tmp_path: Path, environ: Environ) -> None:
    """A program with a data race is built with -race, and reports it."""
    proved = prove_race(*located(environ))

    assert proved.ok
    assert proved.reason.startswith("a program with a data race reported it, with gcc ")
    assert builds(tmp_path) == ["build -race -o proof ."]


def test_settings_of_the_repository(tmp_path: Path, environ: Environ) -> None:
    """What somebody wishes for their own module is not in the way, nor what they say of races."""
    more = {"GOFLAGS": "-toolexec=false", "GOWORK": f"{tmp_path}/go.work"}

    proved = prove_race(*located(environ, **more, GORACE=f"exitcode=0 log_path={tmp_path}/log"))

    assert proved.ok


@pytest.mark.parametrize("prove", [prove_cgo, prove_race])
def test_remembered(tmp_path: Path, environ: Environ, prove: Prove) -> None:
    """A success is the answer in later sessions, without a process."""
    first = prove(*located(environ))
    before = builds(tmp_path)

    again = prove(*located(environ))

    assert again == first
    assert len(before) == 1
    assert builds(tmp_path) == before


def test_one_is_not_the_other(tmp_path: Path, environ: Environ) -> None:
    """That cgo works says nothing of the race detector."""
    prove_cgo(*located(environ))

    prove_race(*located(environ))

    assert builds(tmp_path) == ["build -o proof .", "build -race -o proof ."]


def test_another_go(tmp_path: Path, environ: Environ) -> None:
    """A `go` that is no longer the same file is tried anew."""
    prove_cgo(*located(environ))
    go(tmp_path, 'exec "$real" "$@"  # another')

    prove_cgo(*located(environ))

    assert len(builds(tmp_path)) == 2


@pytest.mark.parametrize("name", ["CGO_CFLAGS", "CGO_LDFLAGS", "LD_LIBRARY_PATH", "GOAMD64"])
def test_other_settings(tmp_path: Path, environ: Environ, name: str) -> None:
    """With another setting that C or its programs depend on it is tried anew."""
    value = {"CGO_LDFLAGS": "-O1", "CGO_CFLAGS": "-O1", "GOAMD64": "v1"}.get(name, str(tmp_path))
    prove_cgo(*located(environ))

    prove_cgo(*located(environ, **{name: value}))

    assert len(builds(tmp_path)) == 2


def test_another_directory(tmp_path: Path, environ: Environ) -> None:
    """Where programs are executed is part of the question."""
    prove_cgo(*located(environ))

    prove_cgo(*located(environ, GOTMPDIR=str(tmp_path)))

    assert len(builds(tmp_path)) == 2


def test_no_compiler(tmp_path: Path, environ: Environ) -> None:
    """Where cgo is off for a reason that is known already, that is the answer."""
    toolchain, whole = located(environ, CGO_ENABLED="0")

    assert prove_cgo(toolchain, whole) is toolchain.cgo
    assert prove_race(toolchain, whole) is toolchain.race
    assert builds(tmp_path) == []


def test_compiler_that_fails_for_go(tmp_path: Path, environ: Environ) -> None:
    """A compiler that passes the trial and cannot do what Go wants is found out, in its words."""
    gcc = shlex.quote(str(fake.real("gcc")))
    body = f'case "$*" in *trial.c*|*-version*) exec {gcc} "$@";; esac\necho no memory >&2; exit 1'
    compiler = fake.script(tmp_path / "cc", body)
    toolchain, whole = located(environ, CC=str(compiler), CGO_CFLAGS=f"-I{tmp_path}")
    assert toolchain.cgo.ok

    proved = prove_cgo(toolchain, whole)

    assert not proved.ok
    assert f"{tmp_path}/bin/go build -o proof .` failed (exit status 1): " in proved.reason
    assert "no memory" in proved.reason
    assert "\n" not in proved.reason
    assert proved.cure == "mend what cc complains about, or set CGO_ENABLED=0"


def test_failure_not_remembered(tmp_path: Path, environ: Environ) -> None:
    """A failure is tried again: what cures it may change nothing that is looked at."""
    go(tmp_path, f'[ -e {tmp_path}/cured ] || exit 1\nexec "$real" "$@"')
    before = prove_cgo(*located(environ))
    (tmp_path / "cured").touch()

    after = prove_cgo(*located(environ))

    assert (before.ok, after.ok) == (False, True)
    assert len(builds(tmp_path)) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("exit 0", "the program was built and ended with exit status 0"),
        ("echo 41", "the program was built and ended with exit status 0: 41"),
        ("echo 42; exit 3", "the program was built and ended with exit status 3: 42"),
        ("kill -SEGV $$", "the program was built and was ended by SIGSEGV"),
    ],
)
def test_program_that_is_wrong(tmp_path: Path, environ: Environ, body: str, reason: str) -> None:
    """A program that was built proves nothing unless what it says is right."""
    go(tmp_path, program(body))

    proved = prove_cgo(*located(environ))

    assert proved == Capability(ok=False, reason=reason, cure=proved.cure)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("exit 0", "built with -race, and its race was not reported"),
        ("echo WARNING: DATA RACE >&2", "the race was reported, but the program ended with"),
        (
            "echo FATAL: ThreadSanitizer: unexpected memory mapping >&2; exit 66",
            "built with -race and ended with exit status 66: FATAL: ThreadSanitizer: unexpected",
        ),
    ],
)
def test_detector_that_is_none(tmp_path: Path, environ: Environ, body: str, reason: str) -> None:
    """Report and exit status must both be there: each comes without the other from broken ones."""
    go(tmp_path, program(body))

    proved = prove_race(*located(environ))

    assert not proved.ok
    assert reason in proved.reason
    assert proved.cure == "--wslgo-race=off runs without the race detector"


def test_race_build_without_race(tmp_path: Path, environ: Environ) -> None:
    """A Go that takes -race and builds without it is no race detector."""
    go(tmp_path, 'shift 2\nexec "$real" build "$@"')

    proved = prove_race(*located(environ))

    assert not proved.ok
    assert proved.reason == "the program was built with -race, and its race was not reported"


def test_program_that_hangs(
    tmp_path: Path, environ: Environ, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that does not end is ended, with what it has started."""
    monkeypatch.setattr(proof, "_RUNNING", 0.5)
    for name in ("alive", "never"):
        os.mkfifo(tmp_path / name)
    go(tmp_path, program(f"exec 3> {tmp_path}/alive; cat {tmp_path}/never; exit 0"))
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)

    proved = prove_cgo(*located(environ))

    assert (proved.ok, proved.reason) == (False, "the program had not ended after 0.5 s")
    poll = select.poll()
    poll.register(alive, 0)
    assert poll.poll(20_000) == [(alive, select.POLLHUP)]
    os.close(alive)


def test_address_space(environ: Environ) -> None:
    """A real limit on address space: what is too large for it is found out, in its own words."""
    code = (
        "import os, resource; from pytest_wslgo.toolchain import locate, prove_race\n"
        "toolchain = locate(environ=os.environ)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))\n"
        "print(prove_race(toolchain))"
    )
    assert prove_race(*located(environ)).ok

    said = fake.python(code, environ)

    assert said.startswith("Capability(ok=False, ")
    assert "exit status 2" in said
    assert "fatal error: " in said


def test_no_work_directory(tmp_path: Path, environ: Environ) -> None:
    """Where nothing can be built the directory is named."""
    toolchain, whole = located(environ)

    proved = prove_cgo(toolchain, {**whole, "TMPDIR": str(tmp_path / "gone")})

    assert not proved.ok
    assert proved.reason.startswith(f"cannot build a program in {tmp_path}/gone: ")


def test_noexec(tmp_path: Path, environ: Environ) -> None:
    """Where what is built may not be executed (a mount with noexec) cgo is of no use, and why."""
    place = tmp_path / "work"
    stage = filesystems.tmpfs(place, "noexec,size=200m")
    code = (
        "import os; from pytest_wslgo.toolchain import locate, prove_cgo\n"
        "print(prove_cgo(locate(environ=os.environ)).reason)"
    )

    said = stage.python(code, **{**environ, "GOTMPDIR": str(place)})

    assert said.startswith(f"the program was built and does not start in {place}/wslgo-proof-")
    assert said.endswith(": Permission denied\n")


def test_noexec_later(tmp_path: Path, environ: Environ) -> None:
    """A mount that has become noexec is tried anew, though the directory is the same."""
    place = tmp_path / "work"
    stage = filesystems.tmpfs(place, "size=200m")
    code = (
        "import os, subprocess, sys; from pytest_wslgo.toolchain import locate, prove_cgo\n"
        "toolchain = locate(environ=os.environ)\n"
        "print(prove_cgo(toolchain).ok)\n"
        "subprocess.run(['mount', '-o', 'remount,noexec', sys.argv[1]], check=True)\n"
        "print(prove_cgo(toolchain).ok)"
    )

    said = stage.python(code, str(place), **{**environ, "GOTMPDIR": str(place)})

    assert said.split() == ["True", "False"]


def test_damaged_memory(tmp_path: Path, environ: Environ) -> None:
    """A damaged file in the cache is as good as none."""
    prove_cgo(*located(environ))
    for file in (tmp_path / "cache").rglob("proof/*.json"):
        file.write_text("[]", encoding="utf-8")

    proved = prove_cgo(*located(environ))

    assert proved.ok
    assert len(builds(tmp_path)) == 2
