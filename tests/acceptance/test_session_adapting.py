"""Whole sessions on machines that would break Go: what it is told, and what is said of it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import filesystems
import pytest
from go_project import errors, output
from marked_machine import put

if TYPE_CHECKING:
    from pathlib import Path

    from go_project import GoProject

FAKE_WSL = """\
#!/bin/sh
echo "began $@" >> {log}
shift 3
"$@"
echo ended >> {log}
"""
TEMP = """
    package m

    import (
        "os"
        "testing"
    )

    func TestTemp(t *testing.T) {
        t.Log(t.TempDir())
        if os.Getenv("GOTMPDIR") == "" {
            t.Fatal("GOTMPDIR is not set")
        }
    }
"""


def findings(result: pytest.RunResult) -> list[str]:
    """The codes of the list at the end."""
    lines = result.outlines
    begin = next((i for i, line in enumerate(lines) if "machine (wslgo)" in line), len(lines))
    return [line.split()[0] for line in lines[begin + 1 :] if line.startswith("WG")]


def test_the_header_says_what_the_machine_is(project: GoProject) -> None:
    """One line of the header says it, and with -v more with the evidence."""
    put(project, "machine()")
    project.write_noting("", "TestA")

    result = project.run()
    verbose = project.run("-v")

    result.stdout.fnmatch_lines(["wslgo: linux (6.1.0-18-amd64), *"])
    assert not [line for line in result.outlines if line.startswith("wslgo: kind:")]
    verbose.stdout.fnmatch_lines(["wslgo: kind: linux (/proc/version: Linux version 6.1.0)"])


def test_nothing_to_say(project: GoProject) -> None:
    """On a machine without findings there is no list."""
    put(project, "machine()")
    project.write_noting("", "TestA")

    assert "machine (wslgo)" not in output(project.run())


def test_noexec(project: GoProject, tmp_path: Path) -> None:
    """On a noexec TMPDIR tests run all the same, from the cache the second time, and that is said.

    A mount of the kernel, the real probe, and Go's own error where the plugin would do nothing.
    """
    stage = filesystems.tmpfs(tmp_path / "noexec", "noexec")
    project.write({"a_test.go": TEMP})
    argv = [sys.executable, "-m", "pytest", "--wslgo", f"--rootdir={project.path}", "-v"]
    argv += ["--wslgo-race=off", "--wslgo-cover=off", str(project.path)]
    environ = {
        name: os.environ[name]
        for name in ("GOCACHE", "XDG_CACHE_HOME", "GOFLAGS")
        if name in os.environ
    }
    environ |= {"TMPDIR": str(tmp_path / "noexec"), "GOPROXY": "off", "GOTOOLCHAIN": "local"}

    refused = stage.also(f"cd {project.path}; ! go test . > {tmp_path}/said").run("true", **environ)
    first = stage.run(*argv, **environ).stdout
    second = stage.run(*argv, **environ).stdout

    assert refused.returncode == 0
    assert "permission denied" in (tmp_path / "said").read_text(encoding="utf-8")
    place = f"{os.environ['XDG_CACHE_HOME']}/pytest-wslgo/tmp"
    for text in (first, second):
        assert f"wslgo: GOTMPDIR={place}: {tmp_path}/noexec is mounted noexec, EACCES" in text
        assert "\nWG301 warning: " in text
        assert "1 passed" in text
    assert "(cached)" not in first
    assert "TestTemp PASSED (cached)" in second


def test_nowhere_to_execute(project: GoProject) -> None:
    """Where nothing can be executed anywhere that is one error, with what was tried."""
    put(project, "machine()", prober='prober({"exec": "EACCES: Permission denied"})')
    project.write_noting("", "TestA")

    result = project.run()

    assert result.ret == 4
    [line] = errors(result)
    assert line.startswith("test binaries can be executed nowhere: tried ")
    assert "EACCES: Permission denied" in line
    assert "set GOTMPDIR" in line
    assert project.executed() == []


def test_flags_that_leave_tests_out(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """GOFLAGS=-run=… would leave selected tests out: it is left out itself."""
    put(project, "machine()")
    project.write_noting("", "TestA", "TestB")
    monkeypatch.setenv("GOFLAGS", "-run=TestA")

    result = project.run()

    result.assert_outcomes(passed=2)
    assert project.executed() == ["m.TestA", "m.TestB"]
    assert findings(result) == ["WG403"]
    result.stdout.fnmatch_lines(["wslgo: GOFLAGS without -run=TestA: *"])


def test_a_workspace_with_mod_mod(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """GOFLAGS=-mod=mod, which go refuses in a workspace, does not keep its tests from running."""
    project.write({"go.work": "go 1.21\n\nuse ./a\n", "a/go.mod": "module example.com/a\n"})
    project.write_noting("a", "TestA")
    monkeypatch.delenv("GOWORK", raising=False)
    monkeypatch.setenv("GOFLAGS", "-mod=mod")

    result = project.run()

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["GOFLAGS without -mod=mod, which go refuses in a workspace*"])


def test_tight_limits(project: GoProject) -> None:
    """With few tasks for its CPUs `go test` gets -p, unless somebody has chosen one."""
    put(project, "machine(cpus=8, limits=Limits(None, 100, None))")
    project.write_noting("", "TestA")

    tight = project.run("--wslgo-journal=one")
    chosen = project.run("--wslgo-journal=two", "--wslgo-jobs=5")
    flagged = project.run("--wslgo-journal=three", "--wslgo-args=-p=6")

    [process] = project.processes(project.path / "one")
    assert "-p=2" in process["argv"]
    assert findings(tight) == ["WG901"]
    tight.stdout.fnmatch_lines(["wslgo: at most 2 packages at once: 100 tasks (kernel.pid_max)*"])
    [process] = project.processes(project.path / "two")
    assert "-p=5" in process["argv"]
    assert findings(chosen) == []
    assert flagged.ret == 4  # --wslgo-args refuses -p: the option is meant


def test_findings_are_one_list(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """What detection, adapting and the clocks found stands in one list, the worst first."""
    more = """
from made_machine import WARNED

@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    from dataclasses import replace
    machine = session.config.pluginmanager.getplugin("wslgo-active").machine
    machine.began = replace(machine.began, wall=machine.began.wall - 3600)
"""
    put(project, "machine(findings=(WARNED,), limits=Limits(None, 60, None))", more=more)
    project.write_noting("", "TestA")
    monkeypatch.setenv("GODEBUG", "asyncpreemptoff=1")

    result = project.run()

    result.assert_outcomes(passed=1)
    assert findings(result) == ["WG111", "WG401", "WG802", "WG901"]
    result.stdout.fnmatch_lines(["WG802 warning: the clock was set by +3600.* s: durations *"])


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["alone", "workers"])
def test_wsl_stays_awake(
    project: GoProject, monkeypatch: pytest.MonkeyPatch, workers: tuple[str, ...]
) -> None:
    """On WSL2 one wsl.exe runs as long as the session, workers or not, and the header says so."""
    put(project, 'machine(kind="wsl2", interop=True)')
    log = project.path / "wsl.log"
    project.write({"bin/wsl.exe": FAKE_WSL.format(log=log)})
    (project.path / "bin/wsl.exe").chmod(0o755)
    project.write_noting("", "TestA")
    monkeypatch.setenv("PATH", f"{project.path}/bin:{os.environ['PATH']}")
    monkeypatch.setenv("WSL_DISTRO_NAME", "Debian")

    result = project.run(*workers, alone=bool(workers))

    result.assert_outcomes(passed=1)
    lines = log.read_text(encoding="utf-8").splitlines()
    assert lines == ["began -d Debian --exec /bin/cat", "ended"]
    assert findings(result) == []


def test_wsl_that_cannot_be_kept_awake(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where wsl.exe fails the run goes on, and the list says that WSL may shut down."""
    put(project, 'machine(kind="wsl2", interop=True)')
    project.write({"bin/wsl.exe": "#!/bin/sh\necho 'access denied' >&2\nexit 5\n"})
    (project.path / "bin/wsl.exe").chmod(0o755)
    project.write_noting("", "TestA")
    monkeypatch.setenv("PATH", f"{project.path}/bin:{os.environ['PATH']}")
    monkeypatch.setenv("WSL_DISTRO_NAME", "Debian")

    result = project.run()

    result.assert_outcomes(passed=1)
    assert findings(result) == ["WG130"]
    assert "exit status 5: access denied" in output(result)


def test_collecting_adapts_nothing(project: GoProject) -> None:
    """--collect-only executes nothing, so that nothing is tried and nothing found."""
    put(project, "machine(cpus=8, limits=Limits(None, 60, None))", prober="None")
    project.write_noting("", "TestA")

    assert project.collect() == ["a_test.go::TestA"]
