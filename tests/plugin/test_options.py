from __future__ import annotations

from dataclasses import fields

import pytest

from pytest_wslgo.plugin.options import OPTIONS, Option, Settings

BY_NAME = {option.name: option for option in OPTIONS}


def test_each_has_a_setting() -> None:
    """Every option is a field of Settings, in the same order, and the other way round."""
    assert [option.field for option in OPTIONS] == [field.name for field in fields(Settings)]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_default_is_valid(option: Option) -> None:
    """An option's default passes its own check."""
    option.parse(option.default)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("race", "auto", "auto"),
        ("cover", "on", True),
        ("cover", "off", False),
        ("short", "", False),
        ("short", "TRUE", True),
        ("short", "0", False),
        ("bench", "yes", True),
        ("count", "", None),
        ("count", "12", 12),
        ("jobs", "1", 1),
        ("fuzz", "", ""),
        ("fuzz", "off", ""),
        ("fuzz", "30s", "30s"),
        ("fuzz", "1000x", "1000x"),
        ("timeout", "", ""),
        ("timeout", "0", "0"),
        ("timeout", "1h30m", "1h30m"),
        ("timeout", "1.5s", "1.5s"),
        ("timeout", "250ms", "250ms"),
        ("deadline", "", ""),
        ("deadline", "1h30m", "1h30m"),
        ("shuffle", "on", "on"),
        ("shuffle", "-7", "-7"),
        ("tags", "a,b", "a,b"),
        ("args", "-vet=off -args -x='a b'", ("-vet=off", "-args", "-x=a b")),
        ("args", "", ()),
        ("env", "", ()),
        ("env", "A=1 B= C='x y=z'", (("A", "1"), ("B", ""), ("C", "x y=z"))),
        ("offline", "", False),
        ("offline", "true", True),
        ("coverprofile", "", None),
        ("journal", "", None),
    ],
)
def test_value(name: str, text: str, value: object) -> None:
    """A text becomes its value."""
    assert BY_NAME[name].parse(text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("race", ""),
        ("race", "ON"),
        ("cover", "maybe"),
        ("short", "perhaps"),
        ("count", "0"),
        ("count", "-1"),
        ("count", "1.0"),
        ("count", "²"),
        ("parallel", " "),
        ("timeout", "10"),
        ("timeout", "10 s"),
        ("timeout", "-1s"),
        ("timeout", "1d"),
        ("deadline", "soon"),
        ("deadline", "5"),
        ("shuffle", "yes"),
        ("shuffle", "1.5"),
        ("args", "'open"),
    ],
)
def test_bad_value(name: str, text: str) -> None:
    """A text that cannot be used is a ValueError with a reason, and no other exception."""
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        BY_NAME[name].parse(text)


def test_paths_are_absolute() -> None:
    """Files are relative to the directory where pytest was started, wherever it goes later."""
    assert BY_NAME["coverprofile"].parse("c.out").is_absolute()
    assert BY_NAME["journal"].parse("j").is_absolute()


def test_names() -> None:
    """An option has one name, spelt for the command line and for the configuration file."""
    option = BY_NAME["coverprofile"]

    assert (option.flag, option.ini, option.dest) == (
        "--wslgo-coverprofile",
        "wslgo_coverprofile",
        "wslgo_coverprofile",
    )
