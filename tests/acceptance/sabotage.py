"""Cases of the sabotage suite: a Go module that does its worst, and what a session must say of it.

A case is run through a whole pytest session. Its expectation is exhaustive: each report of the
session, be it of a test, a subtest, a package or a directory, is named with its outcome, and
whatever else is reported fails the case.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from go_project import output
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from go_project import GoProject

PLUGINS = ("-p", "sabotage_recorder")
"""Hypothesis would be imported anew for each session, which takes a third of its time."""
LIMIT = "20s"
"""What hangs by mistake must not hold the suite for Go's ten minutes."""
_PACKAGES = (
    "bytes errors flag fmt io log os os/exec os/signal runtime runtime/debug strings sync syscall "
    "testing time unsafe"
).split()


@dataclass(frozen=True)
class Case:
    """One module, how pytest is called on it, and all that must come of it."""

    number: str
    """Of the list of known edge cases (``21``); with a letter for what lies beside it (``21b``)."""
    claim: str
    module: str
    """In txtar form: ``-- path --`` heads a file, and text before the first heading is
    ``x_test.go``. Test files without a package clause get one, with the imports they need, as
    their first two lines."""
    outcomes: Mapping[str, str]
    """One word for each report by node ID: passed, failed, skipped, error, xfailed; two where a
    test passed and its teardown is an error. A subtest is ``x_test.go::TestX [sub]``. Here and in
    ``texts`` a bare name is one of ``x_test.go``: ``TestX``."""
    texts: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """What must stand in the report of a node ID: its failure, or captured output."""
    lines: tuple[str, ...] = ()
    """Lines of the short summary, as patterns."""
    terminal: tuple[str, ...] = ()
    """What must stand anywhere on the terminal."""
    absent: tuple[str, ...] = ()
    """What must not."""
    status: int = 1
    """The session's exit status."""
    args: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    since: str = ""
    """The first Go that can do this."""
    until: str = ""
    """The first Go that cannot do it any more."""
    versions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Fields that are different before a version of Go, by that version."""
    race: bool = False
    cgo: bool = False
    runs: int = 1
    """How many sessions are run; the last one counts."""
    alone: bool = False
    """Whether the session is a process of its own: what kills or hangs must not hit the suite."""
    slow: bool = False

    def __str__(self) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", self.claim.lower()).split("-")
        return "-".join([self.number, *words[:9]])

    def files(self) -> dict[str, str]:
        """The module's files by path."""
        first, *rest = re.split(r"^-- (.+) --\n", self.module.lstrip("\n"), flags=re.MULTILINE)
        texts = dict(zip(rest[::2], rest[1::2], strict=True))
        files = {"x_test.go": first, **texts} if first.strip() else texts
        return {path: _source(path, text) for path, text in files.items()}

    def here(self) -> Case:
        """The case as it is for the Go on PATH; skips where that cannot do it."""
        if self.since and go_version() < Version(self.since):
            pytest.skip(f"needs Go {self.since}: this is {go_version()}")
        if self.until and go_version() >= Version(self.until):
            pytest.skip(f"needs a Go before {self.until}: this is {go_version()}")
        if (self.race or self.cgo) and shutil.which("gcc") is None and shutil.which("cc") is None:
            pytest.skip("needs a C compiler")
        changes = [
            changed
            for version, changed in sorted(self.versions.items(), key=lambda each: Version(each[0]))
            if go_version() < Version(version)
        ]
        return replace(self, **changes[0]) if changes else self


def run(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """Parametrize a test by cases."""
    marked = [
        pytest.param(case, id=str(case), marks=[pytest.mark.slow] if case.slow else [])
        for case in cases
    ]
    return pytest.mark.parametrize("case", marked)


def check(case: Case, project: GoProject) -> None:
    """Run a case's session, and compare all that it reports with the expectation."""
    case = case.here()
    project.write(case.files())
    recorded, junit = project.path.parent / "reports.jsonl", project.path / "junit.xml"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SABOTAGE_REPORTS", str(recorded))
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))  # for sessions of their own
        patch.setenv("COLUMNS", "250")  # the short summary cuts its lines
        for name, value in case.environ.items():
            patch.setenv(name, value.replace("{project}", str(project.path)))
        race = ("--wslgo-race=on",) if case.race else ()
        limit = () if "--wslgo-timeout" in "".join(case.args) else (f"--wslgo-timeout={LIMIT}",)
        arguments = (*PLUGINS, f"--junitxml={junit}", "-rfEsx", *race, *limit)
        for _ in range(case.runs):
            recorded.write_text("", encoding="utf-8")
            result = project.run(*arguments, *case.args, alone=case.alone)

    printed = output(result)
    if result.ret != pytest.ExitCode.USAGE_ERROR:
        ET.parse(junit)
    _compare(case, _reports(recorded), printed)
    assert result.ret == case.status, printed
    assert "Traceback (most recent call last)" not in printed
    assert "INTERNALERROR" not in printed


def _compare(case: Case, reports: list[tuple[str, str, str]], printed: str) -> None:
    found: dict[str, str] = {}
    texts: dict[str, str] = {}
    for name, word, text in reports:
        found[name] = f"{found[name]} {word}" if name in found else word
        texts[name] = texts.get(name, "") + text
    wanted_words = {_node_id(name): word for name, word in case.outcomes.items()}
    assert found == wanted_words, f"reported: {found}\n{printed}"
    for name, wanted in ((_node_id(name), wanted) for name, wanted in case.texts.items()):
        for each in (wanted,) if isinstance(wanted, str) else wanted:
            assert each in texts[name], f"{each!r} is not in the report of {name}:\n{texts[name]}"
    summary = printed.rpartition(" short test summary info ")[2].splitlines()
    for pattern in case.lines:
        assert any(fnmatch(line, pattern) for line in summary), f"{pattern!r} not in {summary}"
    for each in case.terminal:
        assert each in printed, f"{each!r} is not in:\n{printed}"
    for each in case.absent:
        assert each not in printed, f"{each!r} is in:\n{printed}"


def _node_id(name: str) -> str:
    return f"x_test.go::{name}" if re.match(r"(Test|Fuzz|Example|Benchmark)", name) else name


def _reports(recorded: Path) -> list[tuple[str, str, str]]:
    lines = recorded.read_text(encoding="utf-8").splitlines()
    return [(name, word, text) for name, word, text in map(json.loads, lines)]


@lru_cache
def go_version() -> Version:
    """The version of the Go on PATH."""
    environ = {**os.environ, "GOTOOLCHAIN": "local"}
    done = subprocess.run(
        ["go", "env", "GOVERSION"], capture_output=True, check=True, text=True, env=environ
    )
    return Version(done.stdout.strip().removeprefix("go").partition("-")[0])


def _source(path: str, text: str) -> str:
    if not path.endswith("_test.go") or re.search(r"^package ", text, re.MULTILINE):
        return text
    name = path.split("/")[-2] if "/" in path else "m"
    used = [each for each in _PACKAGES if re.search(rf"\b{each.rpartition('/')[2]}\.", text)]
    return f"package {name}\nimport ({'; '.join(map(json.dumps, used))})\n{text}"
