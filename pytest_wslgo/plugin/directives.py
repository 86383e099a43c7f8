"""What `//wslgo:` comments in Go files mean to pytest."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_wslgo.discovery import Directive

KNOWN = ("usefixtures", "uncached")


def fixture_names(
    directives: Iterable[Directive], path: Path, error: type[Exception]
) -> tuple[str, ...]:
    """The fixtures that directives name: ``//wslgo:usefixtures database, server``.

    Args:
        directives: Those above a function, or above a file's package clause.
        path: Their file, for messages.
        error: What to raise where a directive is unknown or names nothing; a misspelt one would
            be a comment that nobody obeys.
    """
    names: list[str] = []
    for directive in directives:
        where = f"{path}:{directive.line}: //wslgo:{directive.name}"
        if directive.name not in KNOWN:
            near = difflib.get_close_matches(directive.name, KNOWN, n=1)
            hint = f"did you mean //wslgo:{near[0]}?" if near else f"known: {', '.join(KNOWN)}"
            raise error(f"{where} is not a directive of pytest-wslgo: {hint}")
        if directive.name == "uncached":
            if directive.arguments:
                raise error(f"{where} takes no arguments: {directive.arguments}")
            continue
        found = re.split(r"[\s,]+", directive.arguments.strip(" ,\t"))
        if found == [""]:
            raise error(f"{where} names no fixture: write //wslgo:usefixtures NAME [NAME …]")
        names += found
    return tuple(names)


def is_uncached(directives: Iterable[Directive]) -> bool:
    """Whether ``//wslgo:uncached`` is among them: no cached result is an answer for the test."""
    return any(directive.name == "uncached" for directive in directives)
