"""Every option, declared once: on the command line, in the configuration file, and as a value.

``--wslgo-race=off`` on the command line is ``wslgo_race = "off"`` in the configuration file; the
command line wins. ``Settings`` is what the rest of the plugin sees.
"""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Option:
    """One option. ``parse`` turns its text into its value, or raises ValueError saying why not."""

    name: str
    metavar: str
    help: str
    parse: Callable[[str], Any]
    default: str = ""
    type: Literal["string", "bool", "int"] = "string"
    """Of the value in the configuration file, where TOML has types."""

    @property
    def flag(self) -> str:
        """The option on the command line."""
        return f"--wslgo-{self.name}"

    @property
    def ini(self) -> str:
        """The name in the configuration file."""
        return f"wslgo_{self.field}"

    @property
    def field(self) -> str:
        """The name in ``Settings``."""
        return self.name.replace("-", "_")

    @property
    def dest(self) -> str:
        """The name in pytest's options."""
        return f"wslgo_{self.field}"


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"choose one of {', '.join(words)}")
        return text

    return parse


def _switch(text: str) -> bool:
    # TOML's own true and false come here as words.
    words = {"true": "on", "false": "off"}
    return _one_of("on", "off")(words.get(text, text)) == "on"


def _flag(text: str) -> bool:
    words = {"": False, "false": False, "no": False, "off": False, "0": False}
    words |= {"true": True, "yes": True, "on": True, "1": True}
    if text.lower() not in words:
        raise ValueError("choose one of true, false")
    return words[text.lower()]


def _count(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("give a whole number from 1 up")
    return int(text)


_DURATION = re.compile(r"(?:0|(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+)")


def _duration(text: str) -> str:
    if text and not _DURATION.fullmatch(text):
        raise ValueError("give a Go duration such as 90s, 10m or 1h30m; 0 means no limit")
    return text


def _fuzz(text: str) -> str:
    if text in ("", "off"):
        return ""
    zero = not re.search(r"[1-9]", text)
    if zero or not (re.fullmatch(r"\d+x", text) or _DURATION.fullmatch(text)):
        raise ValueError("give a Go duration such as 30s or 5m, or a number of runs such as 1000x")
    return text


def _shuffle(text: str) -> str:
    if text and text not in ("on", "off") and not re.fullmatch(r"-?\d+", text):
        raise ValueError("choose on, off or a whole number as the seed")
    return text


_SIZE = re.compile(r"(?P<number>[1-9]\d*)(?P<unit>[kKM]?)")
_UNITS = {"": 1, "k": 1 << 10, "K": 1 << 10, "M": 1 << 20}


def _size(text: str) -> int:
    if text == "none":
        return sys.maxsize
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError("give a number of characters such as 64k or 1M; none means no limit")
    return int(match["number"]) * _UNITS[match["unit"]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(shlex.split(text))


_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)=(?P<value>.*)", re.DOTALL)


def _assignments(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for word in shlex.split(text):
        match = _ASSIGNMENT.fullmatch(word)
        if match is None:
            raise ValueError(f"{word!r} is not NAME=VALUE, nor NAME= to leave a variable out")
        found.append((match["name"], match["value"]))
    return tuple(found)


def _path(text: str) -> Path | None:
    return Path(text).absolute() if text else None


def _required(text: str) -> tuple[str, ...]:
    if not text.strip(" ,"):
        return ()
    # Off means off: what can be required is not imported before somebody requires it.
    from pytest_wslgo.plugin.markers.require import parse_names  # noqa: PLC0415

    return parse_names(text)


OPTIONS = (
    Option("go", "PATH", "the go command, or a GOROOT, to use instead of looking for one", str),
    Option(
        "race",
        "auto|on|off",
        "the race detector; auto: on where it works, and said why where it does not",
        _one_of("auto", "on", "off"),
        "auto",
    ),
    Option("cover", "on|off", "statement coverage of the tested packages", _switch, "on"),
    Option("coverprofile", "FILE", "write the merged cover profile to this file", _path),
    Option("tags", "TAGS", "build tags, separated by commas", str),
    Option("short", "BOOL", "tell long tests to be short (go test -short)", _flag, type="bool"),
    Option(
        "count", "N", "run each test N times; 1 also passes Go's test cache by", _count, type="int"
    ),
    Option("timeout", "DURATION", "Go's limit for one package, 10m by default; 0: none", _duration),
    Option(
        "deadline",
        "DURATION",
        "end all Go runs of the session, builds too, this long after the first began; 0: never",
        _duration,
    ),
    Option("shuffle", "on|off|SEED", "shuffle the order of execution (go test -shuffle)", _shuffle),
    Option("jobs", "N", "build and run N packages at once (go test -p)", _count, type="int"),
    Option("parallel", "N", "run N parallel tests of a package at once", _count, type="int"),
    Option("bench", "BOOL", "collect and run benchmarks too", _flag, type="bool"),
    Option(
        "fuzz", "DURATION", "fuzz each selected fuzz target for so long, or Nx for N runs", _fuzz
    ),
    Option(
        "env",
        "NAME=VALUE...",
        "variables for Go, as GOFLAGS=-mod=mod GOWORK=off; NAME= leaves one out",
        _assignments,
    ),
    Option(
        "offline",
        "BOOL",
        "download nothing; where the system can, run Go where there is no network but loopback",
        _flag,
        type="bool",
    ),
    Option("args", "FLAGS", "more flags for go test; after -args, for the test binaries", _words),
    Option(
        "output-limit",
        "SIZE",
        "how many characters of a test's output are kept, head and tail; the journal has all",
        _size,
        "256k",
    ),
    Option(
        "artifacts",
        "DIR",
        "where to keep what tests write into t.ArtifactDir(); by default in the journal",
        _path,
    ),
    Option(
        "require",
        "NAME,...",
        "a test that lacks what these markers or capabilities name fails instead of being skipped",
        _required,
    ),
    Option("journal", "DIR", "where to keep the events of each run, on disk as they come", _path),
)
_FITTING = {
    "string": "give a text in quotes",
    "bool": "choose one of true, false",
    "int": "give a whole number from 1 up",
}
_BOOLEAN = ("short", "bench", "offline")


@dataclass(frozen=True, slots=True)
class Settings:
    """The options' values. Durations are in Go's spelling; None and "" mean: as Go does."""

    go: str
    race: str
    cover: bool
    coverprofile: Path | None
    tags: str
    short: bool
    count: int | None
    timeout: str
    deadline: str
    shuffle: str
    jobs: int | None
    parallel: int | None
    bench: bool
    fuzz: str
    env: tuple[tuple[str, str], ...]
    offline: bool
    args: tuple[str, ...]
    output_limit: int
    artifacts: Path | None
    require: tuple[str, ...]
    journal: Path | None


def add_options(parser: pytest.Parser) -> None:
    """Declare all options and their names in the configuration file."""
    group = parser.getgroup("wslgo", "Go tests (pytest-wslgo)")
    group.addoption(
        "--wslgo",
        action="store_true",
        default=None,
        help="collect and run Go tests; without it nothing of Go is started",
    )
    parser.addini("wslgo", "collect and run Go tests, as --wslgo", type="bool", default=False)
    parser.addini(
        "wslgo_marks",
        "directives for Go tests by pattern: internal/fs/...::TestRename* skip_on_drvfs",
        type="linelist",
        default=[],
    )
    for option in OPTIONS:
        extra: dict[str, Any] = {"metavar": option.metavar}
        if option.name in _BOOLEAN:
            extra = {"action": "store_const", "const": "true"}
        group.addoption(option.flag, dest=option.dest, default=None, help=option.help, **extra)
        parser.addini(
            option.ini,
            f"{option.help}, as {option.flag}",
            type=option.type,
            default=option.default if option.type == "string" else None,
        )


def is_on(config: pytest.Config) -> bool:
    """Whether Go tests are asked for."""
    return bool(config.getoption("wslgo") or config.getini("wslgo"))


def read_settings(config: pytest.Config) -> Settings:
    """Read and check all options; ``pytest.UsageError`` names the first that cannot be used."""
    return Settings(**{option.field: _value(config, option) for option in OPTIONS})


def read_option(config: pytest.Config, name: str) -> Any:
    """Read and check one option, also in a session without Go tests."""
    return _value(config, next(option for option in OPTIONS if option.name == name))


def _value(config: pytest.Config, option: Option) -> Any:
    given = config.getoption(option.dest)
    where = option.flag
    if given is None:
        try:
            given = config.getini(option.ini)
        except (TypeError, ValueError, pytest.UsageError) as error:
            raise pytest.UsageError(f"{option.ini}: {error}: {_FITTING[option.type]}") from error
        where = option.ini
    text = "" if given is None else str(given).lower() if isinstance(given, bool) else str(given)
    try:
        return option.parse(text)
    except ValueError as error:
        raise pytest.UsageError(f"{where}={text}: {error}") from error
