from __future__ import annotations

from pathlib import Path

import pytest

from pytest_wslgo.discovery import Directive
from pytest_wslgo.errors import ArgumentError
from pytest_wslgo.plugin.directives import read

FILE = Path("/p/a_test.go")


def named(*texts: str) -> list[tuple[object, ...]]:
    """What ``//wslgo:usefixtures`` comments name, a tuple for each."""
    directives = [
        Directive(name="usefixtures", arguments=text, line=number)
        for number, text in enumerate(texts, start=3)
    ]
    return [mark.args for mark in read(directives, FILE).marks]


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
    assert named(text) == [names]


def test_several() -> None:
    """Several directives add up."""
    assert named("one", "two three") == [("one",), ("two", "three")]


def test_none() -> None:
    """Without a directive there are no names."""
    assert named() == []


@pytest.mark.parametrize("text", ["", " ", ","])
def test_nothing_named(text: str) -> None:
    """A directive that names nothing is an error at its place."""
    with pytest.raises(
        ArgumentError, match=r"^/p/a_test\.go:3: //wslgo:usefixtures names no fixture"
    ):
        named(text)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("usefixture", "did you mean //wslgo:usefixtures"),
        ("requires_sytemd", "did you mean //wslgo:requires_systemd"),
        ("skip_on_drfvs", "did you mean //wslgo:skip_on_drvfs"),
        ("parallel", "known: "),
    ],
)
def test_unknown(name: str, hint: str) -> None:
    """A misspelt directive is an error: it would be a comment that nobody obeys."""
    directive = Directive(name=name, arguments="x", line=7)

    with pytest.raises(ArgumentError, match=hint) as caught:
        read([directive], FILE)

    assert f"{FILE}:7: //wslgo:{name}" in str(caught.value)


def test_marks() -> None:
    """A marker's directive becomes the pytest mark of the same name, with its arguments."""
    orders = read(
        [
            Directive("requires_systemd", "", 1),
            Directive("requires_capability", 'symlink hard-link reason="links"', 2),
        ],
        FILE,
    )

    assert [(mark.name, mark.args, mark.kwargs) for mark in orders.marks] == [
        ("requires_systemd", (), {}),
        ("requires_capability", ("symlink", "hard-link"), {"reason": "links"}),
    ]


def test_uncached() -> None:
    """``uncached`` is no mark; among others it counts for all of them."""
    orders = read([Directive("uncached", "", 1), Directive("requires_root", "", 2)], FILE)

    assert orders.uncached
    assert [mark.name for mark in orders.marks] == ["requires_root"]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        (
            "requires_kernel",
            "5.15",
            "'5.15' is no version specifier (as in //wslgo:requires_kernel \">=5.15\")",
        ),
        (
            "requires_kernel",
            "",
            'alone: the specifier is missing (as in //wslgo:requires_kernel ">=5.15")',
        ),
        (
            "requires_capability",
            "",
            "alone: it names nothing (as in //wslgo:requires_capability symlink)",
        ),
        ("requires_capability", "simlink", "'simlink' is no capability: did you mean symlink?"),
        ("requires_systemd", "now", "it takes no argument without a name, not 1"),
        ("requires_wsl", "3", "'3' is no version of WSL: it is 1 or 2"),
        ("skip_on_drvfs", "raeson=x", "did you mean reason?"),
        ("xfail_on", "wls1", "did you mean wsl1?"),
        ("xfail_on", "wsl1 strict=maybe", "'maybe' is neither true nor false"),
        ("skip_on_drvfs", 'reason="open', "put a text in double quotes"),
        ("uncached", "x", "uncached takes no arguments: x"),
    ],
)
def test_wrong_arguments(name: str, arguments: str, message: str) -> None:
    """What a directive cannot be given is an error at its place that says what would be right."""
    with pytest.raises(ArgumentError) as caught:
        read([Directive(name, arguments, 9)], FILE)

    assert str(caught.value).startswith(f"{FILE}:9: //wslgo:{name}")
    assert message in str(caught.value)
