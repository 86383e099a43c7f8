"""Can this Go use C here, and what must it be told for that?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.toolchain.ccompiler import CCompiler, find
from pytest_wslgo.toolchain.goenv import IN_ENVIRONMENT, host, setting, target
from pytest_wslgo.toolchain.model import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping

_INSTALL: Final = (
    "install gcc and the C library's headers (Debian: apt install gcc libc6-dev)"
    " or pip install 'pytest-wslgo[cc]'"
)


def probe(
    *, variables: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[Capability, CCompiler | None, dict[str, str]]:
    """Find out whether cgo works.

    Args:
        variables: what `go env` said.
        environ: the environment that tests will run in.

    Returns:
        The capability; the compiler, if one works; and the variables that make Go behave as the
        capability says (CC, CGO_ENABLED, …), none of which somebody has set.
    """
    asked = setting("CGO_ENABLED", variables=variables, environ=environ)
    if asked is not None and asked[0] == "0":
        return _off_on_purpose(asked[1]), None, {}
    if asked is None and target(variables) != host(variables):
        # Go's own rule: cgo is off in a cross build unless CGO_ENABLED=1 says otherwise.
        aim = target(variables)
        reason = f"Go builds for {aim} and runs on {host(variables)}, where cgo is off by default"
        cure = f"set CGO_ENABLED=1 and CC to a compiler for {aim}"
        return Capability(ok=False, reason=reason, cure=cure), None, {}
    compiler, refused = find(variables=variables, environ=environ)
    said = variables.get("CGO_ENABLED")
    if compiler is not None:
        tell = dict(compiler.variables)
        if said != "1":
            tell["CGO_ENABLED"] = "1"
        return Capability(ok=True, reason=str(compiler)), compiler, tell
    reason = "no C compiler works: " + "; ".join(f"{r.candidate}: {r.reason}" for r in refused)
    named = setting("CC", variables=variables, environ=environ)
    if named:
        cure = f"mend or unset CC, which {named[1]} sets to {named[0]!r}"
    elif target(variables) != host(variables):
        cure = f"set CC to a compiler for {target(variables)}"
    else:
        cure = _INSTALL
    # Go believes in any compiler that it finds; told otherwise, packages use their pure Go files
    # instead of failing. Somebody who asked for CGO_ENABLED=1 gets the compiler's error.
    tell = {"CGO_ENABLED": "0"} if asked is None and said == "1" else {}
    return Capability(ok=False, reason=reason, cure=cure), None, tell


def _off_on_purpose(origin: str) -> Capability:
    if origin == IN_ENVIRONMENT:
        return Capability(
            ok=False, reason="CGO_ENABLED=0 in the environment", cure="unset CGO_ENABLED"
        )
    return Capability(
        ok=False, reason=f"CGO_ENABLED=0 from {origin}", cure="go env -w CGO_ENABLED=1"
    )
