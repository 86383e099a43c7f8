"""What go.mod and go.work ask of the toolchain: their `go` and `toolchain` lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.toolchain.version import parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.version import Version

_LINE: Final = re.compile(r"(?P<word>go|toolchain)\s+[\"`]?(?P<value>[^\s\"`]+)")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line that asks for a Go.

    Attributes:
        file: the go.mod or go.work.
        line: its number, from 1.
        word: "go" (binding) or "toolchain" (counts only where GOTOOLCHAIN allows switching).
        value: as written ("1.30", "go1.30.1").
    """

    file: Path
    line: int
    word: str
    value: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} (`{self.word} {self.value}`)"

    @property
    def version(self) -> Version:
        """The version that is asked for."""
        return parse_version(self.value)

    def met_by(self, version: Version) -> bool:
        """Whether a Go is new enough.

        `go 1.30` names the language, which go1.30rc1 and a development build already speak;
        `go 1.30.0` names the release (https://go.dev/doc/toolchain#version).
        """
        language = len(self.version.release) < len(("major", "minor", "patch"))
        if language and not self.version.is_prerelease:
            return version.release[:2] >= self.version.release
        return version >= self.version


def files_for(directory: Path, *, gowork: str) -> list[Path]:
    """The go.mod and go.work that hold for a directory, found as Go does: upwards.

    Args:
        directory: where Go will run.
        gowork: the value of GOWORK: "off", a file, or empty to search.
    """
    above = [directory.absolute(), *directory.absolute().parents]
    found = [_first(above, "go.mod")]
    if gowork == "":
        found.append(_first(above, "go.work"))
    elif gowork != "off":
        found.append(Path(gowork))
    return [path for path in found if path is not None]


def _first(directories: Iterable[Path], name: str) -> Path | None:
    return next((d / name for d in directories if (d / name).is_file()), None)


def requirements(files: Iterable[Path]) -> list[Requirement]:
    """The `go` and `toolchain` lines of these files, in order.

    A file that cannot be read and a value that is no version are left for Go to complain about.
    """
    return [found for file in files for found in _scan(file)]


def _scan(file: Path) -> Iterator[Requirement]:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    in_block = False
    for number, whole in enumerate(text.splitlines(), start=1):
        line = whole.partition("//")[0].strip()
        if in_block:
            in_block = line != ")"
            continue
        in_block = line.endswith("(")
        match = _LINE.fullmatch(line.rstrip('"`'))
        if match is None:
            continue
        try:
            parse_version(match["value"])
        except ValueError:
            continue  # `toolchain default`
        yield Requirement(file, number, match["word"], match["value"])
