"""Journals for the tests of the reports: written by hand, and by real sessions."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from pytest_wslgo.execution import Invocation, Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PACKAGE = "ex.com/m/a"


class Desk:
    """Writes journals in a directory, as a runner and `go` would."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def journal(
        self, *names: str, where: str = "session/shared", repeats: bool = False, **about: object
    ) -> Journal:
        """A journal of one process that shall run tests of one package."""
        invocation = Invocation(("go",), "/m", {PACKAGE: names}, repeats=repeats)
        journal = Journal(self.root / where)
        known = {
            "rootdir": "/m",
            "go": "go1.26.0",
            "items": [
                [f"a/a_test.go::{name}", "/m", PACKAGE, name, "/m/a/a_test.go", 3] for name in names
            ],
            "packages": [["/m", PACKAGE, "a"]],
        }
        journal.create([invocation], {**known, **about})
        journal.note(event="runner", pid=2**22 + 1)
        journal.note(event="start", invocation=0, pid=2**22 + 2, created=1.0)
        return journal

    def test(
        self, journal: Journal, name: str, end: str = "pass", output: str = "", *, frame: str = ""
    ) -> None:
        """The events of a test; ``end`` may be empty, and ``frame`` another word than it."""
        event = {"Time": "2026-01-02T03:04:05Z", "Package": PACKAGE, "Test": name}
        lines = [{**event, "Action": "run"}]
        lines += [
            {**event, "Action": "output", "Output": each}
            for each in output.splitlines(keepends=True)
        ]
        if end:
            line = f"--- {frame or end.upper()}: {name} (0.25s)\n"
            lines += [{**event, "Action": "output", "Output": line}]
            lines += [{**event, "Action": end, "Elapsed": 0.25}]  # type: ignore[dict-item]
        self.write(journal, *lines)

    def package(self, journal: Journal, end: str = "pass") -> None:
        """The end of the package."""
        closing = {"pass": "PASS\n", "fail": "FAIL\n"}[end]
        self.write(journal, {"Action": "output", "Package": PACKAGE, "Output": closing})
        self.write(journal, {"Action": end, "Package": PACKAGE, "Elapsed": 1.5})

    def write(self, journal: Journal, *events: dict[str, Any]) -> None:
        """Events as they are."""
        with journal.stdout(0).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(event, separators=(",", ":")) + "\n" for event in events)

    def append(self, file: Path, line: str) -> None:
        """A line as it is."""
        with file.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    def end(self, journal: Journal, returncode: int | None = 0, stopped: str = "") -> None:
        """The end of the process and of the run."""
        journal.note(event="end", invocation=0, returncode=returncode, stopped=stopped, error="")
        journal.note(event="done", stopped=stopped)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Where journals are written."""
    return Desk(tmp_path)


SOURCE = """package m

import (
\t"os"
\t"testing"
)

var times int

func TestA(t *testing.T) { t.Log("hello") }
func TestB(t *testing.T) { t.Fatal("boom") }
func TestC(t *testing.T) { t.Skip("not here") }
func TestD(t *testing.T) { t.Run("inner", func(t *testing.T) { t.Error("deep") }) }

// It fails once.
func TestE(t *testing.T) {
\ttimes++
\tif times == 1 {
\t\tt.Error("the first time")
\t}
}

func TestF(t *testing.T) {
\tif fifo := os.Getenv("BLOCK_ON"); fifo != "" {
\t\tos.ReadFile(fifo)
\t}
}

func TestG(t *testing.T) {}
"""


@pytest.fixture(scope="session")
def real() -> Callable[..., subprocess.Popen[bytes]]:
    """Starts a real session in a small module; its process leads a directory of its own."""
    if shutil.which("go") is None:
        pytest.skip("there is no go on PATH")

    def start(root: Path, *args: str, **environ: str) -> subprocess.Popen[bytes]:
        (root / "go.mod").write_text("module ex.com/m\n\ngo 1.21\n")
        (root / "sub").mkdir()
        (root / "sub" / "m_test.go").write_text(SOURCE)
        (root / "pytest.ini").write_text("[pytest]\n")
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", "--wslgo", "--wslgo-race=off", *args],
            cwd=root,
            env={**os.environ, "GOFLAGS": "", "GOWORK": "off", "PYTEST_ADDOPTS": "", **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return start


class Blocked:
    """A session whose TestF waits on a pipe for ever."""

    def __init__(self, root: Path, process: subprocess.Popen[bytes]) -> None:
        self.journals = root / ".pytest_cache" / "d" / "wslgo"
        self._process = process
        self._wait_for("*/shared/0.stdout", r'"Action":"run".*"Test":"TestF"')

    def kill(self) -> None:
        """Kill the runner and the session, as a lost machine would, and what Go has left."""
        log = self._wait_for("*/shared/log.jsonl", r'"start"')
        found = [json.loads(line) for line in log.splitlines()]
        for pid in [entry["pid"] for entry in found if entry["event"] == "runner"]:
            os.kill(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        for pid in [entry["pid"] for entry in found if entry["event"] == "start"]:
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                family = psutil.Process(pid).children(recursive=True)
                os.killpg(pid, signal.SIGKILL)
                psutil.wait_procs(family, timeout=10)

    def _wait_for(self, pattern: str, what: str) -> str:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            for file in self.journals.glob(pattern):
                text = file.read_text()
                if re.search(what, text):
                    return text
            assert self._process.poll() is None, "the session ended early"
            select.select([], [], [], 0.01)
        raise AssertionError(f"no {what} in {pattern} after two minutes")


@pytest.fixture
def blocked(tmp_path: Path, real: Callable[..., subprocess.Popen[bytes]]) -> Iterator[Blocked]:
    """A session that waits in the middle of its Go run."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    process = real(tmp_path, BLOCK_ON=str(fifo))
    try:
        session = Blocked(tmp_path, process)
        yield session
        if process.poll() is None:
            session.kill()
    finally:
        process.kill()
        process.wait()
