from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from pytest_wslgo.plugin import goflags
from pytest_wslgo.plugin.goflags import setting_flags, split_args
from pytest_wslgo.plugin.options import OPTIONS, Settings

DEFAULTS = Settings(**{option.field: option.parse(option.default) for option in OPTIONS})


@pytest.mark.parametrize(
    ("words", "flags", "binary"),
    [
        ("", (), ()),
        ("-vet=off", ("-vet=off",), ()),
        ("-vet off -x", ("-vet=off", "-x"), ()),
        ("--vet off", ("-vet=off",), ()),
        ("-test.cpu=1,2", ("-cpu=1,2",), ()),
        ("-failfast=false", ("-failfast=false",), ()),
        ("-ldflags -X=a.b=c", ("-ldflags=-X=a.b=c",), ()),
        ("-x -args -v -run=A b", ("-x",), ("-v", "-run=A", "b")),
        ("--args", (), ()),
        ("-args -args", (), ("-args",)),
    ],
)
def test_split(words: str, flags: tuple[str, ...], binary: tuple[str, ...]) -> None:
    """Flags of `go test` come first, those of the test binaries after -args."""
    assert split_args(tuple(words.split())) == (flags, binary)


@pytest.mark.parametrize(
    ("words", "named", "reason"),
    [
        ("-json", "-json", "it is on"),
        ("-x -run=A", "-run=A", "use -k"),
        ("--list .", "--list", "--collect-only"),
        ("-test.timeout=1s", "-test.timeout=1s", "--wslgo-timeout"),
        ("-fuzz=F", "-fuzz=F", "--wslgo-fuzz"),
        ("-fuzztime=5s", "-fuzztime=5s", "--wslgo-fuzz"),
        ("-vet", "-vet", "value is missing"),
        ("-badflag ./p", "-badflag", "take the next package"),
        ("example.com/p", "example.com/p", "packages are chosen"),
        ("-vet=off ./...", "./...", "packages are chosen"),
        ("--", "--", "packages are chosen"),
        ("-=x", "-=x", "packages are chosen"),
        ("-args -test.v", "-test.v", "break the events"),
        ("-args x --test.count=2", "--test.count=2", "break the events"),
    ],
)
def test_refused(words: str, named: str, reason: str) -> None:
    """What would break the run is refused by name, with the reason."""
    with pytest.raises(pytest.UsageError, match=re.escape(reason)) as caught:
        split_args(tuple(words.split()))

    assert str(caught.value).startswith(f"--wslgo-args: {named} cannot be used: ")


def test_defaults_add_nothing() -> None:
    """Nothing asked for is no flag: Go's own defaults hold, and its cache is shared."""
    assert setting_flags(DEFAULTS) == []


def test_settings() -> None:
    """Each setting is one flag with its value joined, as Go reads it without doubt."""
    settings = replace(
        DEFAULTS,
        short=True,
        tags="a,b",
        count=2,
        timeout="0",
        shuffle="on",
        jobs=3,
        parallel=4,
    )

    assert setting_flags(settings) == [
        "-short",
        "-tags=a,b",
        "-count=2",
        "-timeout=0",
        "-shuffle=on",
        "-p=3",
        "-parallel=4",
    ]


def test_every_flag_of_go_is_known() -> None:
    """The installed Go has no flag of `go test` that is neither passed down nor refused."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("there is no go on PATH")
    names: set[str] = set()
    for topic in ("build", "testflag"):
        done = subprocess.run([go, "help", topic], capture_output=True, text=True, check=True)
        names.update(re.findall(r"^\t-(\w+)", done.stdout, re.MULTILINE))

    known = goflags._SWITCHES | goflags._VALUES | goflags._REFUSED.keys()

    assert names - known == set()


def test_one_list_each() -> None:
    """No flag is in two lists."""
    lists = (goflags._SWITCHES, goflags._VALUES, frozenset(goflags._REFUSED))

    assert sum(map(len, lists)) == len(frozenset().union(*lists))


def test_full_paths_can_be_turned_off() -> None:
    """A test that compares its own log lines, as package testing's do, can have them short."""
    assert goflags.split_args(("-fullpath=false",)) == (("-fullpath=false",), ())
    with pytest.raises(pytest.UsageError, match="-fullpath=false turns it off"):
        goflags.split_args(("-fullpath",))
