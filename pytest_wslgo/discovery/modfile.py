"""Reads what discovery needs of `go.mod`, `go.work` and Go's own settings, without a process.

The syntax is that of golang.org/x/mod/modfile (read.go, work.go). Only lines that matter here are
judged: go itself reports all others when it runs.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.errors import DiscoveryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TOKEN = re.compile(
    r"""
      (?P<comment> // .* )
    | (?P<string> "(?:[^"\\]|\\.)*" | `[^`]*` )
    | (?P<mark> [()\[\]{},] )
    | (?P<word> (?! ["`] ) (?: (?!//) [^\s()\[\]{},] )+ )
    | (?P<bad> \S )
    """,
    re.VERBOSE,
)


def use_directories(work_file: Path) -> tuple[Path, ...]:
    """The module directories that a `go.work` lists, absolute, in its order.

    Raises:
        DiscoveryError: the file cannot be read, or a `use` line or a block cannot be understood.
            Guessing would put a module into the wrong workspace, or hide go's own complaint.
    """
    base = work_file.parent
    found = []
    for number, words in _statements(work_file):
        if words[0] == "use":
            if len(words) != 2:
                raise _unreadable(work_file, number, "a `use` line names exactly one directory")
            directory = _text(words[1], work_file, number)
            found.append(Path(os.path.normpath(base / directory)))
    return tuple(found)


def module_path(mod_file: Path) -> str:
    """What the `module` line of a `go.mod` says; empty where it cannot be read."""
    try:
        found = (words for _, words in _statements(mod_file) if words[0] == "module")
        return next((_text(words[1], mod_file, 1) for words in found if len(words) > 1), "")
    except DiscoveryError:
        return ""


def ignored_directories(mod_file: Path) -> tuple[str, ...]:
    """The arguments of a `go.mod`'s `ignore` lines (Go 1.25), as written: `./x` or `x`.

    A `go.mod` that is broken gives none: go says what is wrong with it when it lists the module.
    """
    try:
        if b"ignore" not in mod_file.read_bytes():
            return ()
        return tuple(
            _text(word, mod_file, number)
            for number, words in _statements(mod_file)
            if words[0] == "ignore"
            for word in words[1:]
        )
    except (OSError, DiscoveryError):
        return ()


def go_setting(name: str, environ: Mapping[str, str]) -> str:
    """A variable as go sees it: from the environment, else from the file that `go env -w` writes.

    Source: cmd/go/internal/cfg (Getenv, EnvFile). Returns an empty string where it is not set.
    """
    if environ.get(name):
        return environ[name]
    file = environ.get("GOENV", "")
    if file == "off":
        return ""
    if not file:
        config = environ.get("XDG_CONFIG_HOME") or (
            os.path.join(environ["HOME"], ".config") if environ.get("HOME") else ""  # noqa: PTH118
        )
        if not config:
            return ""
        file = f"{config}/go/env"
    try:
        lines = Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    values = [line.partition("=")[2].strip() for line in lines if line.startswith(f"{name}=")]
    return values[-1] if values else ""


def _statements(file: Path) -> Iterator[tuple[int, list[str]]]:
    """(line number, words) of each statement; a block's lines come with its verb in front."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise DiscoveryError(
            f"cannot read {file} ({error.strerror}): make it readable, or set GOWORK=off"
        ) from error
    verb: list[str] = []
    opened = 0
    for number, line in enumerate(text.split("\n"), start=1):
        words = _words(line, file, number)
        if not words:
            continue
        if verb:
            if words == [")"]:
                verb = []
            else:
                yield number, verb + words
        elif words[-1] == "(":
            verb, opened = words[:-1], number
        elif words[-2:] != ["(", ")"]:
            yield number, words
    if verb:
        raise _unreadable(file, opened, "the block that starts here has no end")


def _words(line: str, file: Path, number: int) -> list[str]:
    words = []
    for match in _TOKEN.finditer(line):
        if match.lastgroup == "bad":
            raise _unreadable(file, number, "a quoted string has no end")
        if match.lastgroup != "comment":
            words.append(match[0])
    return words


def _text(word: str, file: Path, number: int) -> str:
    """A word without its quotes, as modfile.parseString takes it."""
    if word.startswith('"'):
        try:
            return str(json.loads(word))
        except ValueError as error:
            raise _unreadable(file, number, f"{word} is not a string") from error
    if any(quote in word for quote in "\"'`"):
        raise _unreadable(file, number, f"{word}: only double quotes can quote")
    return word


def _unreadable(file: Path, number: int, why: str) -> DiscoveryError:
    return DiscoveryError(
        f"cannot tell which modules belong together: {file}:{number}: {why}. "
        "Correct that line (`go work edit -json` shows what Go reads), or set GOWORK=off"
    )
