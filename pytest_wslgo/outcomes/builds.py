"""What compilers, vet and `go` itself said, by the build that it concerns."""

from __future__ import annotations

import re
from itertools import dropwhile
from typing import TYPE_CHECKING, Any

from pytest_wslgo.outcomes.lines import CRASH
from pytest_wslgo.outcomes.outcome import Detail
from pytest_wslgo.outcomes.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# `go build` heads each package's messages so; vet and test variants follow in brackets.
_VERDICTS = ("FAIL\t", "FAIL\n", "ok  \t", "?   \t")
_GO_ITSELF = ("go: ", "go.mod:")
_HEADING = re.compile(r"# (?P<path>\S+)(?P<variant> \[\S+\])?$")


class Builds:
    """Collects build output from ``build-output`` events (Go >= 1.24) and from plain text."""

    def __init__(self) -> None:
        self._texts: dict[str, Text] = {}
        self._failed: set[str] = set()
        self._current = ""

    def event(self, event: dict[str, Any]) -> None:
        """Take a ``build-output`` or ``build-fail`` event."""
        path = event.get("ImportPath", "")
        if event["Action"] == "build-fail":
            self._failed.add(path)
        else:
            self._texts.setdefault(path, Text()).append(event.get("Output", ""))

    def plain(self, line: str) -> None:
        """Take a line of plain text; a ``# path [path.test]`` heading says whose the next are."""
        if line.startswith(_VERDICTS):
            # On stdout, while the rest of a compiler's words may still come on stderr.
            self._texts.setdefault("", Text()).append(line)
            return
        heading = _HEADING.match(line.strip())
        if heading is not None:
            self._current = heading["path"] + (heading["variant"] or "")
        elif line.startswith(_GO_ITSELF):
            self._current = ""
        if line.strip():
            self._texts.setdefault(self._current, Text()).append(line)

    def detail(self, failed_build: str, asked: Collection[str] = ()) -> Detail | None:
        """The text of a failed build, or None where nothing failed to build.

        Args:
            failed_build: ``FailedBuild`` of a package's ``fail`` event, in which ``p [p.test]``,
                ``p.test``, a dependency or a missing module may stand; or the package's own import
                path, where Go named none.
            asked: The packages that the process was asked for. Before Go 1.24 it is not told which
                dependency sank a package: it is one of those that were not asked for, or any.
        """
        if not failed_build:
            return None
        own = self._own(failed_build)
        if own is not None:
            return own
        headed = [key for key in self._texts if key]
        others = [key for key in headed if key.partition(" ")[0] not in asked] or headed
        if others:
            text = "".join(str(self._texts[key]) for key in others)
            return Detail(f"build {', '.join(others)}", text)
        text = self.unclaimed() or f"{failed_build} does not build; `go` did not say why"
        return Detail(f"build {failed_build}", text)

    def said_of(self, import_path: str) -> Detail | None:
        """What was said under a package's own heading, if it was anything."""
        return self._own(import_path)

    def _own(self, failed_build: str) -> Detail | None:
        key = next((key for key in self._keys(failed_build) if key in self._texts), None)
        return Detail(f"build {key}", str(self._texts[key])) if key is not None else None

    def _keys(self, failed_build: str) -> Iterator[str]:
        yield failed_build
        plain = failed_build.partition(" ")[0]
        yield plain
        # `p` may have failed as `p [p.test]` or `p_test [p.test]`.
        for key in self._texts:
            if key.startswith((f"{plain} [", f"{plain}_test [")) or key.endswith(
                f" [{plain}.test]"
            ):
                yield key

    def unclaimed(self) -> str:
        """Everything that no heading claims: `go`'s own words."""
        return str(self._texts.get("", ""))

    def crash(self) -> str:
        """How `go` itself crashed, from the first line of that on; empty if it did not."""
        lines = self.unclaimed().splitlines(keepends=True)
        return "".join(dropwhile(lambda line: not line.startswith(CRASH), lines))

    def last_words(self) -> str:
        """The last line that `go` itself said, for messages of one line."""
        lines = [line.strip() for line in self.unclaimed().split("\n") if line.strip()]
        lines = [line for line in lines if not line.startswith(_VERDICTS)]
        return lines[-1] if lines else ""
