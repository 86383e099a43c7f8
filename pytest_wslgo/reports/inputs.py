"""The failing inputs of a fuzz target: what they are, and how to run them again."""

from __future__ import annotations

import errno
import os
import re
import shlex
from itertools import islice
from typing import TYPE_CHECKING

from pytest_wslgo.reports.escaping import for_line, for_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_wslgo.outcomes import Fuzzing

_MOST = 5
"""Inputs that are shown; a broken function may fail for a whole corpus."""
_LINES = 10
_WIDTH = 200
_SEED = re.compile(r"seed#(\d+)")
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def describe(fuzzing: Fuzzing | None, node_id: str, path: Path, here: Path) -> str:
    """Lines for each failing input; empty if there is none.

    Args:
        fuzzing: What the outcome knows of them.
        node_id: The target's.
        path: The target's file.
        here: Where one shall be able to give the commands.
    """
    if fuzzing is None or not fuzzing.inputs:
        return ""
    target = node_id.rpartition("::")[2].partition("[")[0]
    shown = fuzzing.inputs[:_MOST]
    said = [
        line
        for name in shown
        for line in _input(name, target, path, here, new=name == fuzzing.written)
    ]
    if len(fuzzing.inputs) > _MOST:
        said.append(f"input: {len(fuzzing.inputs) - _MOST} more")
    node = f"{os.path.relpath(path, here)}::{node_id.rpartition('::')[2]}"
    said.append(f"rerun: pytest --wslgo {shlex.quote(node)}")
    said += [f"rerun: {_go_test(name, target, path.parent, here)}" for name in shown]
    return "\n".join(said) + "\n"


def _input(name: str, target: str, path: Path, here: Path, *, new: bool) -> Iterator[str]:
    seed = _SEED.fullmatch(name)
    if seed is not None:
        yield f"input: seed #{seed[1]}, the {_ordinal(int(seed[1]) + 1)} f.Add"
        return
    file = path.parent / "testdata" / "fuzz" / target / name
    where = for_line(for_terminal(os.path.relpath(file, here)))
    yield f"input: {where}{' (new: commit it to keep it as a seed)' if new else ''}"
    try:
        lines = _content(file)
    except OSError as error:
        yield f"    (cannot be read: {error.strerror})"
        return
    for line in lines[:_LINES]:
        yield f"    {line[:_WIDTH]}{'…' if len(line) > _WIDTH else ''}"
    if len(lines) > _LINES:
        yield "    …"


def _content(file: Path) -> list[str]:
    """The first lines of a corpus file; of anything else that bears its name nothing is shown."""
    if not file.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if not file.is_file():
        return ["(no regular file)"]
    with file.open("rb") as content:
        lines = list(islice(iter(lambda: content.readline(_WIDTH * 8), b""), _LINES + 1))
    if not lines or not lines[0].startswith(b"go test fuzz v"):
        return ["(no corpus file)"]
    return [for_terminal(line.decode(errors="backslashreplace").rstrip("\r\n")) for line in lines]


def _ordinal(number: int) -> str:
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _go_test(name: str, target: str, package: Path, here: Path) -> str:
    """The command for one input; ``-C`` where the package's module begins below ``here``."""
    run = "-run=" + shlex.quote(f"^{target}$/^{_SPECIAL.sub(_escaped, name)}$")
    directory = os.path.relpath(package, here)
    if any((each / "go.mod").is_file() for each in _between(package, here)):
        return f"go test -C {shlex.quote(directory)} {run}"
    relative = directory if directory.startswith(".") else f"./{directory}"
    return f"go test {run} {shlex.quote(relative)}"


def _escaped(match: re.Match[str]) -> str:
    return "\\" + match[0]


def _between(package: Path, here: Path) -> list[Path]:
    """The package's directory and those above it, as long as they are below ``here``."""
    return [each for each in (package, *package.parents) if here in each.parents]
