"""Go's settings: what `go env` says, who said it, and how Go quotes a command in one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VARIABLES: Final = (
    "GOVERSION", "GOROOT", "GOOS", "GOARCH", "GOHOSTOS", "GOHOSTARCH", "CC", "CXX", "CGO_ENABLED",
    "GOFLAGS", "GOTOOLCHAIN", "GOENV", "GOCACHE",
    "GOMODCACHE", "GOTMPDIR", "GOWORK", "GOEXPERIMENT",
)  # fmt: skip
"""What is asked of every candidate, all in one process.

CGO_CFLAGS and its like are left out: for them `go env` opens the build cache, and fails where it
cannot be written (cmd/go/internal/envcmd, "costly" variables). `setting` knows them as well.
"""

IN_ENVIRONMENT: Final = "the environment"


def setting(
    name: str, *, variables: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[str, str] | None:
    """What somebody set a variable to, and who.

    The order is cmd/go's own (`cfg.Getenv`): the environment, then the file of `go env -w`, then
    GOROOT/go.env. An empty value counts as not set.

    Returns:
        The value and its origin as a phrase ("the environment", "go env -w (/home/x/…/env)");
        None when it is Go's built-in default.
    """
    if value := environ.get(name):
        return value, IN_ENVIRONMENT
    files = []
    written = environ.get("GOENV") or variables.get("GOENV", "")
    if written not in ("", "off"):
        files.append((Path(written), f"go env -w ({written})"))
    goroot = Path(variables.get("GOROOT", "")) / "go.env"
    files.append((goroot, str(goroot)))
    for path, origin in files:
        if value := _read(path).get(name):
            return value, origin
    return None


def _read(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def without_foreign_goroot(environ: Mapping[str, str], goroot: Path) -> dict[str, str]:
    """A copy of `environ` whose GOROOT, if it names another tree than `goroot`, is gone."""
    copy = dict(environ)
    named = copy.get("GOROOT")
    if named and Path(named).resolve() != goroot.resolve():
        del copy["GOROOT"]
    return copy


def target(variables: Mapping[str, str]) -> str:
    """The platform that Go builds for, as "linux/amd64"."""
    return f"{variables['GOOS']}/{variables['GOARCH']}"


def host(variables: Mapping[str, str]) -> str:
    """The platform that the toolchain itself runs on, as "linux/amd64"."""
    return f"{variables['GOHOSTOS']}/{variables['GOHOSTARCH']}"


def split_command(text: str) -> list[str]:
    """Split a value such as CC as Go does (cmd/internal/quoted.Split).

    Quotes count only around a whole field, and nothing is escaped inside.

    Raises:
        ValueError: a quote is not closed.
    """
    fields = []
    for match in re.finditer(r"""'([^']*)'|"([^"]*)"|(['"].*)|(\S+)""", text, re.DOTALL):
        if match[3] is not None:
            raise ValueError(f"unterminated quote in {text!r}")
        fields.append(next(part for part in (match[1], match[2], match[4]) if part is not None))
    return fields


def join_command(fields: Iterable[str]) -> str:
    """Write a command so that `split_command` (and Go) read the same fields again.

    Raises:
        ValueError: a field has both kinds of quotes, which Go cannot express.
    """
    return " ".join(map(_quote, fields))


def _quote(field: str) -> str:
    if field and not re.search(r"\s", field) and field[0] not in "'\"":
        return field
    for mark in "'\"":
        if mark not in field:
            return f"{mark}{field}{mark}"
    raise ValueError(f"Go cannot quote {field!r}")


def flag_words(goflags: str) -> list[str]:
    """The flags in a value of GOFLAGS, as Go reads it (cmd/go/internal/base, InitGOFLAGS)."""
    try:
        return split_command(goflags)
    except ValueError:
        return goflags.split()  # Go refuses it, and says so
