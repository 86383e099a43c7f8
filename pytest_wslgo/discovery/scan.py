"""Which tests does a Go file have? Read from its source, as `go test` reads it.

`go test` parses each test file and picks functions by name and signature
(cmd/go/internal/load/test.go: testFuncs.load; go/doc/example.go for examples). This does the same
to bytes: a `func` that an identifier follows is always a function declaration at top level, so
neither a syntax tree nor brace counting is needed, and all of the standard library's tests are
read in a fraction of a second. A file with syntax errors gives what can be found in it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from pytest_wslgo.discovery.directives import above, at_top, strays
from pytest_wslgo.discovery.examples import has_output
from pytest_wslgo.discovery.lexing import (
    IDENTIFIER,
    LETTER,
    SPACE,
    SPACE_ON_LINE,
    find_opaque,
    is_code,
    skip_block,
)
from pytest_wslgo.discovery.model import Directive, Kind, TestFile, TestFunction
from pytest_wslgo.errors import DiscoveryError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.discovery.lexing import Opaque

_KINDS: tuple[tuple[str, Kind], ...] = (
    ("Test", "test"),
    ("Benchmark", "benchmark"),
    ("Fuzz", "fuzz"),
    ("Example", "example"),
)
_PARAMETER = {"test": "T", "benchmark": "B", "fuzz": "F"}

_CANDIDATE = re.compile(rb"func" + SPACE + rb"+((?:Test|Benchmark|Fuzz|Example)" + LETTER + rb"*)")
_IS_LETTER = re.compile(LETTER)
_TYPE_PARAMETERS = re.compile(SPACE + rb"*\[")
_NO_RESULTS = rb"(?:" + SPACE_ON_LINE + rb"*\(" + SPACE + rb"*\))?" + SPACE_ON_LINE + rb"*"
_EXAMPLE = re.compile(SPACE + rb"*\(" + SPACE + rb"*\)" + _NO_RESULTS + rb"\{")
# One parameter of type *X or *anything.X, and no results: isTestFunc. `(chan *T)` has no name.
_SIGNATURE = {
    name: re.compile(
        SPACE + rb"*\(" + SPACE + rb"*"
        rb"(?:(?!chan(?!" + LETTER + rb"))" + IDENTIFIER + SPACE + rb"*)?"
        rb"\*" + SPACE + rb"*"
        rb"(?:" + IDENTIFIER + SPACE + rb"*\." + SPACE + rb"*)?"
        + name.encode() + rb"(?!" + LETTER + rb")"
        + SPACE + rb"*,?" + SPACE + rb"*\)" + _NO_RESULTS + rb"(?:[{;\n]|//|\Z)"
    )
    for name in "TBFM"
}  # fmt: skip


def scan_file(path: Path) -> TestFile:
    """Reads one test file.

    Raises:
        DiscoveryError: it cannot be read, so it may hold tests that nobody would miss.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise DiscoveryError(
            f"cannot read {path} ({error.strerror}) to look for tests in it: make it readable"
        ) from error
    functions, directives = scan(source)
    known = {each.line for each in directives}
    known.update(each.line for function in functions for each in function.directives)
    return TestFile(path, functions, directives, strays(source, known), b".ArtifactDir()" in source)


def scan(source: bytes) -> tuple[tuple[TestFunction, ...], tuple[Directive, ...]]:
    """The test functions of a source, in its order, and the directives above its package clause.

    Listed are functions that `go test -list .` prints, benchmarks too, and those with a `flaw`.
    Methods, `TestMain(*testing.M)` and examples without an output comment are not.
    """
    directives = at_top(source)
    match = _CANDIDATE.search(source)
    if match is None:
        return (), directives
    opaque = find_opaque(source)
    functions = []
    line, counted = 1, 0
    while match:
        start, end = match.span()
        if _is_declaration(source, opaque, start):
            line += source.count(b"\n", counted, start)
            counted = start
            function = _function(source, opaque, match, line)
            if function is not None:
                functions.append(function)
        else:
            # What looked like a space or a name may hold a real declaration.
            end = start + len(b"func")
        match = _CANDIDATE.search(source, end)
    return tuple(functions), directives


def _is_declaration(source: bytes, opaque: Opaque, start: int) -> bool:
    """Whether this `func` is the keyword, not text or the end of a name (`type myfunc TestX`)."""
    if start and _IS_LETTER.match(source, start - 1):
        return False
    return is_code(source, opaque, start)


def _function(
    source: bytes, opaque: Opaque, match: re.Match[bytes], line: int
) -> TestFunction | None:
    name = match[1].decode(errors="replace")
    kind = _kind(name)
    if kind is None:
        return None
    end = match.end()
    if kind == "example":
        flaw = None
        body = _EXAMPLE.match(source, _behind_type_parameters(source, end))
        if body is None or not has_output(source, body.end() - 1):
            return None
    elif name == "TestMain":
        # As *testing.T it is a test like others, and not even type parameters matter to go.
        if _SIGNATURE["T"].match(source, _behind_type_parameters(source, end)):
            flaw = None
        else:
            flaw = _flaw(source, name, "M", end)
            if flaw is None:
                return None
    else:
        flaw = _flaw(source, name, _PARAMETER[kind], end)
    return TestFunction(name, kind, line, above(source, opaque, match.start(), line), flaw)


def _kind(name: str) -> Kind | None:
    """What a name makes of a function: isTest (`Test`, `TestX`, `Test_x`, but not `Testify`)."""
    for prefix, kind in _KINDS:
        if name.startswith(prefix):
            following = name[len(prefix) : len(prefix) + 1]
            # unicode.IsLower is the category; str.islower counts more as lower case.
            return None if following and unicodedata.category(following) == "Ll" else kind
    return None


def _flaw(source: bytes, name: str, parameter: str, end: int) -> str | None:
    """What go says of a wrong signature: checkTestFunc."""
    if _TYPE_PARAMETERS.match(source, end):
        return f"wrong signature for {name}, test functions cannot have type parameters"
    if _SIGNATURE[parameter].match(source, end):
        return None
    argument = f"{parameter.lower()} *testing.{parameter}"
    return f"wrong signature for {name}, must be: func {name}({argument})"


def _behind_type_parameters(source: bytes, end: int) -> int:
    match = _TYPE_PARAMETERS.match(source, end)
    return skip_block(source, match.end() - 1)[0] if match else end
