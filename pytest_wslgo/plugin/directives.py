"""What `//wslgo:` comments in Go files mean to pytest."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from pytest_wslgo.errors import ArgumentError
from pytest_wslgo.plugin.markers.directive import parse_arguments
from pytest_wslgo.plugin.markers.table import MARKERS
from pytest_wslgo.plugin.markers.use import bind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_wslgo.discovery import Directive, Stray

_NEAR: Final = 0.8
"""How like a directive's name a word must be for its comment to be taken for one."""

KNOWN: Final = ("usefixtures", "uncached", *MARKERS)


@dataclass(frozen=True, slots=True)
class Orders:
    """What directives ask for.

    Attributes:
        marks: pytest marks; ``usefixtures`` is one as well.
        uncached: whether no cached result is an answer for the test.
    """

    marks: tuple[pytest.MarkDecorator, ...] = ()
    uncached: bool = False

    def __add__(self, other: Orders) -> Orders:
        return Orders(self.marks + other.marks, self.uncached or other.uncached)


def read(directives: Iterable[Directive], path: Path | None = None) -> Orders:
    """Turn directives into what they ask for.

    Args:
        directives: those above a function, or above a file's package clause.
        path: their file, for messages; None for an entry of the configuration file.

    Raises:
        ArgumentError: one is unknown, or given what it does not take; a misspelt one would be a
            comment that nobody obeys.
    """
    orders = Orders()
    for directive in directives:
        try:
            orders += _read(directive)
        except ArgumentError as error:
            if path is None:  # in the configuration file it has no such prefix
                told = str(error).replace("//wslgo:", "")
                raise ArgumentError(f"{directive.name} {told}") from error
            where = f"{path}:{directive.line}: //wslgo:{directive.name}"
            raise ArgumentError(f"{where} {error}") from error
    return orders


def refuse_strays(strays: Iterable[Stray], path: Path) -> None:
    """Refuse comments that somebody may take for directives.

    Raises:
        ArgumentError: one is; nobody would obey it.
    """
    for stray in strays:
        where = f"{path}:{stray.line}"
        near = difflib.get_close_matches(stray.name.lower(), KNOWN, n=1, cutoff=_NEAR)
        if stray.is_exact:
            raise ArgumentError(
                f"{where}: //wslgo:{stray.name} belongs to no test: it must stand directly "
                "above a test function, without an empty line between, or above the package clause"
            )
        if near:
            raise ArgumentError(
                f"{where}: a comment and no directive: write //wslgo:{near[0]}, without a space"
            )


def _read(directive: Directive) -> Orders:
    name, arguments = directive.name, directive.arguments
    if name == "usefixtures":
        return Orders(marks=(_usefixtures(arguments),))
    if name == "uncached":
        if arguments:
            raise ArgumentError(f"takes no arguments: {arguments}")
        return Orders(uncached=True)
    if name not in MARKERS:
        near = difflib.get_close_matches(name, KNOWN, n=1)
        hint = f"did you mean //wslgo:{near[0]}?" if near else f"known: {', '.join(KNOWN)}"
        raise ArgumentError(f"is not a directive of pytest-wslgo: {hint}")
    return Orders(marks=(_marker(name, arguments),))


def _usefixtures(arguments: str) -> pytest.MarkDecorator:
    names = re.split(r"[\s,]+", arguments.strip(" ,\t"))
    if names == [""]:
        raise ArgumentError("names no fixture: write //wslgo:usefixtures NAME [NAME …]")
    return pytest.mark.usefixtures(*names)


def _marker(name: str, arguments: str) -> pytest.MarkDecorator:
    try:
        args, kwargs = parse_arguments(arguments)
        bind(name, args, kwargs)
    except ArgumentError as error:
        right = MARKERS[name].in_go()
        raise ArgumentError(f"{arguments or 'alone'}: {error} (as in {right})") from error
    mark: pytest.MarkDecorator = getattr(pytest.mark, name)
    return mark.with_args(*args, **kwargs)
