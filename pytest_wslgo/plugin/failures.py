"""How a Go failure reads in pytest's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import State
from pytest_wslgo.plugin import private
from pytest_wslgo.reports import inputs

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.outcomes import Outcome, PackageOutcome
    from pytest_wslgo.plugin.gorun import PackageKey
    from pytest_wslgo.plugin.texts import Texts


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
    elif outcome.note:
        text += texts.from_root(outcome.note, go_dir) + "\n"
    if outcome.detail is not None:
        text += texts.once(outcome.detail.key, texts.detail(outcome.detail, go_dir), node_id)
    text += inputs.describe(outcome.fuzzing, node_id, path, texts.invocation_dir)
    if outcome.location is not None:
        # Joined with an absolute path the package's directory has no say.
        file = path.parent / outcome.location.path
        if texts.is_file(file):
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
