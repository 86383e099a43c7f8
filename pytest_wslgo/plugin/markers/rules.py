"""``wslgo_marks``: directives for Go tests whose files must not be edited.

An entry is ``PATTERN NAME [ARGUMENTS]``. The pattern is a directory relative to the rootdir, in
which ``...`` stands for anything as it does for Go, or a test file; then, behind ``::``, a glob for
the names of tests. Both parts may be left out.
"""

from __future__ import annotations

import os
import posixpath
import re
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.discovery import Directive
from pytest_wslgo.errors import ArgumentError, WslgoError
from pytest_wslgo.plugin.directives import Orders, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytest_wslgo.plugin.collection import Index

INI = "wslgo_marks"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry.

    Attributes:
        text: as it was written.
        place: the directory or file as it was written, without ``./``; empty for all.
        names: the glob.
        orders: what it asks for.
    """

    text: str
    place: str
    names: str
    orders: Orders

    def takes_file(self, path: str) -> bool:
        """Whether it is about a file; `path` is relative to the rootdir, with slashes."""
        if not self.place:
            return True
        directory = path if self.place.endswith(".go") else path.rpartition("/")[0] or "."
        return re.fullmatch(_go_pattern(self.place), directory) is not None

    def takes(self, name: str) -> bool:
        """Whether it is about tests of that name, in its files."""
        return fnmatchcase(name, self.names)

    @property
    def start(self) -> str:
        """The directory in which all that it can match lies."""
        fixed = self.place.partition("...")[0]
        return fixed if fixed == self.place and not fixed.endswith(".go") else _above(fixed)


def read_rules(config: pytest.Config) -> tuple[Rule, ...]:
    """The entries of the configuration file; ``pytest.UsageError`` names one that is wrong."""
    rules = []
    for line in config.getini(INI):
        try:
            rules.append(parse_rule(line))
        except ArgumentError as error:
            raise pytest.UsageError(f"{INI}: {line!r}: {error}") from error
    return tuple(rules)


def parse_rule(text: str) -> Rule:
    """Read an entry.

    Raises:
        ArgumentError: it is no entry, or its directive is wrong.
    """
    pattern, name, arguments = [*text.split(None, 2), "", "", ""][:3]
    if not name:
        raise ArgumentError(
            "write PATTERN NAME [ARGUMENTS], such as internal/fs/...::TestRename* skip_on_drvfs"
        )
    place, _, names = pattern.partition("::")
    if "*" in place:
        raise ArgumentError(
            f"in a directory only ... stands for others, as it does for Go: {place}"
        )
    if place.startswith("/") or ".." in place.split("/"):
        raise ArgumentError(f"name directories relative to the rootdir: {place}")
    place = posixpath.normpath(place) if place else ""
    return Rule(text, place, names or "*", read([Directive(name, arguments.strip(), 0)]))


def stale(
    rules: tuple[Rule, ...], index: Index, rootdir: Path, targets: Sequence[Path]
) -> Iterator[str]:
    """A note for each entry that matches nothing where all that it could match was looked at.

    Args:
        rules: the entries.
        index: the packages.
        rootdir: what entries are relative to.
        targets: the paths that pytest was given.
    """
    real = os.path.realpath(rootdir)
    looked = [os.path.realpath(path) for path in targets if path.is_dir()]
    for rule in rules:
        start = os.path.normpath(os.path.join(real, rule.start))  # noqa: PTH118 - compared as text
        seen = any(start == path or start.startswith(path.rstrip("/") + "/") for path in looked)
        if seen and not any(_matches(rule, *each) for each in _tests(index, real)):
            yield f"{INI}: {rule.text!r} matches no test here: mend or remove it"


def _matches(rule: Rule, path: str, names: Sequence[str]) -> bool:
    return rule.takes_file(path) and any(map(rule.takes, names))


def _tests(index: Index, real: str) -> Iterator[tuple[str, list[str]]]:
    """All test files with the names of their tests, also of those that are for other platforms."""
    for entry in index.packages:
        for path in (*entry.test_files.values(), *entry.package.ignored_files):
            relative = os.path.relpath(os.path.realpath(path), real).replace(os.sep, "/")
            with suppress(WslgoError):  # its own package says so
                yield relative, [function.name for function in entry.scan(path).functions]


def _go_pattern(place: str) -> str:
    """Go's own rules (cmd/internal/pkgpattern): ``...`` is anything, ``x/...`` is ``x`` too."""
    pattern = re.escape(place).replace(re.escape("..."), ".*")
    return re.sub(r"/\.\*$", "(/.*)?", pattern)


def _above(path: str) -> str:
    return path.rpartition("/")[0]
