"""Every marker, declared once: its name, what it takes, and a sentence.

Imported in each session, with Go tests or without: nothing here costs time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pytest_wslgo.plugin.markers import checks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """One thing that a marker can be given.

    Attributes:
        name: the keyword.
        check: gives the value, or raises ValueError with what is wrong with it.
        default: what it is when nobody gives it.
    """

    name: str
    check: Callable[[object], object]
    default: object = None

    def __str__(self) -> str:
        return f"{self.name}={json.dumps(self.default) if self.default else None}"


@dataclass(frozen=True, slots=True, eq=False)
class Marker:
    """One marker.

    Attributes:
        name: the word, in Python and in Go.
        help: a sentence for `pytest --markers`.
        required: what must be given, without a name.
        rest: what must be given once or more, without a name.
        optional: what may be given, without a name or with it.
        named: what may be given with its name.
        example: arguments that are right, for messages.
        local: whether the answer depends on a directory.
        skips: whether it skips; xfail_on does not.
    """

    name: str
    help: str
    required: Parameter | None = None
    rest: Parameter | None = None
    optional: Parameter | None = None
    named: tuple[Parameter, ...] = ()
    example: tuple[str, ...] = ()
    local: bool = False
    skips: bool = True

    @property
    def signature(self) -> str:
        """As Python would write it: ``requires_kernel(specifier, *, reason=None)``."""
        parts = [self.required.name] if self.required else []
        parts += [str(self.optional)] if self.optional else []
        parts.append(f"*{self.rest.name}" if self.rest else "*")
        return f"{self.name}({', '.join([*parts, *map(str, self.keywords)])})"

    @property
    def keywords(self) -> tuple[Parameter, ...]:
        """What can be given by its name only."""
        return (*self.named, REASON)

    def in_python(self) -> str:
        """A right use of it in a Python test."""
        return f"{self.name}({', '.join(map(json.dumps, self.example))})"

    def in_go(self) -> str:
        """A right use of it in a Go file."""
        words = [word if word[0].isalnum() else json.dumps(word) for word in self.example]
        return " ".join([f"//wslgo:{self.name}", *words])


REASON: Final = Parameter("reason", checks.text)
_VERSION: Final = Parameter("version", checks.wsl_version)
_SPECIFIER: Final = Parameter("specifier", checks.specifier)


def _directory(default: str) -> tuple[Parameter, ...]:
    return (Parameter("directory", checks.directory, default),)


_ALL: Final = (
    Marker("requires_systemd", "skip unless systemd is PID 1 and was booted"),
    Marker(
        "skip_on_drvfs",
        'skip where the test (directory="tmp": the temporary directory) is on a Windows drive',
        named=_directory("source"),
        local=True,
    ),
    Marker("requires_wsl", "skip unless this is WSL, of this version", optional=_VERSION),
    Marker("skip_on_wsl", "skip on WSL, or on this version of it", optional=_VERSION),
    Marker(
        "requires_kernel",
        "skip unless the kernel's version satisfies the specifier",
        required=_SPECIFIER,
        example=(">=5.15",),
    ),
    Marker(
        "requires_go",
        "skip unless Go's version satisfies the specifier",
        required=_SPECIFIER,
        example=(">=1.22",),
    ),
    Marker("requires_cgo", "skip unless cgo works"),
    Marker("requires_race", "skip unless the race detector works, and the run uses it"),
    Marker(
        "requires_capability",
        "skip unless all these work when they are tried, in the temporary directory "
        '(directory="source": in the test\'s own)',
        rest=Parameter("names", checks.capability),
        named=_directory("tmp"),
        example=("symlink",),
        local=True,
    ),
    Marker("requires_interop", "skip unless Windows programs run here (WSL)"),
    Marker("requires_network", "skip where there is no default route, or with --wslgo-offline"),
    Marker("requires_root", "skip unless the user is root"),
    Marker("skip_if_root", "skip if the user is root"),
    Marker(
        "xfail_on",
        "expect a failure on any of these: a kind of machine, a platform, drvfs, root, ci, race",
        rest=Parameter("where", checks.where),
        named=(Parameter("strict", checks.boolean),),
        example=("wsl1",),
        local=True,
        skips=False,
    ),
)
MARKERS: Final = {marker.name: marker for marker in _ALL}
_ALIKE: Final = ("require", "skip_", "xfail_")


def registered() -> Iterable[str]:
    """The lines of pytest's `markers` option."""
    return (f"{marker.signature}: {marker.help}" for marker in _ALL)


def concerns(name: str) -> bool:
    """Whether a mark is one of these, or may be one that is misspelt."""
    return name in MARKERS or name.startswith(_ALIKE)
