"""Phrases of which the reasons of outcomes are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.outcome import State
from pytest_wslgo.outcomes.shortage import killed, of_build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_wslgo.outcomes.outcome import Detail
    from pytest_wslgo.outcomes.package import PackageState
    from pytest_wslgo.outcomes.shortage import Signs
    from pytest_wslgo.outcomes.teststate import TestState


def status(package: PackageState) -> str:
    """How the test binary ended, as far as Go tells: `` with exit status 3``."""
    kind, _, signal = package.exit_line.partition("signal: ")
    return killed(signal, package.signs) if signal else f" with {kind}" if kind else ""


def suspicion(package: PackageState) -> str:
    """What may have ended the test binary, where it is not known."""
    if "signal: " in package.exit_line:
        return ""
    return " (os.Exit?)" if package.exit_line else " (os.Exit? a signal?)"


def few(names: Sequence[str], most: int = 3) -> str:
    """Some names in a sentence: ``a, b, c and 4 more``."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def counted(number: int, thing: str) -> str:
    """A number of things: ``1 test``, ``2 tests``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def failed_tests(package: PackageState) -> list[str]:
    """The top-level tests that have failed, selected or not."""
    return [
        name
        for name, test in package.tests.items()
        if State.FAILED in test.ended and "/" not in name
    ]


def not_run(test: TestState | None, cause: str) -> str:
    """The reason of a test that has no end."""
    started = test is not None and test.running and not test.paused
    return f"did not run{' to its end' if started else ''}: {cause}"


def headline(build: Detail, signs: Signs | None = None) -> str:
    """The line that tells why a build failed, and whether something of it was killed, and why."""
    return _first_words(build) + _remedy(build.text) + of_build(build.text, signs)


def _remedy(text: str) -> str:
    """What to do, where `go` was told not to download and names no way out itself."""
    if "module lookup disabled by GOPROXY=off" in text:
        return " (run `go mod download` with a network first, or `go mod vendor`)"
    return ""


def _first_words(build: Detail) -> str:
    """The first line of a build's text that is not a heading, with what it leads over to."""
    said = [line.strip() for line in build.text.split("\n")]
    said = [line for line in said if line and not line.startswith("# ")]
    if not said:
        return build.key
    if said[0].startswith("package ") and len(said) > 1:
        # An import cycle: the path that closes it is the last line.
        return next((line for line in said if "import cycle" in line), said[0])
    return " ".join(said[:2]) if said[0].endswith(":") else said[0]
