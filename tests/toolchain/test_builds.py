from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import toolchain_fakes as fake

from pytest_wslgo.errors import ArgumentError
from pytest_wslgo.toolchain import Builds, GoCommandError, Toolchain, locate

if TYPE_CHECKING:
    from pathlib import Path

MAIN = 'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("one") }\n'
USES_C = 'package main\n\nimport "C"\n\nfunc main() {}\n'


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module with a command and a package that is none."""
    module = tmp_path / "module"
    for name, text in {
        "go.mod": "module example.com/m\n\ngo 1.21\n",
        "cmd/tool/main.go": MAIN,
        "lib/lib.go": "package lib\n",
    }.items():
        (module / name).parent.mkdir(parents=True, exist_ok=True)
        (module / name).write_text(text)
    return module


@pytest.fixture
def go(module: Path, tmp_path: Path) -> Toolchain:
    """The Go of this machine; the links that it makes are noted beside the module."""
    fake.real("go")
    linker = fake.script(
        tmp_path / "noting",
        f'case "$1 $2" in *-V=full) ;; */link\\ *) echo link >> {tmp_path}/links;; esac\nexec "$@"',
    )
    base = {**os.environ, "GOFLAGS": f"-toolexec={linker}"}
    found = locate(environ=os.environ)
    return replace(found, base=base, directory=module, builds=Builds(lambda: tmp_path / "builds"))


def links(tmp_path: Path) -> int:
    """How often something was linked."""
    log = tmp_path / "links"
    return log.read_text().count("link") if log.exists() else 0


def said(program: os.PathLike[str]) -> str:
    """What a program prints."""
    return subprocess.run([program], capture_output=True, check=True, text=True).stdout


def test_described(go: Toolchain) -> None:
    """A program knows its path, digest and size, and that without cgo it is static."""
    assert go.base is not None

    built = go.build("./cmd/tool", environ={**go.base, "CGO_ENABLED": "0"})

    content = built.path.read_bytes()
    assert (built.size, built.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (built.format, built.static, built.needed) == ("elf", True, ())
    assert (built.path.name, built.package, built.platform) == (
        "tool",
        "./cmd/tool",
        f"{go.goos}/{go.goarch}",
    )
    assert (built.race, built.cover) == (False, False)
    assert os.fspath(built) == str(built) == str(built.path)
    assert said(built) == "one"


def test_shared_libraries(go: Toolchain, module: Path) -> None:
    """A program with C in it needs the C library, and says so."""
    if not go.cgo.ok:
        pytest.skip(f"cgo does not work here: {go.cgo.reason}")
    (module / "cmd/tool/main.go").write_text(USES_C)

    built = go.build("./cmd/tool")

    assert built.static is False
    assert built.needed is not None
    assert any(name.startswith("libc.") for name in built.needed)


def test_once(go: Toolchain, tmp_path: Path) -> None:
    """The same build asked for twice is linked once, and is the same value."""
    first = go.build("./cmd/tool")
    second = go.build("./cmd/tool")

    assert first == second
    assert links(tmp_path) == 1


def test_several_processes(go: Toolchain, module: Path, tmp_path: Path) -> None:
    """Processes that ask for the same at once have it linked once."""
    program = textwrap.dedent("""
        import os, sys
        from dataclasses import replace
        from pathlib import Path
        from pytest_wslgo.toolchain import Builds, locate

        module, builds = map(Path, sys.argv[1:])
        sys.stdin.read()  # until all are ready
        go = replace(locate(environ=os.environ), directory=module, builds=Builds(lambda: builds))
        print(go.build("./cmd/tool").sha256)
    """)
    assert go.base is not None
    argv = [sys.executable, "-c", program, str(module), str(tmp_path / "builds")]
    start, opened = os.pipe()
    running = [
        subprocess.Popen(argv, stdin=start, stdout=subprocess.PIPE, text=True, env=dict(go.base))
        for _ in range(3)
    ]
    os.close(start)
    os.close(opened)

    told = {process.communicate(timeout=60)[0] for process in running}

    assert len(told) == 1
    assert len(told.pop().strip()) == 64
    assert links(tmp_path) == 1


def test_changed_source(go: Toolchain, module: Path) -> None:
    """A changed source gives the changed program; who has the old one keeps it as it was."""
    old = go.build("./cmd/tool")
    (module / "cmd/tool/main.go").write_text(MAIN.replace("one", "two"))

    new = go.build("./cmd/tool")

    assert (said(old), said(new)) == ("one", "two")
    assert old.sha256 != new.sha256


def test_changed_name(go: Toolchain, module: Path) -> None:
    """A program whose name changes between two builds is the new one, alone."""
    (module / "main.go").write_text(MAIN)
    old = go.build(".")
    (module / "go.mod").write_text("module example.com/other\n\ngo 1.21\n")

    new = go.build(".")

    assert (old.path.name, new.path.name) == ("m", "other")


def test_another_platform(go: Toolchain) -> None:
    """platform= builds for another system, whose format is known and its libraries are not."""
    built = go.build("./cmd/tool", platform="windows/amd64")

    assert (built.path.name, built.platform, built.format) == ("tool.exe", "windows/amd64", "pe")
    assert (built.static, built.needed) == (None, None)
    assert go.build("./cmd/tool").path.name == "tool"


def test_race_and_cover(go: Toolchain) -> None:
    """Race and cover are programs of their own, and each says what it is."""
    if not go.race.ok:
        pytest.skip(f"the race detector does not work here: {go.race.reason}")

    plain = go.build("./cmd/tool")
    race = go.build("./cmd/tool", race=True)
    cover = go.build("./cmd/tool", cover=True)

    assert len({plain.sha256, race.sha256, cover.sha256}) == 3
    assert (race.race, race.cover, cover.race, cover.cover) == (True, False, False, True)
    assert go.run("version", "-m", str(race)).stdout.count("-race=true") == 1


@pytest.mark.parametrize("platform", ["windows", "windows/", "/amd64", "linux/arm/v7"])
def test_no_platform(go: Toolchain, platform: str) -> None:
    """What is no platform is refused before Go starts, with an example of one."""
    with pytest.raises(ArgumentError, match="windows/amd64"):
        go.build("./cmd/tool", platform=platform)


def test_no_program(go: Toolchain) -> None:
    """A package that is no command is Go's error, with its words."""
    with pytest.raises(GoCommandError, match="no main packages to build"):
        go.build("./lib")


def test_several_programs(go: Toolchain, module: Path) -> None:
    """A pattern that names two commands is refused, with their names."""
    (module / "cmd/other").mkdir()
    (module / "cmd/other/main.go").write_text(MAIN)

    with pytest.raises(ArgumentError, match=r"2 programs \(other, tool\)"):
        go.build("./...")


def test_no_place(go: Toolchain, module: Path) -> None:
    """A directory in the place of the output's name, or no place at all, is refused."""
    with pytest.raises(ArgumentError, match="name a file"):
        go.build("./cmd/tool", module)
    with pytest.raises(ArgumentError, match="no place for builds"):
        replace(go, builds=None).build("./cmd/tool")


def test_soft_lock(go: Toolchain, tmp_path: Path) -> None:
    """Where flock does not work the lock is a file that is there while somebody builds."""
    soft = replace(go, builds=Builds(lambda: tmp_path / "soft", lambda _: True))

    built = soft.build("./cmd/tool")

    assert said(built) == "one"
    assert list((tmp_path / "soft").glob("*.lock")) == []


def test_env(go: Toolchain, module: Path) -> None:
    """`env` is what `go env` says where and as commands run."""
    assert go.env["GOMOD"] == str(module / "go.mod")
    assert "-toolexec" in go.env["GOFLAGS"]


def test_go_test(go: Toolchain, module: Path) -> None:
    """`test` returns what a passing package prints, and raises with the tail of a failing one."""
    test = 'package lib\n\nimport "testing"\n\nfunc TestA(t *testing.T) { t.Fatal("no %s") }\n'
    (module / "lib/a_test.go").write_text(test % "luck")

    with pytest.raises(GoCommandError, match=r"go test -run=A ./lib` in .*(\n.*)*no luck"):
        go.test("./lib", "-run=A")
    assert "ok  \texample.com/m/lib" in go.test("./lib", "-run=B").stdout
