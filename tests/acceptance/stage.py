"""A stage for sessions whose order of events matters, that block, and that are killed.

Go tests, Python tests, fixtures and the test that watches them meet in two ways: each can *say*
something into one log, and wait at a *gate* (a FIFO) until somebody opens it. Nobody sleeps.
"""

from __future__ import annotations

import errno
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LIMIT = 25.0
"""Seconds after which something that should have happened never will."""

GO_SIDE = """\
package {package}

import (
	"os"
	"testing"
)

var _ = testing.Short

func say(text string) {{
	const flags = os.O_APPEND | os.O_CREATE | os.O_WRONLY
	file, err := os.OpenFile(os.Getenv("STAGE")+"/events", flags, 0o644)
	if err != nil {{
		panic(err)
	}}
	file.WriteString(text + "\\n")
	file.Close()
}}

func wait(gate string) {{
	if _, err := os.ReadFile(os.Getenv("STAGE") + "/gates/" + gate); err != nil {{
		panic(err)
	}}
}}
"""

PYTHON_SIDE = """
    import os

    HERE = os.environ["STAGE"]

    def say(text):
        with open(f"{HERE}/events", "a") as file:
            file.write(text + "\\n")

    def said():
        with open(f"{HERE}/events", "a+") as file:
            file.seek(0)
            return file.read().splitlines()

    def wait(gate):
        with open(f"{HERE}/gates/{gate}", "rb") as file:
            file.read()

    def open_gate(gate):
        with open(f"{HERE}/gates/{gate}", "wb"):
            pass
"""

RECORDER = """
    import json, os

    def pytest_runtest_logreport(report):
        if "PYTEST_XDIST_WORKER" in os.environ:
            return
        kind = type(report).__name__
        with open(os.environ["STAGE"] + "/reports", "a") as file:
            entry = [report.nodeid, report.when, report.outcome, kind, report.longreprtext]
            file.write(json.dumps([*entry, report.duration]) + "\\n")
"""


def eventually(true: Callable[[], Any], *, within: float = LIMIT, what: str = "") -> Any:
    """Look until something is true, and return it; an AssertionError after a deadline.

    The one place of these tests where time passes by looking at the clock.
    """
    deadline = time.monotonic() + within
    while not (value := true()):
        assert time.monotonic() < deadline, what or f"not within {within} s"
        time.sleep(0.01)
    return value


@dataclass(frozen=True)
class Report:
    """One report that the session (with pytest-xdist, the controller) logged."""

    node_id: str
    when: str
    outcome: str
    kind: str
    text: str
    duration: float


class Stage:
    """A Go project with a log, gates, an empty directory for temporary files, and sessions."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.path = directory / "project"
        self.temp = directory / "temp"
        self.journals = directory / "journals"
        self._back = directory / "backstage"
        for each in (self.path, self.temp, self._back / "gates"):
            each.mkdir(parents=True)
        self._mark = f"stage-{uuid.uuid4().hex}"
        self.environ = {
            **environ,
            "STAGE": str(self._back),
            "STAGE_MARK": self._mark,
            "TMPDIR": str(self.temp),
        }
        self.live: list[Live] = []
        self.write(
            {
                "go.mod": "module example.com/m\n\ngo 1.21\n",
                "stage_side.py": PYTHON_SIDE,
                "stage_recorder.py": RECORDER,
            }
        )

    # Before.

    def write(self, files: Mapping[str, str]) -> None:
        """Write files, their texts dedented."""
        for name, text in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def go(self, name: str, **tests: str) -> None:
        """Write a Go test file: each test's body, in which ``say`` and ``wait`` may be called.

        ``name`` is the file's path without ``_test.go``; without tests only ``say`` and ``wait``
        are written. A body that starts with ``//`` starts with the lines above the function.
        """
        directory, _, stem = name.rpartition("/")
        package = directory.rpartition("/")[2] or "m"
        text = f'package {package}\n\nimport "testing"\n'
        for test, body in tests.items():
            lines = textwrap.dedent(body).strip().splitlines()
            above = [line for line in lines if line.startswith("//")]
            text += "\n" + "\n".join(above) + f"\nfunc {test}(t *testing.T) {{\n"
            text += "\n".join(line for line in lines if line not in above) + "\n}\n"
        where = f"{directory}/" if directory else ""
        self.write({f"{where}stage_test.go": GO_SIDE.format(package=package)})
        if tests:
            self.write({f"{where}{stem}_test.go": text})

    def gate(self, *names: str) -> None:
        """Make gates, closed."""
        for name in names:
            os.mkfifo(self._back / "gates" / name)

    # Meanwhile.

    def start(self, *arguments: str, terminal: bool = False, **environ: str) -> Live:
        """Start a session; without the race detector and coverage unless arguments say so."""
        argv = [sys.executable, "-m", "pytest", "-p", "stage_recorder", *map(str, arguments)]
        argv += ["--wslgo", f"--wslgo-journal={self.journals}"]
        argv += [
            f"{option}=off"
            for option in ("--wslgo-race", "--wslgo-cover")
            if not any(each.startswith(f"{option}=") for each in argv)
        ]
        live = Live(self, argv, environ, terminal)
        self.live.append(live)
        return live

    def run(self, *arguments: str, **environ: str) -> pytest.RunResult:
        """Run a session to its end."""
        return self.start(*arguments, terminal=False, **environ).end()

    def open(self, gate: str) -> None:
        """Open a gate as soon as somebody waits at it, for all who wait."""

        def tried() -> bool:
            try:
                os.close(os.open(self._back / "gates" / gate, os.O_WRONLY | os.O_NONBLOCK))
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                return False
            return True

        eventually(tried, what=f"nobody waits at the gate {gate}: {self.events()}")

    def hear(self, event: str) -> None:
        """Wait until somebody has said something."""
        eventually(lambda: event in self.events(), what=f"nobody said {event}: {self.events()}")

    # Afterwards.

    def events(self) -> list[str]:
        """What was said, in order."""
        file = self._back / "events"
        return file.read_text().splitlines() if file.exists() else []

    def reports(self) -> list[Report]:
        """All reports of all sessions so far, in order."""
        file = self._back / "reports"
        lines = file.read_text().splitlines() if file.exists() else []
        return [Report(*json.loads(line)) for line in lines]

    def outcomes(self, *, subtests: bool = False) -> dict[str, str]:
        """One word for each node ID: passed, failed, skipped, error or rerun and what followed."""
        found: dict[str, str] = {}
        for report in self.reports():
            if report.kind != "TestReport" and not subtests:
                continue
            word = report.outcome
            if word == "failed" and report.when in ("setup", "teardown"):
                word = "error"
            if report.when == "call" or word != "passed":
                known = found.get(report.node_id)
                found[report.node_id] = f"{known} {word}" if known else word
        return found

    def forget(self) -> None:
        """Forget all sessions so far: events, reports and journals."""
        for name in ("events", "reports"):
            (self._back / name).unlink(missing_ok=True)
        shutil.rmtree(self.journals)

    def processes(self) -> list[str]:
        """Command lines of all processes that were started by a session here and still live."""
        found = []
        for process in self._marked():
            with suppress(psutil.Error):
                found.append(" ".join(process.cmdline())[:200])
        return found

    def _marked(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                marked = process.environ().get("STAGE_MARK") == self._mark
                if marked and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def assert_clean(self, *, within: float = 2.0) -> None:
        """Nobody is left within two seconds, and nothing of Go in the temporary directory."""
        deadline = time.monotonic() + within
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert left == []
        assert [path.name for path in self.temp.glob("go-build*")] == []

    def journal(self) -> str:
        """What all Go processes have written to stdout so far."""
        return "".join(file.read_text() for file in self.journals.glob("**/*.stdout"))

    def log(self) -> str:
        """What all runners have noted so far: starts and ends of processes."""
        return "".join(file.read_text() for file in self.journals.glob("**/log.jsonl"))

    def starts(self) -> int:
        """How many Go processes were started, by the journals."""
        return self.log().count('"event": "start"')

    def runners(self) -> list[int]:
        """The process IDs of all runners so far, by the journals."""
        return [int(pid) for pid in re.findall(r'"event": "runner", "pid": (\d+)', self.log())]

    def close(self) -> None:
        """End what a failed test has left."""
        for live in self.live:
            live.kill()
        for process in self._marked():
            with suppress(psutil.Error):
                process.kill()


class Live:
    """One session as a process: on pipes, or on a terminal of its own."""

    def __init__(
        self, stage: Stage, argv: list[str], environ: Mapping[str, str], terminal: bool
    ) -> None:
        self._began = time.monotonic()
        self._out = stage._back / f"out{len(stage.live)}"
        self._screen = bytearray()
        self._master = -1
        slave = -1
        if terminal:
            self._master, slave = pty.openpty()
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                argv,
                cwd=stage.path,
                env={**stage.environ, **environ},
                stdin=slave if terminal else subprocess.DEVNULL,
                stdout=slave if terminal else out,
                stderr=slave if terminal else subprocess.STDOUT,
                start_new_session=not terminal,
                preexec_fn=_take_terminal if terminal else None,  # noqa: PLW1509 - no threads here
            )
        if terminal:
            os.close(slave)

    def signal(self, number: int) -> None:
        """Send a signal to pytest's process alone."""
        self.process.send_signal(number)

    def type(self, keys: bytes) -> None:
        """Type on the terminal."""
        os.write(self._master, keys)

    def hang_up(self) -> None:
        """Close the terminal."""
        os.close(self._master)
        self._master = -1

    def screen(self) -> bytes:
        """Everything that came on the terminal so far."""
        if self._master < 0:
            return bytes(self._screen)
        os.set_blocking(self._master, False)
        with suppress(OSError):
            while chunk := os.read(self._master, 1 << 16):
                self._screen += chunk
        return bytes(self._screen)

    def end(self) -> pytest.RunResult:
        """Wait for the end: the exit status and the output's lines."""
        if self._screen or self._master >= 0:
            eventually(lambda: (self.screen(), self.process.poll())[1] is not None)
            lines = self.screen().decode().splitlines()
        else:
            self.process.wait(LIMIT)
            lines = self._out.read_text(errors="replace").splitlines()
        duration = time.monotonic() - self._began
        return pytest.RunResult(self.process.returncode, lines, [], duration)

    def kill(self) -> None:
        """Kill it, if it still runs, and close its terminal."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        if self._master >= 0:
            self.hang_up()


def _take_terminal() -> None:
    """Become a session of one's own whose terminal is stdin, as a shell's foreground job has it."""
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
