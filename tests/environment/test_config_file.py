from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_wslgo.environment.config_file import parse_config


def values(text: str, *, stops: bool = True) -> list[tuple[str, str]]:
    """Keys and values that WSL reads."""
    return [(each.key, each.value) for each in parse_config(text, stops=stops).settings]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("[boot]\nsystemd=true\n", [("boot.systemd", "true")]),
        ("  [ boot ]\n", []),
        ("[boot] # why\n\tsystemd = true # so\n", [("boot.systemd", "true")]),
        ("[boot]\r\nsystemd=true\r\n", [("boot.systemd", "true")]),
        ("systemd=true", [("systemd", "true")]),
        ("[a]\n[b]\nk=v", [("b.k", "v")]),
        ("[a]\n# k=1\n\n \t\nk=2", [("a.k", "2")]),
        ('[a]\nk="a # b" \n', [("a.k", "a # b")]),
        ('[a]\nk=  " x " \t\n', [("a.k", " x ")]),
        ('[a]\nk=a"b"c', [("a.k", "abc")]),
        ('[a]\nk=C:\\\\Users\\t\\"q\\"', [("a.k", 'C:\\Users\t"q"')]),
        ("[a]\nk=one \\\n  two\nl=3", [("a.k", "one   two"), ("a.l", "3")]),
        ("[a]\nk=", [("a.k", "")]),
        ("[a]\nk=1\nk=2", [("a.k", "1"), ("a.k", "2")]),
        ("[a]\nk=x = y", [("a.k", "x = y")]),
    ],
)
def test_values(text: str, read: list[tuple[str, str]]) -> None:
    """Sections, quotes, escapes, comments and continued lines are WSL's."""
    assert values(text) == read


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("boot.systemd=true", "neither a [section] nor a key"),
        ("mount_tab=1", "neither a [section] nor a key"),
        ("; a comment", "neither a [section] nor a key"),
        ("systemd", "neither a [section] nor a key"),
        ("[my boot]", "a section is a name of letters"),
        ("[boot", "a section is a name of letters"),
        ("[boot] x", "a section is a name of letters"),
        ("k=C:\\Users\\x", "\\U is no escape"),
        ('k="a', "a quote is not closed"),
        ("\ufeff[boot]", "neither a [section] nor a key"),
    ],
)
def test_bad_line(line: str, wrong: str) -> None:
    """A line that WSL cannot read is kept with its number and the reason; wsl.conf ends there."""
    text = f"[a]\nk=1\n{line}\nl=2\n"

    (bad,) = parse_config(text, stops=True).bad

    assert (bad.line, bad.text) == (3, line)
    assert bad.wrong.startswith(wrong)
    assert values(text) == [("a.k", "1")]
    assert values(text, stops=False) == [("a.k", "1"), ("a.l", "2")]


def test_continued_to_the_end() -> None:
    """A line that goes on behind the end of the file is a value."""
    assert values("[a]\nk=x\\") == [("a.k", "x")]


pieces = st.sampled_from(
    ["[", "]", "a", "=", "#", '"', "\\", "\n", "\r", " ", "\t", "\0", "\udc80"]
)


@given(st.one_of(st.text(), st.lists(pieces, max_size=40).map("".join)), st.booleans())
def test_any_text(text: str, stops: bool) -> None:
    """Any text gives a value, of which each line that counts is in the text."""
    parsed = parse_config(text, stops=stops)

    count = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    lines = [setting.line for setting in parsed.settings] + [bad.line for bad in parsed.bad]
    assert all(1 <= line <= count for line in lines)
    assert not stops or len(parsed.bad) <= 1
