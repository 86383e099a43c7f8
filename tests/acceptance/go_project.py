"""A Go project in a directory of its own, and whole pytest sessions over it."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

# A session in this process forgets what it was the first to import, but the package would still
# hold the old modules as its attributes: the next session would see half of each.
import pytest_wslgo.plugin.active  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

GO_MOD = "module example.com/m\n\ngo 1.21\n"

NOTE = """
    package {package}

    import (
        "os"
        "testing"
    )

    func note(t testing.TB) {{
        file, err := os.OpenFile("{log}", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
        if err != nil {{
            t.Fatal(err)
        }}
        defer file.Close()
        file.WriteString("{package}." + t.Name() + "\\n")
    }}
"""


class GoProject:
    """Files to write, sessions to run, and what they left behind.

    Sessions are without the race detector and coverage unless their arguments say otherwise: both
    make links slow.
    """

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        self._log = self.path.parent / f"{self.path.name}.executed"
        self._has_module = False

    def write(self, files: Mapping[str, str], *, go_mod: str = GO_MOD) -> None:
        """Write files, their texts dedented; first a ``go.mod``, unless one is given or empty."""
        if go_mod and not self._has_module and not any(map(_is_module, files)):
            files = {"go.mod": go_mod, **files}
        self._has_module = True
        for name, text in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def write_noting(self, directory: str, *names: str) -> None:
        """Write a package whose tests note that they were executed, one test a line from 5 on."""
        package = directory.rpartition("/")[2] or "m"
        where = f"{directory}/" if directory else ""
        tests = "\n".join(f"func {name}({_parameter(name)}) {{ {_body(name)} }}" for name in names)
        self.write(
            {
                f"{where}note_test.go": NOTE.format(package=package, log=self._log),
                f"{where}a_test.go": f'package {package}\n\nimport "testing"\n\n{tests}\n',
            }
        )

    def executed(self) -> list[str]:
        """The tests that noted their execution, as ``package.TestX``, sorted."""
        return sorted(self._log.read_text().split()) if self._log.exists() else []

    def run(self, *arguments: str, alone: bool = False, off: bool = False) -> pytest.RunResult:
        """Run a session; ``alone`` in a process of its own, ``off`` without ``--wslgo``."""
        # A session in this process would import hypothesis anew each time, for a fifth of a second.
        options = ["-p", "no:hypothesispytest", *map(str, arguments)]
        if not off:
            options.append("--wslgo")
            options += [
                f"{option}=off"
                for option in ("--wslgo-race", "--wslgo-cover")
                if not any(each.startswith(option + "=") for each in options)
            ]
        if alone:
            return self.pytester.runpytest_subprocess(*options, timeout=60)
        return self.pytester.runpytest_inprocess(*options)

    def collect(self, *arguments: str) -> list[str]:
        """The node IDs that a session collects."""
        result = self.run("--collect-only", "-q", *arguments)
        return [line for line in result.outlines if "::" in line and not line.startswith("ERROR")]

    def processes(self, journal: Path) -> list[dict[str, Any]]:
        """The processes that the plans in a journal directory ask for."""
        plans = [json.loads(file.read_bytes()) for file in sorted(journal.glob("**/plan.json"))]
        return [process for plan in plans for process in plan["invocations"]]

    def elapsed(self, journal: Path) -> dict[str, float]:
        """The seconds that Go told for each test, from the raw events in a journal directory."""
        files = sorted(journal.glob("**/*.stdout"))
        events = [json.loads(line) for file in files for line in file.read_bytes().splitlines()]
        return {
            event["Test"]: event["Elapsed"] for event in events if {"Test", "Elapsed"} <= set(event)
        }

    def junit(self, *arguments: str, off: bool = False) -> dict[str, ET.Element]:
        """Run a session with ``--junitxml``; the test cases by ``classname::name``."""
        file = self.path / "junit.xml"
        self.run(f"--junitxml={file}", *arguments, off=off)
        cases = list(ET.parse(file).iter("testcase"))
        by_name = {f"{case.get('classname')}::{case.get('name')}": case for case in cases}
        assert len(by_name) == len(cases)
        return by_name


def output(result: pytest.RunResult) -> str:
    """All that a session printed."""
    return f"{result.stdout.str()}\n{result.stderr.str()}"


def errors(result: pytest.RunResult) -> list[str]:
    """The lines of a usage error; without pytest's mark before each."""
    lines = [line for line in result.errlines if line]
    return [line.removeprefix("ERROR: ") for line in lines]


def _is_module(name: str) -> bool:
    return name.rpartition("/")[2] == "go.mod"


def _parameter(name: str) -> str:
    if name.startswith("Fuzz"):
        return "f *testing.F"
    return "b *testing.B" if name.startswith("Benchmark") else "t *testing.T"


def _body(name: str) -> str:
    if name.startswith("Fuzz"):
        return "note(f); f.Add(1); f.Fuzz(func(t *testing.T, n int) { note(t) })"
    if name.startswith("Benchmark"):
        return "note(b)"
    return "note(t); t.Fail()" if name.endswith("Fails") else "note(t)"
