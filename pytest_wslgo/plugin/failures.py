"""How a Go failure reads in pytest's report."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import State
from pytest_wslgo.plugin import private
from pytest_wslgo.reports import inputs

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.outcomes import Detail, Outcome, PackageOutcome
    from pytest_wslgo.plugin.gorun import PackageKey


class GoFailure(private.Failed):
    """A Go test that is not green. It carries the outcome; the report is made from that."""

    def __init__(self, name: str, outcome: Outcome) -> None:
        # Without pytrace pytest does not spend time on a traceback that says nothing.
        super().__init__(f"{name}: {outcome.reason}", pytrace=False)
        self.name = name
        self.outcome = outcome


class PackageFault(private.Failed):
    """A package failed in a way that none of its tests shows."""

    def __init__(self, text: str, package: PackageKey) -> None:
        super().__init__(text, pytrace=False)
        self.text = text
        self.package = package


_BARE = re.compile(r"^(\s+)([^\s/:]+\.go)(?=:\d+: )", re.MULTILINE)


_RELATIVE = re.compile(r"(?<![\w./-])(?!/)[\w./@+-]+\.go(?=:\d)")


class Texts:
    """Knows which long texts have been shown, and where Go's paths shall lead.

    A compiler's errors may sink 200 tests: they are shown under the first, and named by the rest.
    """

    def __init__(self, invocation_dir: Path) -> None:
        self._shown: dict[str, str] = {}
        self.invocation_dir = invocation_dir
        self._start = str(invocation_dir) + os.sep
        self._prefix = re.compile(re.escape(self._start) + r"(?=[^\s:]+\.go:\d)")

    def shorten(self, text: str) -> str:
        """Make absolute paths relative to where pytest was started, so that one can click them."""
        return self._prefix.sub("", text)

    def lead(self, text: str, directory: Path) -> str:
        """Likewise, where Go gives file names only: those of files in the package's directory.

        Go does so without -fullpath, which runs that its test cache may answer go without before
        Go 1.24.
        """

        def place(match: re.Match[str]) -> str:
            file = directory / match[2]
            return match[1] + self.short_path(str(file)) if file.is_file() else match[0]

        return _BARE.sub(place, self.shorten(text))

    def from_root(self, text: str, go_dir: Path) -> str:
        """Make a compiler's paths, which lead from where `go` ran, lead from where pytest did."""

        def place(match: re.Match[str]) -> str:
            file = go_dir / match[0]
            return self.short_path(os.path.normpath(file)) if file.is_file() else match[0]

        if str(go_dir) + os.sep == self._start:
            return self.shorten(text)
        return _RELATIVE.sub(place, self.shorten(text))

    def detail(self, detail: Detail, go_dir: Path) -> str:
        """A text that several outcomes share."""
        return self.from_root(detail.text, go_dir)

    def short_path(self, path: str) -> str:
        """One such path."""
        return path.removeprefix(self._start)

    def once(self, key: str, text: str, heading: str) -> str:
        """The text where it is shown for the first time, else where it stands."""
        first = self._shown.setdefault(key, heading)
        return text if first == heading else f"(the text is shown under {first})\n"


def describe(
    failure: GoFailure, texts: Texts, node_id: str, path: Path, line: int, go_dir: Path
) -> tuple[str, str, int, str]:
    """The text, the place and the one line for a failure's report.

    Args:
        failure: What happened.
        texts: What was shown before.
        node_id: The test's.
        path: The test's file, for a failure without a place.
        line: The test's line, likewise.
        go_dir: Where `go` ran.
    """
    outcome = failure.outcome
    heading = ""
    if outcome.state is State.FAILED:
        heading = f"--- FAIL: {failure.name} ({outcome.elapsed:.2f}s)\n"
    text = heading + texts.lead(outcome.output, path.parent)
    message = texts.from_root(outcome.reason, go_dir)
    if outcome.state is not State.FAILED or not outcome.output.strip():
        text += message + "\n"
    if outcome.detail is not None:
        text += texts.once(outcome.detail.key, texts.detail(outcome.detail, go_dir), node_id)
    text += inputs.describe(outcome.fuzzing, node_id, path, texts.invocation_dir)
    if outcome.location is not None:
        # Joined with an absolute path the package's directory has no say.
        file = path.parent / outcome.location.path
        if file.is_file():
            return text, texts.short_path(str(file)), outcome.location.line, message
    return text, str(path), line, message


def describe_package(outcome: PackageOutcome, texts: Texts, go_dir: Path) -> str:
    """The text for a package that failed in a way that none of its tests shows."""
    fault = texts.from_root(outcome.fault, go_dir)
    text = f"{outcome.import_path}: {fault}\n" + texts.shorten(outcome.output)
    if outcome.detail is not None:
        shown = texts.detail(outcome.detail, go_dir)
        text += texts.once(outcome.detail.key, shown, outcome.import_path)
    return text
