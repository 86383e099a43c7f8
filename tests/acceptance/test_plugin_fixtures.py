"""The plugin's own fixtures: for Python tests, with and without --wslgo and xdist, and for Go."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from go_project import output
from marked_machine import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from go_project import GoProject

WAYS = pytest.mark.parametrize("way", ["off", "on", "xdist"])

TOOL = 'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("hello") }\n'

NAMES = (
    *("cgo_disabled", "free_loopback_port", "go_env", "go_toolchain", "isolated_tmpdir"),
    *("on_drvfs", "wsl_env"),
)


def run(project: GoProject, way: str, *arguments: str) -> pytest.RunResult:
    """A session without --wslgo, with it, or without it on two workers of pytest-xdist."""
    if way == "xdist":
        return project.run("-n2", *arguments, off=True, alone=True)
    return project.run(*arguments, off=way == "off")


@pytest.fixture
def noexec(tmp_path: Path) -> Iterator[Path]:
    """A directory from which nothing can be executed."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    mount = tmp_path / "noexec"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", str(mount)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this root may not mount a file system")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


def test_listed(project: GoProject) -> None:
    """--fixtures lists each with one sentence, and hides what is not for users."""
    result = project.run("--fixtures", off=True)

    for name in NAMES:
        at = next(number for number, line in enumerate(result.outlines) if line.startswith(name))
        text = " ".join(line.strip() for line in result.outlines[at + 1 : at + 3])
        assert text.strip(), name
        assert "no docstring" not in text
    assert "_wslgo_places" not in result.stdout.str()


@WAYS
def test_wsl_env(project: GoProject, way: str) -> None:
    """wsl_env says what the machine is, and why, the same in each test."""
    project.write(
        {
            "test_p.py": """
                import pytest

                KINDS = ("wsl1", "wsl2", "container-on-wsl2", "container", "vm", "linux", "macos")

                @pytest.mark.parametrize("number", range(4))
                def test_machine(wsl_env, number):
                    assert wsl_env.kind in KINDS
                    assert len(wsl_env.fingerprint) == 64
                    assert wsl_env.mount_of("/") is not None
            """
        }
    )

    run(project, way).assert_outcomes(passed=4)


@WAYS
def test_on_drvfs(project: GoProject, way: str) -> None:
    """on_drvfs judges a path by the mount that it is on."""
    put(project, 'with_drive("/mnt/c")')
    project.write(
        {
            "test_p.py": """
                def test_path(on_drvfs, tmp_path):
                    assert on_drvfs("/mnt/c/x") and not on_drvfs(tmp_path)
            """,
        }
    )

    run(project, way).assert_outcomes(passed=1)


@WAYS
def test_go_toolchain(project: GoProject, way: str) -> None:
    """go_toolchain is a Toolchain that runs, tests and builds, from the rootdir."""
    project.write(
        {
            "cmd/tool/main.go": TOOL,
            "lib/a_test.go": "package lib\n",
            "test_p.py": """
                import subprocess, pytest

                def test_toolchain(go_toolchain, pytestconfig, monkeypatch, tmp_path):
                    monkeypatch.chdir(tmp_path)
                    go = go_toolchain
                    assert go.satisfies(">=1.21") and str(go.version) in go.version_text
                    assert go.env["GOMOD"] == str(pytestconfig.rootpath / "go.mod")
                    assert go.run("list", "-m").stdout == "example.com/m\\n"
                    assert "no tests to run" in go.test("./lib").stdout
                    program = go.build("./cmd/tool")
                    assert subprocess.check_output([program]) == b"hello"
                    assert program.size == program.path.stat().st_size

                def test_error(go_toolchain):
                    with pytest.raises(LookupError, match="vet ./nowhere.*(\\n.*)*not found"):
                        go_toolchain.run("vet", "./nowhere")
            """,
        }
    )

    run(project, way).assert_outcomes(passed=2)


def test_built_once(project: GoProject) -> None:
    """What two workers of pytest-xdist build is linked once."""
    log = project.path.parent / "links"
    project.write(
        {
            "main.go": TOOL,
            "linker.sh": f"""
                #!/bin/sh
                case "$1 $2" in *-V=full) ;; */link\\ *) echo link >> {log};; esac
                exec "$@"
            """,
            "test_p.py": """
                import os, pytest
                from pathlib import Path

                @pytest.fixture(scope="session")
                def tool(go_toolchain, go_env):
                    go_env["GOFLAGS"] = f"-toolexec={Path('linker.sh').absolute()}"
                    return go_toolchain.build(".")

                @pytest.mark.parametrize("number", range(6))
                def test_tool(tool, number):
                    with open("workers", "a") as file:
                        print(os.environ["PYTEST_XDIST_WORKER"], file=file)
                    assert tool.path.exists()
            """,
        }
    )
    (project.path / "linker.sh").chmod(0o755)

    run(project, "xdist").assert_outcomes(passed=6)

    assert set((project.path / "workers").read_text().split()) == {"gw0", "gw1"}
    assert log.read_text().split() == ["link"]


def test_no_go(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Go a test that asks for one fails with all that was tried, not a traceback."""
    monkeypatch.setenv("PATH", str(project.path))
    project.write({"test_p.py": "def test_p(go_toolchain): pass"})

    result = project.run("--wslgo-go=/nonexistent/go", off=True)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*/nonexistent/go*"])
    assert "Traceback" not in output(result)
    assert "fixtures.py" not in output(result)


@WAYS
def test_isolated_tmpdir(project: GoProject, way: str) -> None:
    """isolated_tmpdir is where temporary files go and programs run, for one test."""
    project.write(
        {
            "test_p.py": """
                import os, subprocess, tempfile
                from pathlib import Path

                BEFORE = os.environ.get("TMPDIR"), os.environ.get("GOTMPDIR"), tempfile.gettempdir()

                def test_inside(isolated_tmpdir, go_env, go_toolchain):
                    for name in ("TMPDIR", "GOTMPDIR"):
                        assert os.environ[name] == go_env[name] == str(isolated_tmpdir)
                    assert Path(tempfile.mkdtemp()).parent == isolated_tmpdir
                    assert go_toolchain.env["GOTMPDIR"] == str(isolated_tmpdir)
                    script = isolated_tmpdir / "script"
                    script.write_text("#!/bin/sh\\necho ran")
                    script.chmod(0o755)
                    assert subprocess.check_output([script]) == b"ran\\n"
                    Path("was").write_text(str(isolated_tmpdir))

                def test_after():
                    now = os.environ.get("TMPDIR"), os.environ.get("GOTMPDIR")
                    assert (*now, tempfile.gettempdir()) == BEFORE
            """
        }
    )

    run(project, way).assert_outcomes(passed=2)

    assert not os.path.exists((project.path / "was").read_text())  # noqa: PTH110 - a text


@pytest.mark.parametrize("workers", [0, 2])
def test_isolated_tmpdir_from_noexec(
    project: GoProject, noexec: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """Where pytest's own directory is mounted noexec, another one is taken; for builds as well."""
    monkeypatch.setenv("TMPDIR", str(project.path))
    project.write(
        {
            "main.go": TOOL,
            "test_p.py": """
                import os, subprocess

                def test_p(isolated_tmpdir, go_toolchain, tmp_path):
                    for place in (isolated_tmpdir, go_toolchain.build(".").path):
                        with open("places", "a") as file:
                            print(place, file=file)
                    assert subprocess.check_output([go_toolchain.build(".")]) == b"hello"
            """,
        }
    )

    options = [f"-n{workers}"] if workers else []
    result = project.run(f"--basetemp={noexec}/base", *options, off=True, alone=True)

    result.assert_outcomes(passed=1)
    isolated, program = map(Path, (project.path / "places").read_text().split())
    assert not isolated.is_relative_to(noexec)
    assert not isolated.exists()
    # The program stays as long as pytest's directory does: the next session removes it.
    assert not program.is_relative_to(noexec)
    assert program.exists()
    shutil.rmtree(noexec / "base")
    project.run(f"--basetemp={noexec}/more", off=True, alone=True).assert_outcomes(passed=1)
    assert not program.exists()


def test_no_place(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where programs run nowhere, the error has all that was tried, why not, and a cure."""
    monkeypatch.setenv("TMPDIR", str(project.path))
    put(project, 'with_drive("/var")', 'prober({"exec": "EACCES"})')
    project.write({"test_p.py": "def test_p(isolated_tmpdir): pass"})

    result = project.run(off=True)

    result.assert_outcomes(errors=1)
    text = " ".join(result.outlines)
    assert f"{project.path} (EACCES)" in text
    assert "/var/tmp (on a Windows drive), /dev/shm (EACCES)" in text
    assert "set TMPDIR to a directory" in text
    assert "Traceback" not in text


@WAYS
def test_cgo_disabled(project: GoProject, way: str) -> None:
    """cgo_disabled turns cgo off for one test, in this process and for Go."""
    project.write(
        {
            "main.go": TOOL,
            "test_p.py": """
                import os

                def test_off(cgo_disabled, go_env, go_toolchain):
                    assert os.environ["CGO_ENABLED"] == go_env["CGO_ENABLED"] == "0"
                    assert go_toolchain.env["CGO_ENABLED"] == "0"
                    assert go_toolchain.build(".").static

                def test_on(go_env):
                    assert "CGO_ENABLED" not in os.environ
                    assert "CGO_ENABLED" not in go_env
            """,
        }
    )

    run(project, way).assert_outcomes(passed=2)


@WAYS
def test_free_loopback_port(project: GoProject, way: str) -> None:
    """Each test gets a port of its own that can be bound, on all workers."""
    project.write(
        {
            "test_p.py": """
                import socket, pytest

                @pytest.mark.parametrize("number", range(20))
                def test_port(free_loopback_port, number):
                    with socket.create_server(("127.0.0.1", free_loopback_port)):
                        pass
                    with open("ports", "a") as file:
                        print(free_loopback_port, file=file)
            """
        }
    )

    run(project, way).assert_outcomes(passed=20)

    ports = (project.path / "ports").read_text().split()
    assert len(set(ports)) == len(ports) == 20


ON_GO = """
    package m

    import (
        "net"
        "os"
        "os/exec"
        "testing"
    )

    //wslgo:usefixtures isolated_tmpdir
    func TestTemp(t *testing.T) {
        if os.Getenv("TMPDIR") == "" || os.TempDir() != os.Getenv("GOTMPDIR") {
            t.Fatal(os.TempDir(), os.Getenv("GOTMPDIR"))
        }
        script := t.TempDir() + "/script"
        if err := os.WriteFile(script, []byte("#!/bin/sh\\n"), 0o755); err != nil {
            t.Fatal(err)
        }
        if err := exec.Command(script).Run(); err != nil {
            t.Fatal(err)
        }
        os.WriteFile("was", []byte(os.TempDir()), 0o644)
        os.MkdirAll(os.TempDir()+"/mod/sub", 0o755)
        os.WriteFile(os.TempDir()+"/mod/sub/file", nil, 0o444)
        os.Chmod(os.TempDir()+"/mod/sub", 0o555)
    }

    //wslgo:usefixtures port
    func TestPort(t *testing.T) {
        listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
        if err != nil {
            t.Fatal(err)
        }
        listener.Close()
    }

    //wslgo:usefixtures machine
    func TestMachine(t *testing.T) {
        if os.Getenv("KIND") == "" {
            t.Fatal("no fixture")
        }
    }

    func TestPlain(t *testing.T) {
        if os.Getenv("PORT")+os.Getenv("KIND")+os.Getenv("GOTMPDIR") != "" {
            t.Fatal("changes are left from another test")
        }
    }
"""


@pytest.mark.parametrize("workers", [0, 2])
def test_on_go_items(project: GoProject, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    """A Go test runs under these fixtures, by name or below another fixture."""
    monkeypatch.delenv("GOTMPDIR", raising=False)
    project.write(
        {
            "a_test.go": ON_GO,
            "conftest.py": """
                import pytest

                @pytest.fixture
                def port(free_loopback_port, go_env, monkeypatch):
                    monkeypatch.setitem(go_env, "PORT", str(free_loopback_port))

                @pytest.fixture
                def machine(wsl_env, on_drvfs, go_toolchain, go_env, monkeypatch):
                    monkeypatch.setitem(go_env, "KIND", wsl_env.kind)
            """,
        }
    )

    result = project.run(*([f"-n{workers}"] if workers else []), alone=True)

    result.assert_outcomes(passed=4)
    assert not os.path.exists((project.path / "was").read_text())  # noqa: PTH110 - a text


def test_toolchain_without_a_home(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """go_toolchain adapts to the machine without --wslgo too: a build cache where HOME has none."""
    for name in ("HOME", "GOCACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOPATH", str(project.path / "gopath"))
    project.write(
        {
            "cmd/tool/main.go": TOOL,
            "test_p.py": """
                def test_build(go_toolchain):
                    assert go_toolchain.env["GOCACHE"].endswith("/go-build")
                    assert go_toolchain.run("version").stdout.startswith("go version")
            """,
        }
    )

    project.run(off=True, alone=True).assert_outcomes(passed=1)


def test_toolchain_error(project: GoProject) -> None:
    """A build that fails shows the test's line and Go's words, and nothing of the plugin."""
    project.write(
        {
            "cmd/tool/main.go": "package main\n\nfunc main() { undefined() }\n",
            "test_p.py": "def test_p(go_toolchain):\n    go_toolchain.build('./cmd/tool')\n",
        }
    )

    result = project.run(off=True)

    result.assert_outcomes(failed=1)
    text = output(result)
    assert "go_toolchain.build('./cmd/tool')" in text
    assert "undefined: undefined" in text
    assert "pytest_wslgo/toolchain/toolchain.py" not in text
