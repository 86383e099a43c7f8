"""Settings of WSL as WSL understands them, and what in their file it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pytest_wslgo.environment.config_file import parse_config
from pytest_wslgo.environment.reading import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.environment.config_file import Setting

Value = bool | int | str
Problem = Literal["unknown", "value", "line", "twice"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key that WSL knows.

    Attributes:
        takes: "bool", "int", "size" (bytes, or with K, M, G, T), "text", or the words it may be.
        default: what holds where nothing is written; None where that depends on the machine.
    """

    takes: str | tuple[str, ...]
    default: Value | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The keys of a file.

    Attributes:
        keys: those that WSL knows, by section and name.
        stops: whether WSL reads nothing behind a line that it cannot read.
        aliases: other names of keys.
        elsewhere: what people write here instead, in small letters, with a section or without, and
            what to write.
    """

    keys: Mapping[str, Key]
    stops: bool
    aliases: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in the file that does not do what it seems to.

    Attributes:
        problem: an unknown key, a value that the key does not take, a line that cannot be read, or
            a key that was given before.
        line: from 1.
        what: the line, or key and value.
        why: what is wrong with it, a phrase.
    """

    problem: Problem
    line: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Settings:
    """One file's settings.

    Attributes:
        path: the file's, as a user would look at it.
        written: key and value of those that WSL understands, in the order of the file; keys are
            spelt as in the documentation ("automount.mountFsTab").
        troubles: what it does not.
    """

    path: str
    written: tuple[tuple[str, Value], ...]
    troubles: tuple[Trouble, ...]
    _defaults: tuple[tuple[str, Value | None], ...] = field(default=(), repr=False)

    def get(self, key: str) -> Value | None:
        """What WSL goes by: what is written, or its default.

        Raises:
            KeyError: WSL has no such key.
        """
        return {**dict(self._defaults), **dict(self.written)}[key]

    def says(self, key: str) -> Value | None:
        """What is written for a key, or None."""
        return dict(self.written).get(key)


def read_settings(text: str, path: str, schema: Schema) -> Settings:
    """Read the text of the file at a path; any text gives a value."""
    keys = schema.keys
    parsed = parse_config(text, stops=schema.stops)
    known = {name.lower(): name for name in keys}
    known |= {other.lower(): name for other, name in schema.aliases.items()}
    written: dict[str, Value] = {}
    seen: dict[str, int] = {}
    troubles = [Trouble("line", bad.line, shown(bad.text, 80), bad.wrong) for bad in parsed.bad]
    for setting in parsed.settings:
        name = known.get(setting.key.lower())
        if name is None:
            troubles.append(_trouble("unknown", setting, _unknown(setting.key, schema)))
        elif name in seen:
            troubles.append(_trouble("twice", setting, f"line {seen[name]} counts"))
        else:
            seen[name] = setting.line
            value = _understood(setting.value, keys[name].takes)
            if value is None:
                troubles.append(_trouble("value", setting, _takes(keys[name])))
            else:
                written[name] = value
    return Settings(
        path=path,
        written=tuple(written.items()),
        troubles=tuple(sorted(troubles, key=lambda each: each.line)),
        _defaults=tuple((name, key.default) for name, key in keys.items()),
    )


def _trouble(problem: Problem, setting: Setting, why: str) -> Trouble:
    return Trouble(problem, setting.line, shown(f"{setting.key}={setting.value}", 80), why)


def _understood(text: str, takes: str | tuple[str, ...]) -> Value | None:
    """A value, or None if the key does not take it."""
    if isinstance(takes, tuple):
        return next((word for word in takes if word.lower() == text.lower()), None)
    if takes == "bool":
        return {"1": True, "true": True, "0": False, "false": False}.get(text.lower())
    if takes == "int":
        return _integer(text)
    return _size(text) if takes == "size" else text


def _integer(text: str) -> int | None:
    """As C's strtol(3) with base 0: 0x1f, 022 (octal), 42."""
    sign, digits = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}", digits):
        value = int(digits, 16)
    elif re.fullmatch(r"0[0-7]{0,12}", digits):
        value = int(digits, 8)
    elif re.fullmatch(r"[1-9][0-9]{0,9}", digits):
        value = int(digits)
    else:
        return None
    value = -value if sign == "-" else value
    return value if -(1 << 31) <= value < 1 << 31 else None


def _size(text: str) -> int | None:
    """Bytes; a unit is written in capitals."""
    match = re.fullmatch(r"(\d{1,18})(?:([KMGT])B?|B)?", text, re.ASCII)
    if match is None:
        return None
    return int(match[1]) << 10 * (" KMGT".index(match[2]) if match[2] else 0)


def _takes(key: Key) -> str:
    if isinstance(key.takes, tuple):
        return f"it is one of {', '.join(key.takes)}"
    return {
        "bool": "it is true or false",
        "int": "it is a number",
        "size": "it is a size such as 8GB or 512MB, the unit in capitals",
    }.get(key.takes, "it is a text")


def _unknown(name: str, schema: Schema) -> str:
    """What may have been meant."""
    import difflib  # noqa: PLC0415 - for those who need it

    key = name.lower()
    place = schema.elsewhere.get(key) or schema.elsewhere.get(key.rpartition(".")[2])
    if place:
        return place
    near = difflib.get_close_matches(name, schema.keys, n=1, cutoff=0.8)
    return f"did you mean {near[0]}?" if near else "WSL has no such key"
