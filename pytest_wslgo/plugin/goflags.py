"""Which flags `go test` gets: from the settings, and from --wslgo-args after a check.

The flags are those of Go 1.21 to 1.27 (`go help build`, `go help testflag`). An unknown one is
refused: `go test` hands it to the test binary *and takes the next argument, a package, for its
value* (golang/go#73842), so that a package less would be tested and nobody would know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.plugin.racing import race_in
from pytest_wslgo.toolchain.goenv import flag_words, setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.plugin.options import Settings
    from pytest_wslgo.toolchain import Toolchain

_SWITCHES = frozenset(
    (
        "a",
        "asan",
        "benchmem",
        "failfast",
        "linkshared",
        "modcacherw",
        "msan",
        "trimpath",
        "work",
        "x",
    )
)
_VALUES = frozenset(
    (
        "asmflags",
        "benchtime",
        "blockprofilerate",
        "buildmode",
        "buildvcs",
        "compiler",
        "coverpkg",
        "cpu",
        "exec",
        "fuzzminimizetime",
        "gccgoflags",
        "gcflags",
        "installsuffix",
        "ldflags",
        "memprofilerate",
        "mod",
        "modfile",
        "mutexprofilefraction",
        "pgo",
        "pkgdir",
        "toolexec",
        "vet",
    )
)
_REFUSED = {
    "args": "give the test binaries' own flags after -args",
    "artifacts": "use --wslgo-artifacts",
    "bench": "use --wslgo-bench, and -k or node IDs to choose",
    "blockprofile": "Go writes it for one package only",
    "C": "pytest decides the directory",
    "c": "it builds without running",
    "count": "use --wslgo-count",
    "cover": "use --wslgo-cover",
    "covermode": "it is atomic, so that profiles can be merged",
    "coverprofile": "use --wslgo-coverprofile",
    "cpuprofile": "Go writes it for one package only",
    "fullpath": "it is on; -fullpath=false turns it off",
    "fuzz": "use --wslgo-fuzz=DURATION, and -k or node IDs to choose",
    "fuzztime": "use --wslgo-fuzz",
    "i": "Go has removed it",
    "json": "it is on: the events are what the plugin reads",
    "list": "it would list tests without running them; use --collect-only",
    "memprofile": "Go writes it for one package only",
    "mutexprofile": "Go writes it for one package only",
    "n": "it would print commands without running them",
    "o": "Go writes it for one package only",
    "outputdir": "profiles go into the journal",
    "overlay": "tests are collected from the files on disk",
    "p": "use --wslgo-jobs",
    "parallel": "use --wslgo-parallel",
    "race": "use --wslgo-race",
    "run": "use -k or node IDs",
    "short": "use --wslgo-short",
    "shuffle": "use --wslgo-shuffle",
    "skip": "use --deselect or -k",
    "tags": "use --wslgo-tags",
    "timeout": "use --wslgo-timeout",
    "trace": "Go writes it for one package only",
    "v": "it is on: -json says more",
}


_LISTED = ("asan", "compiler", "installsuffix", "mod", "modfile", "msan")
"""Flags that decide which packages and files there are."""


def may_be_cached(settings: Settings, toolchain: Toolchain) -> bool:
    """Whether Go's test cache can answer: not with -count, nor with a profile before Go 1.25."""
    return settings.count is None and (not settings.cover or toolchain.satisfies(">=1.25"))


def list_flags(settings: Settings, toolchain: Toolchain, environ: Mapping[str, str]) -> list[str]:
    """The flags that `go list` needs to find the files that `go test` will build."""
    flags, _ = split_args(settings.args)
    found = [flag for flag in flags if flag.lstrip("-").partition("=")[0] in _LISTED]
    if settings.tags:
        found.append(f"-tags={settings.tags}")
    if race_in(settings, toolchain, environ)[0]:
        found.append("-race")
    return found


def has_benchtime(settings: Settings, toolchain: Toolchain, environ: Mapping[str, str]) -> bool:
    """Whether somebody has set -benchtime, by --wslgo-args or GOFLAGS."""
    return "benchtime" in names_given(settings, toolchain, environ)


def names_given(settings: Settings, toolchain: Toolchain, environ: Mapping[str, str]) -> set[str]:
    """The names of the flags in GOFLAGS and --wslgo-args, without hyphens: "p", "benchtime"."""
    return {name for name, _ in _given(settings, toolchain, environ)}


def _given(
    settings: Settings, toolchain: Toolchain, environ: Mapping[str, str]
) -> list[tuple[str, str]]:
    """The names and values of the flags in GOFLAGS and --wslgo-args, in this order."""
    flags, _ = split_args(settings.args)
    goflags = setting("GOFLAGS", variables=toolchain.variables, environ=environ)
    known = [*(flag_words(goflags[0]) if goflags else ()), *flags]
    words = [flag.lstrip("-").removeprefix("test.").partition("=") for flag in known]
    return [(name, value) for name, _, value in words]


def repeats(settings: Settings, toolchain: Toolchain, environ: Mapping[str, str]) -> int:
    """How often names come in the events, by -count and -cpu; 0 where that is once.

    1 where it is more than once and cannot be told how often.
    """
    given = _given(settings, toolchain, environ)
    counts = [value for name, value in given if name == "count"]
    count = str(settings.count) if settings.count is not None else counts[-1] if counts else "1"
    cpus = [value for name, value in given if name == "cpu"]
    rounds = len(cpus[-1].split(",")) if cpus else 1
    if not count.isdecimal():
        return 1
    return 0 if rounds * int(count) == 1 else rounds * int(count)


def setting_flags(settings: Settings) -> list[str]:
    """The flags that follow from the settings, except for race and coverage."""
    flags = []
    if settings.short:
        flags.append("-short")
    for name, value in (
        ("tags", settings.tags),
        ("count", settings.count),
        ("timeout", settings.timeout),
        ("shuffle", settings.shuffle),
        ("p", settings.jobs),
        ("parallel", settings.parallel),
    ):
        if value:
            flags.append(f"-{name}={value}")
    return flags


def split_args(args: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split --wslgo-args into flags of `go test` and, after ``-args``, of the test binaries.

    Raises:
        pytest.UsageError: A flag is unknown, lacks its value, or would break the run.
    """
    words = list(args)
    flags: list[str] = []
    while words:
        word = words.pop(0)
        if word in ("-args", "--args"):
            return tuple(flags), _binary_args(words)
        flags.append(_checked(word, words))
    return tuple(flags), ()


def _checked(word: str, rest: list[str]) -> str:
    name, equals, value = word.lstrip("-").partition("=")
    name = name.removeprefix("test.")
    if not word.startswith("-") or not name:
        raise _refuse(word, "packages are chosen by pytest's own arguments")
    if (name, value) == ("fullpath", "false"):
        return word  # for a test that compares its own log lines, as those of package testing do
    if name in _REFUSED:
        raise _refuse(word, _REFUSED[name])
    if name in _SWITCHES:
        return f"-{name}{equals}{value}"
    if name in _VALUES:
        if not equals:
            if not rest:
                raise _refuse(word, "its value is missing")
            value = rest.pop(0)
        return f"-{name}={value}"
    raise _refuse(
        word,
        "`go test` does not know it and would take the next package for its value; "
        "give a test binary's own flags after -args",
    )


def _binary_args(words: list[str]) -> tuple[str, ...]:
    for word in words:
        if word.lstrip("-").startswith("test."):
            raise _refuse(word, "flags of the testing package after -args would break the events")
    return tuple(words)


def _refuse(word: str, why: str) -> pytest.UsageError:
    return pytest.UsageError(f"--wslgo-args: {word} cannot be used: {why}")
