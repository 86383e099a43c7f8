"""Go cover profiles: reading, merging by block, writing.

The format is that of ``golang.org/x/tools/cover``: a ``mode:`` line, then one line for each block,
``import/path/file.go:12.34,15.2 3 1`` (start and end as line.column, statements, count). Profiles
of one mode only are merged; this package asks Go for ``atomic`` always.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_wslgo.errors import ProfileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_LINE = re.compile(r"(?P<block>.+:\d+\.\d+,\d+\.\d+ (?P<statements>\d+)) (?P<count>\d+)")


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts by block. A block is its line in the file without the count."""

    mode: str
    blocks: Mapping[str, int]

    @property
    def packages(self) -> frozenset[str]:
        """The import paths of the packages that have blocks."""
        return frozenset(block.rpartition(":")[0].rpartition("/")[0] for block in self.blocks)

    @property
    def percent(self) -> float:
        """Covered statements in percent, as `go tool cover -func` totals them; 0 for none."""
        total = covered = 0
        for block, count in self.blocks.items():
            statements = int(block.rpartition(" ")[2])
            total += statements
            covered += statements if count else 0
        return 100.0 * covered / total if total else 0.0


def read_profile(path: Path) -> Profile:
    """Read a profile; blocks that stand in it twice (``-coverpkg``) are added up.

    Raises:
        ProfileError: The file cannot be read, or a line is damaged; the line is named.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise ProfileError(f"cannot read the cover profile {path}: {error.strerror}") from error
    heading, _, rest = text.partition("\n")
    if not heading.startswith("mode: "):
        if not text:
            return Profile("atomic", {})
        raise ProfileError(f"{path}:1: not a cover profile: it does not begin with `mode:`")
    blocks: dict[str, int] = {}
    # Only "\n" ends a line here: str.splitlines knows more ends, which file names may hold.
    for number, line in enumerate(rest.removesuffix("\n").split("\n") if rest else (), start=2):
        block, _, count = line.rpartition(" ")
        if not count.isdecimal() or _LINE.fullmatch(line) is None:
            raise ProfileError(
                f"{path}:{number}: a damaged line in the cover profile: {line[:80]!r}: "
                "run the tests again, or leave coverage out by --wslgo-cover=off"
            )
        blocks[block] = blocks.get(block, 0) + int(count)
    return Profile(heading.removeprefix("mode: ").strip(), blocks)


def merge(profiles: Iterable[Profile]) -> Profile:
    """Add profiles up, block by block; ProfileError where their modes differ."""
    mode = ""
    blocks: dict[str, int] = {}
    for profile in profiles:
        if mode and profile.blocks and profile.mode != mode:
            raise ProfileError(f"cover profiles of mode {mode} and {profile.mode} cannot be merged")
        mode = profile.mode if profile.blocks else mode
        for block, count in profile.blocks.items():
            blocks[block] = blocks.get(block, 0) + count
    return Profile(mode or "atomic", blocks)


def write_profile(profile: Profile, path: Path) -> None:
    """Write a profile that `go tool cover` accepts; ProfileError where that fails."""
    lines = [f"mode: {profile.mode}\n"]
    lines += [f"{block} {count}\n" for block, count in sorted(profile.blocks.items(), key=_place)]
    text = "".join(lines)
    try:
        # Through a symbolic link to what it means; a device or a pipe is written, not replaced.
        target = path.resolve()
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(target.name + ".tmp")
        unfinished.write_text(text, encoding="utf-8", errors="surrogateescape")
        unfinished.replace(target)
    except OSError as error:
        raise ProfileError(
            f"cannot write the merged cover profile {path}: {error.strerror}: "
            "name a file on a writable disk by --wslgo-coverprofile"
        ) from error


def _place(entry: tuple[str, int]) -> tuple[str, list[int]]:
    file, _, position = entry[0].rpartition(":")
    return file, [int(number) for number in re.findall(r"\d+", position)]
