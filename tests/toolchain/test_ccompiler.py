from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
import toolchain_fakes as fake

from pytest_wslgo.toolchain import GoCommandError, Toolchain, locate

HEADERS = "fatal error: stdlib.h: No such file or directory"


@pytest.fixture(autouse=True)
def _fake_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if "slow" not in request.keywords:
        fake.hide_wheels(monkeypatch)
        fake.go(tmp_path)


def find(tmp_path: Path, **more: str) -> Toolchain:
    """Locate the fake Go with the compilers of `tmp_path`."""
    return locate(environ=fake.environ(tmp_path, **more))


def test_default(tmp_path: Path) -> None:
    """The gcc that Go takes by itself needs nothing to be said to Go."""
    fake.compiler(tmp_path / "gcc")

    found = find(tmp_path)

    assert found.compiler is not None
    assert found.compiler.command == (str(tmp_path / "gcc"),)
    assert (found.cgo.ok, found.cgo.reason, found.cgo.cure) == (True, "gcc 12.2.0 from PATH", None)
    assert found.additions == {}


def test_without_headers(tmp_path: Path) -> None:
    """A gcc without the C library's headers is refused with its error, and clang is taken."""
    fake.broken_compiler(tmp_path / "gcc")
    fake.compiler(tmp_path / "clang", "14.0.6")

    found = find(tmp_path)

    assert found.cgo.reason == "clang 14.0.6 from PATH"
    assert found.additions == {"CC": "clang"}


def test_none(tmp_path: Path) -> None:
    """With no compiler that works cgo is off, for each one's reason and with a cure."""
    fake.broken_compiler(tmp_path / "gcc")

    found = find(tmp_path)

    assert not found.cgo.ok
    assert f"gcc: {HEADERS}; clang: not on PATH; zig: the ziglang wheel is not installed" in (
        found.cgo.reason
    )
    assert "pip install 'pytest-wslgo[cc]'" in (found.cgo.cure or "")


def test_go_is_told_off(tmp_path: Path) -> None:
    """Go believes in the broken gcc: it is told CGO_ENABLED=0, so pure Go files are used."""
    fake.broken_compiler(tmp_path / "gcc")

    found = find(tmp_path)

    assert found.environ(fake.environ(tmp_path))["CGO_ENABLED"] == "0"


def test_asked_for_cgo(tmp_path: Path) -> None:
    """Somebody who set CGO_ENABLED=1 keeps it and gets the compiler's own error."""
    fake.broken_compiler(tmp_path / "gcc")

    found = find(tmp_path, CGO_ENABLED="1")

    assert not found.cgo.ok
    assert found.additions == {}


def test_switched_off(tmp_path: Path) -> None:
    """CGO_ENABLED=0 in the environment is obeyed without trying a compiler."""
    gcc = fake.compiler(tmp_path / "gcc")

    found = find(tmp_path, CGO_ENABLED="0")

    assert (found.cgo.ok, found.cgo.reason) == (False, "CGO_ENABLED=0 in the environment")
    assert found.cgo.cure == "unset CGO_ENABLED"
    assert not Path(f"{gcc}.log").exists()


def test_switched_off_for_good(tmp_path: Path) -> None:
    """CGO_ENABLED=0 of `go env -w` is obeyed, and its file is named."""
    fake.compiler(tmp_path / "gcc")
    written = tmp_path / "written"
    written.write_text("CGO_ENABLED=0\n", encoding="utf-8")
    fake.go(tmp_path / "w", GOENV=str(written))

    found = locate(environ=fake.environ(tmp_path, tmp_path / "w", tmp_path))

    assert found.cgo.reason == f"CGO_ENABLED=0 from go env -w ({written})"


def test_explicit_cc(tmp_path: Path) -> None:
    """CC is used with its arguments, split as Go does, and said to be the reason."""
    fake.compiler(tmp_path / "gcc")
    fake.compiler(tmp_path / "with space" / "mycc", "9.1.0")

    found = find(tmp_path, CC=f"'{tmp_path}/with space/mycc' -O1")

    assert found.compiler is not None
    assert found.compiler.command == (f"{tmp_path}/with space/mycc", "-O1")
    assert found.cgo.reason.startswith("mycc ")
    assert found.cgo.reason.endswith("from CC in the environment")


@pytest.mark.parametrize("value", ["missing-cc", "'unterminated", "bad"])
def test_explicit_cc_broken(tmp_path: Path, value: str) -> None:
    """A CC that does not work turns cgo off: no other compiler is used in its place."""
    fake.compiler(tmp_path / "gcc")
    fake.broken_compiler(tmp_path / "bad")

    found = find(tmp_path, CC=value)

    assert (found.cgo.ok, found.compiler) == (False, None)
    assert f"CC, which the environment sets to {value!r}" in (found.cgo.cure or "")


def test_linker_words(tmp_path: Path) -> None:
    """What CGO_LDFLAGS breaks is reported in the linker's words, not as its exit status."""
    fake.real("go")
    gcc = fake.real("gcc")
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "CC": str(gcc)}

    found = locate(environ={**environ, "CGO_LDFLAGS": "-lnowhere"})

    assert not found.cgo.ok
    assert "cannot find -lnowhere" in found.cgo.reason


def test_remembered(tmp_path: Path) -> None:
    """A compiler that passed is not started again, nor to ask its version."""
    gcc = fake.compiler(tmp_path / "gcc")
    first = find(tmp_path)
    starts = Path(f"{gcc}.log").read_text()

    second = find(tmp_path)

    assert second == first
    assert Path(f"{gcc}.log").read_text() == starts


def test_changed_compiler(tmp_path: Path) -> None:
    """A compiler that changed is tried again."""
    gcc = fake.compiler(tmp_path / "gcc")
    find(tmp_path)
    gcc.unlink()
    fake.broken_compiler(gcc)

    found = find(tmp_path)

    assert not found.cgo.ok


def test_failure_not_remembered(tmp_path: Path) -> None:
    """A failure is tried again: what cures it may leave the compiler as it was."""
    gcc = fake.script(
        tmp_path / "gcc",
        f'[ -e "{tmp_path}/headers" ] || {{ echo "error: no headers" >&2; exit 1; }}\n'
        'while [ $# -gt 0 ]; do if [ "$1" = -o ]; then : > "$2"; fi; shift; done',
    )
    before = find(tmp_path)
    (tmp_path / "headers").touch()

    after = find(tmp_path)

    assert gcc.exists()
    assert (before.cgo.ok, after.cgo.ok) == (False, True)


def test_unwritable_cache(tmp_path: Path) -> None:
    """A cache directory that cannot be made means no caching, nothing else."""
    fake.compiler(tmp_path / "gcc")
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")

    found = find(tmp_path)

    assert found.cgo.ok


def test_damaged_cache(tmp_path: Path) -> None:
    """A damaged cache file is as good as none."""
    fake.compiler(tmp_path / "gcc")
    find(tmp_path)
    for file in (tmp_path / "cache").rglob("*.json"):
        file.write_text("{", encoding="utf-8")

    found = find(tmp_path)

    assert found.cgo.reason == "gcc 12.2.0 from PATH"


def test_cross_build(tmp_path: Path) -> None:
    """For a foreign GOARCH cgo is off by default, as Go has it, and the way to get it is named."""
    fake.compiler(tmp_path / "gcc")
    fake.go(tmp_path / "x", GOARCH="arm64", CGO_ENABLED="0")

    found = locate(environ=fake.environ(tmp_path, tmp_path / "x", tmp_path, GOARCH="arm64"))

    assert not found.cgo.ok
    assert "linux/arm64" in found.cgo.reason
    assert found.cgo.cure == "set CGO_ENABLED=1 and CC to a compiler for linux/arm64"


def test_compiler_for_another_cpu(tmp_path: Path) -> None:
    """A compiler that links for this CPU is refused for a foreign GOARCH: its product tells."""
    gcc = fake.real("gcc")
    fake.go(tmp_path / "x", GOARCH="riscv64", CGO_ENABLED="1")
    environ = fake.environ(tmp_path, tmp_path / "x", GOARCH="riscv64", CGO_ENABLED="1")

    found = locate(environ={**environ, "PATH": f"{tmp_path / 'x'}:{os.environ['PATH']}"})

    assert gcc.exists()
    assert "not for riscv64" in found.cgo.reason
    assert found.cgo.cure == "set CC to a compiler for linux/riscv64"


def test_real_compiler(tmp_path: Path) -> None:
    """The gcc of this machine passes the trial when cgo works with it."""
    fake.real("go")
    fake.real("gcc")

    found = locate(environ={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "CC": "gcc"})

    assert found.cgo.ok
    assert found.cgo.reason.startswith("gcc ")


def test_hidden_compiler(tmp_path: Path) -> None:
    """With Go alone on PATH cgo is off, and Go agrees: the plain build works, race is refused."""
    bin_directory = fake.links(tmp_path / "bin", "go")
    environ = {**fake.environ(tmp_path, bin_directory), "GOFLAGS": ""}

    found = locate(environ=environ)

    assert (found.cgo.ok, found.race.ok) == (False, False)
    assert "gcc: not on PATH" in found.race.reason
    with pytest.raises(GoCommandError, match="requires cgo"):
        found.run("list", "-race", "-find", "runtime/race", cwd="/", environ=environ)


RACY = """\
package racy

// static int twice(int x) { return 2 * x; }
import "C"

func Twice(x int) int { return int(C.twice(C.int(x))) }
"""

RACY_TEST = """\
package racy

import "testing"

func TestFine(t *testing.T) {
	if Twice(2) != 4 {
		t.Fatal("cgo")
	}
}

func TestRacy(t *testing.T) {
	shared, done := 0, make(chan bool)
	go func() { shared++; done <- true }()
	shared++
	<-done
}
"""


@pytest.mark.slow
def test_zig(tmp_path: Path) -> None:
    """Without any C compiler on PATH the ziglang wheel compiles cgo and detects a race."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("the ziglang wheel is not installed")
    (tmp_path / "go.mod").write_text("module example.com/racy\n\ngo 1.21\n")
    (tmp_path / "racy.go").write_text(RACY)
    (tmp_path / "racy_test.go").write_text(RACY_TEST)
    bin_directory = fake.links(tmp_path / "bin", "go")
    environ = fake.environ(tmp_path, bin_directory)

    found = locate(environ=environ)

    assert found.cgo.reason.startswith("zig ")
    assert found.race.ok
    found.run("test", "-race", "-run=Fine", ".", cwd=tmp_path, environ=environ)
    with pytest.raises(GoCommandError) as caught:
        found.run("test", "-race", "-run=Racy", ".", cwd=tmp_path, environ=environ)
    assert "WARNING: DATA RACE" in caught.value.output
