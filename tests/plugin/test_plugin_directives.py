from __future__ import annotations

from pathlib import Path

import pytest

from pytest_wslgo.discovery import Directive
from pytest_wslgo.plugin.directives import fixture_names

FILE = Path("/p/a_test.go")


def named(*texts: str) -> tuple[str, ...]:
    """What ``//wslgo:usefixtures`` comments name."""
    directives = [
        Directive(name="usefixtures", arguments=text, line=number)
        for number, text in enumerate(texts, start=3)
    ]
    return fixture_names(directives, FILE, ValueError)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("database", ("database",)),
        ("database server", ("database", "server")),
        ("database, server", ("database", "server")),
        ("database,server,", ("database", "server")),
        ("\tdatabase \t server ", ("database", "server")),
    ],
)
def test_names(text: str, names: tuple[str, ...]) -> None:
    """Names are separated by spaces, tabs and commas."""
    assert named(text) == names


def test_several() -> None:
    """Several directives add up."""
    assert named("one", "two three") == ("one", "two", "three")


def test_none() -> None:
    """Without a directive there are no names."""
    assert named() == ()


@pytest.mark.parametrize("text", ["", " ", ","])
def test_nothing_named(text: str) -> None:
    """A directive that names nothing is an error at its place."""
    with pytest.raises(ValueError, match=r"^/p/a_test\.go:3: //wslgo:usefixtures names no fixture"):
        named(text)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("usefixture", "did you mean //wslgo:usefixtures"), ("parallel", "known: ")],
)
def test_unknown(name: str, hint: str) -> None:
    """A misspelt directive is an error: it would be a comment that nobody obeys."""
    directive = Directive(name=name, arguments="x", line=7)

    with pytest.raises(ValueError, match=hint) as caught:
        fixture_names([directive], FILE, ValueError)

    assert f"{FILE}:7: //wslgo:{name}" in str(caught.value)
