"""What a marker may be given: each check gives the value, or raises ValueError saying why not.

In a Go file every value is a text, so that numbers come as texts too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS: Final = {
    "wsl1": "WSL1",
    "wsl2": "WSL2",
    "container-on-wsl2": "a container on WSL2",
    "container": "a container",
    "vm": "a virtual machine",
    "linux": "Linux on hardware of its own",
    "macos": "macOS",
    "windows": "Windows",
}
"""`Environment.kind` in words."""
WORDS: Final = ("wsl", "drvfs", "root", "ci", "race")
"""What else `xfail_on` knows by a word."""

# `go tool dist list` of Go 1.21 to 1.27.
_SYSTEMS: Final = tuple(
    "aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1"
    " windows".split()
)
_ARCHITECTURES: Final = tuple(
    "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm"
    " *".split()
)


def nearest(name: str, known: Iterable[str]) -> str:
    """The most similar of the names that are known; empty if none is similar."""
    import difflib  # noqa: PLC0415 - costs time

    return next(iter(difflib.get_close_matches(name, list(known), n=1)), "")


def unknown(name: str, known: Iterable[str], what: str) -> str:
    """Why a name cannot be used, with the nearest that can."""
    names = list(known)
    near = nearest(name, names)
    hint = f"did you mean {near}?" if near else f"known: {', '.join(names)}"
    return f"{name!r} is no {what}: {hint}"


def text(value: object) -> str:
    """A text with something in it."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is no text")
    return value


def boolean(value: object) -> bool:
    """True or False."""
    if value is True or value is False:
        return value
    raise ValueError(f"{value!r} is neither true nor false")


def wsl_version(value: object) -> int | None:
    """1, 2 or, for any, None."""
    if value is not None and str(value) not in ("1", "2"):
        raise ValueError(f"{value!r} is no version of WSL: it is 1 or 2")
    return None if value is None else int(str(value))


def specifier(value: object) -> str:
    """A version specifier such as ``>=1.22,<1.27``."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - costs time

    try:
        SpecifierSet(text(value))
    except InvalidSpecifier as error:
        raise ValueError(f"{value!r} is no version specifier") from error
    return text(value)


def capability(value: object) -> str:
    """The name of a probe."""
    from pytest_wslgo.environment.probes import names  # noqa: PLC0415 - costs time

    name = text(value)
    if name not in names():
        raise ValueError(unknown(name, names(), "capability"))
    return name


def directory(value: object) -> str:
    """Where something is tried: ``tmp`` or ``source``."""
    if value not in ("tmp", "source"):
        raise ValueError(
            f'directory={value!r}: choose "tmp" (the temporary directory) or "source" (the test\'s)'
        )
    return str(value)


def where(value: object) -> str:
    """A kind of machine, one of `WORDS`, a GOOS or a platform; ``linux/*`` is all of a GOOS."""
    name = text(value)
    system, slash, architecture = name.partition("/")
    if slash:
        if system not in _SYSTEMS:
            raise ValueError(unknown(system, _SYSTEMS, "GOOS"))
        if architecture not in _ARCHITECTURES:
            raise ValueError(unknown(architecture, _ARCHITECTURES, "GOARCH"))
        return name
    known = dict.fromkeys([*KINDS, *WORDS, *_SYSTEMS])
    if name not in known:
        raise ValueError(unknown(name, known, "place to expect a failure on"))
    return name
