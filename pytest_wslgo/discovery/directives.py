"""Finds `//wslgo:NAME ARGUMENTS` comments: directives, written as Go writes `//go:build`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_wslgo.discovery.lexing import (
    BLOCK_COMMENT,
    SPACE,
    comments_before,
    find_opaque,
    is_code,
    last_group,
    line_start,
    starts_line,
)
from pytest_wslgo.discovery.model import Directive, Stray

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pytest_wslgo.discovery.lexing import Opaque

_DIRECTIVE = re.compile(rb"//wslgo:(\S*)([^\n]*)")
_LIKELY = re.compile(rb"wslgo[ \t]*:", re.IGNORECASE)
_LIKE = re.compile(rb"(//[ \t]*wslgo[ \t]*:[ \t]*)(\S*)", re.IGNORECASE)
_BEFORE_PACKAGE = re.compile(rb"(?:\xef\xbb\xbf)?" + SPACE + rb"*")
_COMMENT = re.compile(rb"//[^\n]*|" + BLOCK_COMMENT)


def at_top(source: bytes) -> tuple[Directive, ...]:
    """The directives of a file: all above its package clause, also with empty lines between."""
    if b"//wslgo:" not in source:
        return ()
    head = _BEFORE_PACKAGE.match(source)
    comments = _COMMENT.finditer(source, 0, head.end() if head else 0)
    return tuple(_directives(source, (comment.span() for comment in comments), 0, 1))


def above(source: bytes, opaque: Opaque, function: int, line: int) -> tuple[Directive, ...]:
    """The directives in the doc comment of the function whose `func` is at an offset and line.

    That is, as in Go, the comment group that ends on the line before; `func` is the first on its.
    """
    if not starts_line(source, function):
        return ()
    start = line_start(source, function)
    comments = comments_before(source, opaque, start)
    if not comments or source.count(b"\n", comments[-1][1], start) != 1:
        return ()
    group = last_group(source, comments)
    first = group[0][0]
    if not starts_line(source, first):  # a comment behind code belongs to that code
        return ()
    first_line = line - source.count(b"\n", first, start)
    return tuple(_directives(source, group, first, first_line))


def strays(source: bytes, known: Collection[int]) -> tuple[Stray, ...]:
    """Comments that look like directives, but for those on the lines that are `known` to hold one.

    They stand above no test function, or have spaces or capitals that a directive has not.
    """
    if not _LIKELY.search(source):
        return ()
    opaque = find_opaque(source)
    found = []
    for match in _LIKE.finditer(source):
        line = source.count(b"\n", 0, match.start()) + 1
        if line not in known and is_code(source, opaque, match.start()):
            name = match[2].decode(errors="replace")
            found.append(Stray(name, line, is_exact=match[1] == b"//wslgo:"))
    return tuple(found)


def _directives(
    source: bytes, comments: Iterable[tuple[int, int]], position: int, line: int
) -> Iterator[Directive]:
    """Those among some comments; `line` is the line of `position`, which is before all of them."""
    for start, end in comments:
        match = _DIRECTIVE.fullmatch(source[start:end].replace(b"\r", b""))  # as go/scanner
        if match:
            line += source.count(b"\n", position, start)
            position = start
            name, arguments = (part.strip().decode(errors="replace") for part in match.groups())
            yield Directive(name, arguments, line)
