"""How a Go failure reads in pytest's report."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import State
from pytest_wslgo.plugin import private

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.outcomes import Outcome, PackageOutcome


class GoFailure(private.Failed):
    """A Go test that is not green. It carries the outcome; the report is made from that."""

    def __init__(self, name: str, outcome: Outcome) -> None:
        # Without pytrace pytest does not spend time on a traceback that says nothing.
        super().__init__(f"{name}: {outcome.reason}", pytrace=False)
        self.name = name
        self.outcome = outcome


class PackageFault(private.Failed):
    """A package failed in a way that none of its tests shows."""

    def __init__(self, text: str) -> None:
        super().__init__(text, pytrace=False)
        self.text = text


class Texts:
    """Knows which long texts have been shown, and where Go's paths shall lead.

    A compiler's errors may sink 200 tests: they are shown under the first, and named by the rest.
    """

    def __init__(self, invocation_dir: Path) -> None:
        self._shown: dict[str, str] = {}
        self._start = str(invocation_dir) + os.sep
        self._prefix = re.compile(re.escape(self._start) + r"(?=[^\s:]+\.go:\d)")

    def shorten(self, text: str) -> str:
        """Make absolute paths relative to where pytest was started, so that one can click them."""
        return self._prefix.sub("", text)

    def short_path(self, path: str) -> str:
        """One such path."""
        return path.removeprefix(self._start)

    def once(self, key: str, text: str, heading: str) -> str:
        """The text where it is shown for the first time, else where it stands."""
        first = self._shown.setdefault(key, heading)
        return self.shorten(text) if first == heading else f"(the text is shown under {first})\n"


def describe(
    failure: GoFailure, texts: Texts, node_id: str, path: Path, line: int
) -> tuple[str, str, int, str]:
    """The text, the place and the one line for a failure's report.

    Args:
        failure: What happened.
        texts: What was shown before.
        node_id: The test's.
        path: The test's file, for a failure without a place.
        line: The test's line, likewise.
    """
    outcome = failure.outcome
    heading = ""
    if outcome.state is State.FAILED:
        heading = f"--- FAIL: {failure.name} ({outcome.elapsed:.2f}s)\n"
    text = heading + texts.shorten(outcome.output)
    if outcome.state is not State.FAILED or not outcome.output.strip():
        text += texts.shorten(outcome.reason) + "\n"
    if outcome.detail is not None:
        text += texts.once(outcome.detail.key, outcome.detail.text, node_id)
    location = outcome.location
    if location is None or not os.path.isabs(location.path):  # noqa: PTH117 - a text, not a path
        return text, str(path), line, texts.shorten(outcome.reason)
    return text, texts.short_path(location.path), location.line, texts.shorten(outcome.reason)


def describe_package(outcome: PackageOutcome, texts: Texts) -> str:
    """The text for a package that failed in a way that none of its tests shows."""
    text = f"{outcome.import_path}: {outcome.fault}\n" + texts.shorten(outcome.output)
    if outcome.detail is not None:
        text += texts.once(outcome.detail.key, outcome.detail.text, outcome.import_path)
    return text
