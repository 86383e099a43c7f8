from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_wslgo.environment.reading import fields, number, numbers, rounded, shown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0-3\n", {0, 1, 2, 3}),
        ("0,2-3,8", {0, 2, 3, 8}),
        ("5", {5}),
        ("", set()),
        (None, set()),
        ("3-1", set()),
        ("x,1,-,2-", {1}),
        ("0-99999999999", set()),
        ("1,70000", {1}),
        ("9" * 5000, set()),
    ],
)
def test_numbers(text: str | None, found: set[int]) -> None:
    """A list of CPUs is a number with their bits; what no kernel writes is no part of it."""
    assert {bit for bit in range(100) if numbers(text) >> bit & 1} == found
    assert numbers(text).bit_count() == len(found)


def test_fields() -> None:
    """Lines of names and values; of two with one name the first counts."""
    assert fields("A:\t1 2 \nB :x:y\nnothing\nA: 3") == {"A": "1 2", "B": "x:y"}
    assert fields(None) == {}


@given(st.text())
def test_any_text(text: str) -> None:
    """Any text is a number or none, and can be shown in a line."""
    value = number(text)

    assert value is None or value >= 0
    assert shown(text).isprintable()
    assert len(shown(text, 10)) <= 10


@given(st.integers(min_value=0))
def test_rounded(amount: int) -> None:
    """An amount is rounded down by less than an eighth of it."""
    assert 0 <= amount - rounded(amount) <= amount // 8
