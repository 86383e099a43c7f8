"""The scanner against Go's own parser and `go test -list`."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pytest_wslgo.discovery import GoPackage, ModuleRoot, list_packages, scan, scan_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_wslgo.discovery import Directive, TestFunction

# Pieces whose joints are where a scanner goes wrong; most sequences of them are valid Go.
DECLARATIONS = [
    b"func Test%d(t *testing.T) {}",
    b"func Test%d(t *testing.T) { f() // Output: x\n}",
    b"func Test_%d(\n\t*T,\n) {\n}",
    b"func Testx%d(t *testing.T) {}",
    b"func Test%d() int { return 1 }",
    b"func Test%d[P any](t *testing.T) {}",
    b"func Fuzz%d(f *testing.F) {}",
    b"func (s S) Test%d(t *testing.T) {}",
    b"func Example%d() {\n\tf()\n\t// Output:\n}",
    b"func Example%d() {\n\tf() // Output: x\n\t// y\n}",
    b"func Example%d() { f() /* unordered output: */ }",
    b"func Example%d() { f(`}`, '}', \"}\") }",
    b"func Benchmark%d(b *testing.B) { /* } */ }",
    b"var v%d = `\nfunc TestRaw(t *testing.T) {}\n// `",
    b"var v%d = '`'",
    b"var v%d = '\"' + '\\''",
    b'var v%d = "/*" + "`\\"" + "func TestString(t *testing.T) {}"',
    b"type myfunc Test%d",
    b"type I%d interface{ f() }",
]
BETWEEN = [
    b"\n",
    b"\r\n",
    b"\n\n",
    b"; ",
    b'// ` /* "\n',
    b" // it's\n",
    b" //wslgo:behind code\n",
    b" /* c */ //wslgo:behind block\n",
    b"\n//wslgo:name some arguments\n",
    b"\n/* ` // func TestComment(t *testing.T) {} \n*/\n",
    b"/**/",
    b"\n/* a */ // b\n//wslgo:other\n",
    b"\n\t\t",
]

# What go/parser makes of another comment behind this depends on its release.
SEVERAL_LINES_BEHIND_CODE = re.compile(rb"\S[ \t\r]*/\*(?:[^*]|\*(?!/))*\n")


def found(functions: tuple[TestFunction, ...], directives: tuple[Directive, ...]) -> Any:
    """The scanner's answer in the oracle's form."""
    return {
        "functions": [
            {**asdict(function), "directives": [asdict(d) for d in function.directives]}
            for function in functions
        ],
        "directives": [asdict(directive) for directive in directives],
    }


@st.composite
def sources(draw: st.DrawFn) -> bytes:
    """Declarations with comments, strings and line ends of all kinds between them."""
    pieces = [draw(st.sampled_from([*BETWEEN, b"", b"\xef\xbb\xbf"])), b"package p"]
    for number in range(draw(st.integers(0, 8))):
        pieces += draw(st.lists(st.sampled_from(BETWEEN), min_size=1, max_size=3))
        pieces.append(draw(st.sampled_from(DECLARATIONS)).replace(b"%d", b"%d" % number))
    pieces += draw(st.lists(st.sampled_from(BETWEEN), max_size=2))
    return b"".join(pieces)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """Such a source with some bytes removed, doubled or replaced."""
    source = bytearray(draw(sources()))
    alphabet = st.one_of(st.sampled_from(b"`\"'/*\\{}()\n\r \t;,.*0x"), st.integers(0, 255))
    for _ in range(draw(st.integers(1, 4))):
        position = draw(st.integers(0, len(source) - 1))
        width = draw(st.integers(0, 2))
        source[position : position + width] = bytes(draw(st.lists(alphabet, max_size=2)))
    return bytes(source)


def test_the_standard_library_is_read_as_go_reads_it(
    oracle: Callable[..., Any], goroot: Path
) -> None:
    """Every test file: the same functions, kinds, lines, flaws and directives."""
    files = [path for path in (goroot / "src").rglob("*_test.go") if "testdata" not in path.parts]

    different = []
    for path in files:
        file = scan_file(path)
        if found(file.functions, file.directives) != oracle(path):
            different.append(path)

    assert len(files) > 1000
    assert different == []


def test_testdata_is_read_as_go_reads_it(oracle: Callable[..., Any], goroot: Path) -> None:
    """Go's own corner cases, test files or not, where they are valid Go."""
    files = [
        path
        for folder in ("go", "cmd/gofmt", "cmd/vet", "internal/types", "cmd/compile")
        for path in (goroot / "src" / folder).rglob("*.go")
        if "testdata" in path.parts
    ]
    answers = {path: oracle(path) for path in files}

    different = [
        path
        for path, answer in answers.items()
        if answer is not None and found(*scan(path.read_bytes())) != answer
    ]

    assert different == []


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(source=sources())
def test_pieces_in_any_order_are_read_as_go_reads_them(
    oracle: Callable[..., Any], source: bytes
) -> None:
    """Comments, strings and declarations do not disturb one another."""
    assume(not SEVERAL_LINES_BEHIND_CODE.search(source))
    answer = oracle(source)

    reading = found(*scan(source))

    assert answer is None or reading == answer


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(source=mutations())
def test_damaged_sources_never_fail_and_valid_ones_agree(
    oracle: Callable[..., Any], source: bytes
) -> None:
    """What happens to be valid still must be read as Go reads it."""
    assume(not SEVERAL_LINES_BEHIND_CODE.search(source))
    answer = oracle(source)

    reading = found(*scan(source))

    assert answer is None or reading == answer


@given(source=st.binary(max_size=200))
def test_no_bytes_make_the_scanner_fail(source: bytes) -> None:
    """It reads whatever is called `_test.go`."""
    scan(b"func Test" + source)


@pytest.mark.parametrize("package", ["errors", "path", "text/tabwriter", "container/heap"])
def test_a_package_lists_what_go_test_lists(go: Path, goroot: Path, package: str) -> None:
    """The whole way of discovery: packages, files, functions."""
    assert discovered(go, goroot, [f"./{package}"]) == listed(go, goroot, [f"./{package}"])


@pytest.mark.slow
def test_the_standard_library_lists_what_go_test_lists(go: Path, goroot: Path) -> None:
    """The same for all of it (compiles every test binary)."""
    assert discovered(go, goroot, ["./..."]) == listed(go, goroot, ["./..."])


def discovered(go: Path, goroot: Path, patterns: list[str]) -> set[tuple[str, str]]:
    """(import path, test) of all that discovery finds."""
    source = goroot / "src"
    root = ModuleRoot(source, "module", (source,))
    packages: tuple[GoPackage, ...] = list_packages(go, root, patterns, environ=os.environ)
    return {
        (package.import_path, function.name)
        for package in packages
        for path in package.test_files
        for function in scan_file(path).functions
    }


def listed(go: Path, goroot: Path, patterns: list[str]) -> set[tuple[str, str]]:
    """(import path, test) of all that `go test -list` prints."""
    command = [str(go), "test", "-vet=off", "-list=.*", *patterns]
    done = subprocess.run(command, cwd=goroot / "src", capture_output=True, text=True, check=False)
    found_here: set[tuple[str, str]] = set()
    names: list[str] = []
    for line in done.stdout.splitlines():
        first, *rest = line.split()
        if first == "ok":
            found_here |= {(rest[0], name) for name in names}
            names = []
        elif first not in {"?", "FAIL"} and not rest:
            names.append(first)
    return found_here
