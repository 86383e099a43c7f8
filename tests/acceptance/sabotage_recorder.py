"""A pytest plugin (``-p sabotage_recorder``) that writes every report of a session to a file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Listen, unless this is a worker of pytest-xdist: its controller hears the same."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(Path(os.environ["SABOTAGE_REPORTS"])))


class _Recorder:
    """Writes a line for each report that matters: node ID, one word, all of its text."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record one phase of an item, a subtest, or what the plugin reports of a package."""
        word: str = report.outcome
        if hasattr(report, "wasxfail"):
            word = "xfailed" if report.skipped else "xpassed"
        elif report.failed and report.when != "call":
            word = "error"
        if word == "passed" and report.when != "call":
            return
        context = getattr(report, "context", None)
        name = report.nodeid if context is None else f"{report.nodeid} [{context.msg}]"
        sections = [text for _, text in report.sections]
        self._write(name, word, "\n".join([report.longreprtext, *sections]))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record what could not be collected."""
        if not report.passed:
            self._write(report.nodeid, "error", report.longreprtext)

    def _write(self, name: str, word: str, text: str) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps([name, word, text]) + "\n")
