"""Go's texts as pytest shows them: paths that lead somewhere, no control characters, each once."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from pytest_wslgo.reports.escaping import for_pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_wslgo.outcomes import Detail

_BARE = re.compile(r"^(\s+)([^\s/:]+\.go)(?=:\d+: )", re.MULTILINE)
"""A file name without a directory, at the start of a test's message."""
_RELATIVE = re.compile(r"(?<![\w./-])(?!/)[\w./@+-]+\.go(?=:\d)")
"""A relative path, in a compiler's message."""
_COMPILER = re.compile(r"(?:vet: )?(?P<path>[^\s:][^:\n]*\.go):(?P<line>\d+):(?P<column>\d+): ")
_MOST_SOURCE_LINES = 20
"""Per text; a compiler stops after ten errors."""
_LONGEST_SOURCE_LINE = 200


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
        """Make absolute paths relative to where pytest was started, so that one can click them.

        Control characters become visible ones, as all that is shown comes through here.
        """
        return self._prefix.sub("", for_pytest(text))

    def lead(self, text: str, directory: Path) -> str:
        """Likewise, where Go gives file names only: those of files in the package's directory.

        Go does so without -fullpath, which runs that its test cache may answer go without before
        Go 1.24.
        """

        def place(match: re.Match[str]) -> str:
            file = directory / match[2]
            return match[1] + self.short_path(str(file)) if self.is_file(file) else match[0]

        return _BARE.sub(place, self.shorten(text))

    def from_root(self, text: str, go_dir: Path) -> str:
        """Make a compiler's paths, which lead from where `go` ran, lead from where pytest did."""

        def place(match: re.Match[str]) -> str:
            file = go_dir / match[0]
            return self.short_path(os.path.normpath(file)) if self.is_file(file) else match[0]

        if str(go_dir) + os.sep == self._start:
            return self.shorten(text)
        return _RELATIVE.sub(place, self.shorten(text))

    def detail(self, detail: Detail, go_dir: Path) -> str:
        """A text that several outcomes share; a compiler's with the lines of source it is about."""
        if not detail.key.startswith("build "):
            return self.from_root(detail.text, go_dir)
        with_source = "".join(_with_source(detail.text, go_dir))
        return self.from_root(with_source, go_dir)

    @staticmethod
    def is_file(path: str | Path) -> bool:
        """Whether a path that a test has printed is a file's; it may be too long for a path."""
        return os.path.isfile(path)  # noqa: PTH113 - Path.is_file() raises before Python 3.14

    def short_path(self, path: str) -> str:
        """One such path."""
        return path.removeprefix(self._start)

    def once(self, key: str, text: str, heading: str) -> str:
        """The text where it is shown for the first time, else where it stands."""
        first = self._shown.setdefault(key, heading)
        return text if first == heading else f"(the text is shown under {first})\n"


def _with_source(text: str, go_dir: Path) -> Iterator[str]:
    """The lines of a compiler's text, those with a place followed by the source and a caret."""
    files: dict[Path, list[bytes]] = {}
    left = _MOST_SOURCE_LINES
    for line in text.splitlines(keepends=True):
        yield line
        match = _COMPILER.match(line)
        if match is None or not left:
            continue
        file = go_dir / match["path"]
        if file not in files:
            files[file] = []
            with suppress(OSError):
                files[file] = file.read_bytes().split(b"\n")
        source = _source_line(files[file], int(match["line"]), int(match["column"]))
        left -= bool(source)
        yield source


def _source_line(lines: list[bytes], number: int, column: int) -> str:
    """One line of source with its number, and a caret below; empty where there is no such line.

    A column counts bytes from 1 (go/token.Position).
    """
    if not 0 < number <= len(lines):
        return ""
    line = lines[number - 1].rstrip(b"\r")
    before = line[: column - 1].decode(errors="replace")
    shown = line.decode(errors="replace")
    if not shown.strip() or len(shown) > _LONGEST_SOURCE_LINE or column > len(line) + 1:
        return ""
    # Tabs stay in both lines, so that the caret stands where it should, however wide they are.
    indent = re.sub(r"[^\t]", " ", before)
    margin = " " * len(str(number))
    return f"    {number} | {shown}\n    {margin} | {indent}^\n"
