r"""The files that configure WSL, read as WSL reads them (src/shared/configfile/configfile.cpp).

Sections and keys are letters and digits, in any case. A value may be quoted anywhere, `#` outside
of quotes begins a comment, and a backslash begins one of `\\ \" \b \n \t` or ends a line that goes
on in the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SECTION: Final = re.compile(r"\[([A-Za-z][A-Za-z0-9]*)\][ \t]*(?:#.*)?")
_KEY: Final = re.compile(r"([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*")
_ESCAPES: Final = {"\\": "\\", '"': '"', "b": "\b", "n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One "key = value": `key` as written, behind its section ("boot.systemd")."""

    key: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that WSL cannot read, and why."""

    text: str
    line: int
    wrong: str


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What stands in a file, in order; `bad` are the lines that WSL cannot read."""

    settings: tuple[Setting, ...]
    bad: tuple[BadLine, ...]


def parse_config(text: str, *, stops: bool) -> ConfigFile:
    """Read a file; any text gives a value.

    Args:
        text: the file's.
        stops: whether WSL reads nothing behind a line that it cannot read, as in wsl.conf; in
            .wslconfig it goes on with the next one.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    settings: list[Setting] = []
    bad: list[BadLine] = []
    section, index = "", 0
    while index < len(lines) and not (bad and stops):
        number, line = index + 1, lines[index].strip(" \t")
        index += 1
        if not line or line.startswith("#"):
            continue
        header, key = _SECTION.fullmatch(line), _KEY.match(line)
        if header:
            section = header[1]
        elif key:
            # The whole line: blanks at its end may be behind a backslash.
            value, index, wrong = _value(lines, index - 1, lines[index - 1].index("=") + 1)
            if wrong:
                bad.append(BadLine(line, number, wrong))
            else:
                name = f"{section}.{key[1]}" if section else key[1]
                settings.append(Setting(name, value, number))
        else:
            bad.append(BadLine(line, number, _wrong(line)))
    return ConfigFile(tuple(settings), tuple(bad))


def _wrong(line: str) -> str:
    if line.startswith("["):
        return "a section is a name of letters and digits in brackets, alone on its line"
    return "neither a [section] nor a key of letters and digits with = behind it"


def _value(lines: list[str], index: int, start: int) -> tuple[str, int, str]:
    """A value, the index of the line behind it, and what is wrong with it."""
    value: list[str] = []
    kept, quoted = 0, False
    line = lines[index][start:].lstrip(" \t")
    position = 0
    while position < len(line):
        char = line[position]
        position += 1
        if char == '"':
            quoted = not quoted
        elif char == "\\":
            if position == len(line):
                index, position = index + 1, 0
                line = lines[index] if index < len(lines) else ""
            elif line[position] in _ESCAPES:
                value.append(_ESCAPES[line[position]])
                position += 1
            else:
                return "", index + 1, f"\\{line[position]} is no escape; a backslash is \\\\"
        elif char == "#" and not quoted:
            break
        else:
            value.append(char)
        if char not in " \t":
            kept = len(value)
    return "".join(value[:kept]), index + 1, "a quote is not closed" if quoted else ""
