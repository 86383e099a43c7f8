"""Markers as they are written: arguments in a Go file, and what a marker takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_wslgo.errors import ArgumentError
from pytest_wslgo.plugin.markers.directive import parse_arguments
from pytest_wslgo.plugin.markers.judging import _JUDGES
from pytest_wslgo.plugin.markers.require import parse_names
from pytest_wslgo.plugin.markers.table import MARKERS, concerns, registered
from pytest_wslgo.plugin.markers.use import bind

PAGE = Path(__file__).parents[2] / "docs" / "markers.md"


@pytest.mark.parametrize(
    ("text", "args", "kwargs"),
    [
        ("", [], {}),
        (" \t ", [], {}),
        ("symlink hard-link", ["symlink", "hard-link"], {}),
        ("symlink, hard-link", ["symlink", "hard-link"], {}),
        ('">=5.15,<6"', [">=5.15,<6"], {}),
        (">=5.15,<6", [">=5.15,<6"], {}),
        ("`raw \\ text`", ["raw \\ text"], {}),
        (r'"a \"quoted\" word"', ['a "quoted" word'], {}),
        ('wsl1 reason="no netlink"', ["wsl1"], {"reason": "no netlink"}),
        ('reason="a=b, c" wsl1', ["wsl1"], {"reason": "a=b, c"}),
        ("strict=true version=2", [], {"strict": True, "version": "2"}),
        ("true", ["true"], {}),
        ('reason=""', [], {"reason": ""}),
    ],
)
def test_arguments(text: str, args: list[object], kwargs: dict[str, object]) -> None:
    """Words, texts in Go's quotes, and both with a name."""
    assert parse_arguments(text) == (args, kwargs)


@pytest.mark.parametrize(
    "text", ['"open', "reason='x'", 'a"b"', '"a""b"', "`open", r'"\x"', "reason=", "a=1 a=2"]
)
def test_arguments_that_cannot_be_read(text: str) -> None:
    """What is no argument is an error, never a guess."""
    with pytest.raises(ArgumentError):
        parse_arguments(text)


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "label"),
    [
        ("requires_systemd", (), {"reason": "x"}, "requires_systemd"),
        ("requires_kernel", (">=5",), {}, 'requires_kernel(">=5")'),
        ("requires_kernel", (), {"specifier": ">=5"}, 'requires_kernel(">=5")'),
        ("requires_wsl", (), {"version": None, "reason": None}, "requires_wsl"),
        ("requires_wsl", ("2",), {}, "requires_wsl(version=2)"),
        ("requires_capability", ("exec", "flock"), {}, 'requires_capability("exec", "flock")'),
    ],
)
def test_label(name: str, args: tuple[object, ...], kwargs: dict[str, Any], label: str) -> None:
    """Reports name a marker with what it asks for; who wrote it how makes no difference."""
    assert bind(name, args, kwargs).label() == label


def test_equal_questions() -> None:
    """The same question in other words is the same, so that it is asked once."""
    assert bind("requires_wsl", (2,), {}) == bind("requires_wsl", (), {"version": "2"})
    assert bind("requires_wsl", (2,), {}) != bind("skip_on_wsl", (2,), {})


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "message"),
    [
        ("requires_systemd", (1,), {}, "it takes no argument without a name, not 1"),
        ("requires_wsl", (1, 2), {}, "it takes one argument without a name, not 2"),
        ("requires_wsl", (1,), {"version": 1}, "version is given twice"),
        ("requires_kernel", (), {}, "the specifier is missing"),
        ("requires_kernel", (), {"specifier": None}, "None is no text"),
        ("requires_kernel", (5.15,), {}, "5.15 is no text"),
        ("requires_capability", (), {}, "it names nothing"),
        ("requires_capability", ("exec",), {"directory": "/x"}, "directory='/x': choose"),
        ("xfail_on", ("linux/i386",), {}, "'i386' is no GOARCH: did you mean 386?"),
        ("xfail_on", ("linx/386",), {}, "'linx' is no GOOS: did you mean linux?"),
        ("skip_if_root", (), {"reason": 5}, "5 is no text"),
        ("skip_if_root", (), {"reson": "x"}, "did you mean reason?"),
    ],
)
def test_wrong(name: str, args: tuple[object, ...], kwargs: dict[str, Any], message: str) -> None:
    """What a marker does not take is an error that says why."""
    with pytest.raises(ArgumentError) as caught:
        bind(name, args, kwargs)

    assert message in str(caught.value)


@pytest.mark.parametrize("name", MARKERS)
def test_declared_once(name: str) -> None:
    """Each marker of the table can be judged, is registered, and has a row in the documentation."""
    assert name in _JUDGES
    assert concerns(name)
    assert any(line.startswith(f"{name}(") for line in registered())
    assert f"| `{name}" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MARKERS)
def test_examples(name: str) -> None:
    """What messages give as right is right, in both languages."""
    marker = MARKERS[name]
    python = bind(name, marker.example, {})
    args, kwargs = parse_arguments(marker.in_go().partition(" ")[2])

    assert bind(name, args, kwargs) == python
    assert marker.in_python().startswith(f"{name}(")


def test_required_names() -> None:
    """--wslgo-require names markers and capabilities."""
    assert parse_names("requires_systemd, symlink,") == ("requires_systemd", "symlink")
