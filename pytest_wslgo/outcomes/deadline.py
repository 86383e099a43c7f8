"""The session's deadline, as the packages of one `go test` process see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.wording import few

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_wslgo.outcomes.package import PackageState


class Deadline:
    """Whether it has struck, and what it found."""

    def __init__(self) -> None:
        self._words = ""
        self._started = True

    def strike(self, limit: str, packages: Iterable[PackageState], *, started: bool) -> None:
        """Note that it has struck; the open packages are told."""
        self._words = f"the deadline of {limit} struck"
        self._started = started
        for package in packages:
            if package.state is None:
                package.struck = self._words

    def reason(self, packages: Iterable[PackageState]) -> str:
        """Why there is no word of a package; empty if it has not struck."""
        if not self._words:
            return ""
        if not self._started:
            return f"{self._words} before its run started"
        crashes = [
            (each, crash)
            for each in packages
            if each.struck and (crash := each.crash()) is not None and crash.timed_out
        ]
        tests = [f"{each.import_path}.{name}" for each, crash in crashes for name in crash.tests]
        names = tests or [each.import_path for each, _ in crashes]
        if not names:
            return f"{self._words} while Go was building"
        return f"{self._words} while {few(names)} ran"
