"""The arguments of a directive in a Go file: ``symlink hard-link reason="only there"``."""

from __future__ import annotations

import json
import re

from pytest_wslgo.errors import ArgumentError

# A text in quotes as Go writes it, interpreted or raw, or a word; each may have a name.
_ARGUMENT = re.compile(
    r"""
    (?! [A-Za-z_]\w*= (?:\s|\Z) )  # a name without a value
    (?P<key>[A-Za-z_]\w*=)?
    (?: (?P<quoted>"(?:[^"\\]|\\.)*") | `(?P<raw>[^`]*)` | (?P<word>[^\s"'`]+) )
    (?: ,?(?:\s+|\Z) )
    """,
    re.VERBOSE,
)
_SWITCHES = {"true": True, "false": False}


def parse_arguments(text: str) -> tuple[list[object], dict[str, object]]:
    """Read what follows a directive's name.

    Returns:
        The arguments without a name and those with one. All are texts; a word true or false behind
        a name is a bool.

    Raises:
        ArgumentError: a quote is not closed, or stands where none can; a name comes twice.
    """
    args: list[object] = []
    kwargs: dict[str, object] = {}
    position = 0
    text = text.strip()
    while position < len(text):
        match = _ARGUMENT.match(text, position)
        if match is None:
            raise ArgumentError(
                f"cannot read {text[position:]!r}: separate words by spaces and put a text in "
                'double quotes (reason="renames fail")'
            )
        position = match.end()
        key, value = _pair(match)
        if not key:
            args.append(value)
        elif key in kwargs:
            raise ArgumentError(f"{key} is given twice")
        else:
            kwargs[key] = value
    return args, kwargs


def _pair(match: re.Match[str]) -> tuple[str, object]:
    key = (match["key"] or "").removesuffix("=")
    if match["raw"] is not None:
        return key, match["raw"]
    if match["quoted"] is None:
        word = match["word"].removesuffix(",")
        return key, _SWITCHES.get(word, word) if key else word
    try:
        return key, json.loads(match["quoted"])
    except ValueError as error:
        raise ArgumentError(f"cannot read {match['quoted']}: {error}") from error
