"""Entries of wslgo_marks: which files and names they are about."""

from __future__ import annotations

import pytest

from pytest_wslgo.errors import ArgumentError
from pytest_wslgo.plugin.markers.rules import parse_rule

ROOT, FS, DEEP, FSX = "a_test.go", "fs/a_test.go", "fs/deep/a_test.go", "fsx/a_test.go"
ALL = [ROOT, FS, DEEP, FSX]


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("::TestX", ALL),
        ("...", ALL),
        ("./...", ALL),
        (".", [ROOT]),
        ("./", [ROOT]),
        ("fs", [FS]),
        ("fs/", [FS]),
        ("./fs::TestX", [FS]),
        ("fs/...", [FS, DEEP]),
        ("fs...", [FS, DEEP, FSX]),
        (".../deep", [DEEP]),
        ("fs/a_test.go", [FS]),
        ("a_test.go", [ROOT]),
        ("f.", []),
    ],
)
def test_files(pattern: str, files: list[str]) -> None:
    """A directory is itself, ``...`` what it is to Go, a file a file, nothing everything."""
    rule = parse_rule(f"{pattern} requires_root")

    assert [path for path in ALL if rule.takes_file(path)] == files


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("fs", ["TestA", "TestAB", "Testa"]),
        ("fs::TestA", ["TestA"]),
        ("fs::TestA*", ["TestA", "TestAB"]),
        ("fs::Test?", ["TestA", "Testa"]),
    ],
)
def test_names(pattern: str, names: list[str]) -> None:
    """Names are globs, in which upper and lower case differ as in Go."""
    rule = parse_rule(f"{pattern} requires_root")

    assert [name for name in ("TestA", "TestAB", "Testa") if rule.takes(name)] == names


@pytest.mark.parametrize(
    ("pattern", "start"),
    [("fs/...", "fs"), ("fs", "fs"), ("fs...", ""), ("::T", ""), ("...", ""), ("x/y_test.go", "x")],
)
def test_start(pattern: str, start: str) -> None:
    """All that an entry can match lies in one directory: was it looked at?"""
    assert parse_rule(f"{pattern} requires_root").start == start


def test_arguments() -> None:
    """What follows the name is what follows it in a Go file."""
    [mark] = parse_rule('fs   xfail_on wsl1  reason="a  b"').orders.marks

    assert (mark.name, mark.args, mark.kwargs) == ("xfail_on", ("wsl1",), {"reason": "a  b"})


@pytest.mark.parametrize("text", ["", "fs", "fs/... nothing", "fs xfail_on", "f*/x requires_root"])
def test_wrong(text: str) -> None:
    """What is no entry is an error."""
    with pytest.raises(ArgumentError):
        parse_rule(text)
