from __future__ import annotations

import os
import pickle
import select
import subprocess
from typing import TYPE_CHECKING

import pytest
import toolchain_fakes as fake

from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain import GoCommandError, Toolchain, locate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def real_go() -> Toolchain:
    """The Go of this machine."""
    fake.real("go")
    return locate(environ=os.environ)


def test_goroot_first_on_path(tmp_path: Path) -> None:
    """A test that calls `go` meets this toolchain's: GOROOT/bin comes first, once."""
    fake.go(tmp_path)
    root = tmp_path / "root-go1.26.8"
    fake.script(root / "bin" / "go", "exit 0")
    environ = fake.environ(tmp_path)
    found = locate(environ=environ)

    once = found.environ(environ)
    twice = found.environ(once)

    assert once["PATH"].split(os.pathsep) == [str(root / "bin"), str(tmp_path)]
    assert twice == once


def test_additions_for_own_target_only(tmp_path: Path) -> None:
    """What was tried for this platform is not told to a build for another one."""
    fake.go(tmp_path)
    fake.broken_compiler(tmp_path / "gcc")
    fake.compiler(tmp_path / "clang")
    environ = fake.environ(tmp_path)
    found = locate(environ=environ)

    native = found.environ(environ)
    foreign = found.environ({**environ, "GOARCH": "arm64"})

    assert native["CC"] == "clang"
    assert "CC" not in foreign


def test_additions_yield(tmp_path: Path) -> None:
    """A variable that the base sets is left alone."""
    fake.go(tmp_path)
    fake.broken_compiler(tmp_path / "gcc")
    fake.compiler(tmp_path / "clang")
    environ = fake.environ(tmp_path)
    found = locate(environ=environ)

    made = found.environ({**environ, "CC": "mine"})

    assert made["CC"] == "mine"


@pytest.mark.parametrize(
    ("version", "specifier", "expected"),
    [
        ("go1.26.8", ">=1.22", True),
        ("go1.26.8", ">=1.22,<1.26", False),
        ("go1.26.8", "==1.26.*", True),
        ("go1.26.8-X:jsonv2", "==1.26.8", True),
        ("go1.23rc2", ">=1.22", True),
        ("go1.23rc2", ">=1.23", False),
        ("go1.27-devel_0123abc", ">=1.26", True),
    ],
)
def test_satisfies(tmp_path: Path, version: str, specifier: str, *, expected: bool) -> None:
    """Specifiers are packaging's, and prereleases count as what they are."""
    fake.go(tmp_path, version)

    found = locate(environ=fake.environ(tmp_path))

    assert found.satisfies(specifier) is expected


def test_run(real_go: Toolchain, tmp_path: Path) -> None:
    """A command runs where it is told to, and its output comes back."""
    done = real_go.run("env", "GOMOD", cwd=tmp_path, environ={**os.environ, "GOFLAGS": ""})

    assert done.stdout.strip() == os.devnull


def test_run_fails(real_go: Toolchain, tmp_path: Path) -> None:
    """A failing command raises an error with the command, the place and the output's tail."""
    with pytest.raises(GoCommandError) as caught:
        real_go.run("build", "nowhere.go", cwd=tmp_path)

    error = caught.value
    assert isinstance(error, ToolchainError)
    assert error.command == (str(real_go.go), "build", "nowhere.go")
    assert (error.cwd, error.returncode) == (str(tmp_path), 1)
    assert f"go build nowhere.go` in {tmp_path} failed (exit status 1):" in str(error)
    assert "nowhere.go" in error.output


def test_run_without_directory(real_go: Toolchain, tmp_path: Path) -> None:
    """A working directory that is missing is the same error as a failing command."""
    with pytest.raises(GoCommandError, match="No such file or directory"):
        real_go.run("version", cwd=tmp_path / "gone")


def test_run_deadline(tmp_path: Path) -> None:
    """A command that runs too long is ended with its children, and the error says so."""
    fake.go(tmp_path)
    found = locate(environ=fake.environ(tmp_path))
    os.mkfifo(tmp_path / "alive")
    alive = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    fake.script(tmp_path / "go", "exec 3> alive; (while :; do :; done) & wait")

    with pytest.raises(GoCommandError, match=r"did not finish.*\n.*no answer within 0.5 s"):
        found.run("test", cwd=tmp_path, environ=fake.environ(tmp_path), timeout=0.5)

    # The child holds the pipe open as long as it lives: its end is the end of the file.
    ready, _, _ = select.select([alive], [], [], 10)
    os.close(alive)
    assert ready == [alive]


def test_error_pickles() -> None:
    """The error survives pickling with its fields and its message: xdist sends it."""
    error = GoCommandError(["go", "build"], "/m", 1, "undefined: x")

    copy = pickle.loads(pickle.dumps(error))

    assert (copy.command, copy.cwd, copy.returncode, copy.output) == (
        ("go", "build"),
        "/m",
        1,
        "undefined: x",
    )
    assert str(copy) == str(error)


def test_tail_only() -> None:
    """A long output is cut to its end in the message, and kept whole in the field."""
    output = "\n".join(f"line {n}" for n in range(100))

    error = GoCommandError(["go"], "/m", 1, output)

    assert "line 99" in str(error)
    assert "line 79" not in str(error)
    assert error.output == output


def test_build(real_go: Toolchain, tmp_path: Path) -> None:
    """A command is built to the place that was asked for, with its tags, and runs."""
    (tmp_path / "go.mod").write_text("module example.com/hello\n\ngo 1.21\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() { println(word) }\n")
    (tmp_path / "a.go").write_text('//go:build loud\n\npackage main\n\nconst word = "HI"\n')
    (tmp_path / "b.go").write_text('//go:build !loud\n\npackage main\n\nconst word = "hi"\n')

    built = real_go.build(".", tmp_path / "out" / "hello", cwd=tmp_path, tags="loud")

    assert built.path == tmp_path / "out" / "hello"
    assert subprocess.run([built], capture_output=True, check=True).stderr == b"HI\n"
