from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_wslgo.plugin.groups import SHARED, adjacent, same_values

if TYPE_CHECKING:
    from pytest_wslgo.plugin.groups import Key
    from pytest_wslgo.plugin.nodes import GoItem


def arranged(text: str) -> str:
    """Arrange letters: capitals are Go items of the group of that letter, ``_`` those without.

    Small letters are Python tests. Each item is a string of its own, told apart by its position.
    """
    items = [f"{letter}{index}" for index, letter in enumerate(text)]
    keys = {
        item: SHARED if item[0] == "_" else ("group", item[0])
        for item in items
        if not item[0].islower()
    }
    found = adjacent(cast("list[pytest.Item]", items), cast("dict[GoItem, Key]", keys))
    assert sorted(found) == sorted(cast("list[pytest.Item]", items))  # type: ignore[type-var]
    return "".join(cast("list[str]", [item[0] for item in cast("list[str]", found)]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("AAA", "AAA"),
        ("ABA", "AAB"),
        ("ABAB", "AABB"),
        ("A_A", "AA_"),
        ("_A_A_", "_AA__"),
        ("aAbA", "aAAb"),
        ("ab_c", "ab_c"),
        ("__", "__"),
    ],
)
def test_adjacent(before: str, after: str) -> None:
    """The items of a group follow its first one; all others keep their order."""
    assert arranged(before) == after


@given(st.text("AB_ab", max_size=12))
def test_adjacent_always(text: str) -> None:
    """Every group is one block, what is in none keeps its order, and doing it again is nothing."""
    once = arranged(text)

    for letter in "AB":
        assert letter * once.count(letter) in once
    rest = [letter for letter in once if letter not in "AB"]
    assert rest == [letter for letter in text if letter not in "AB"]
    assert arranged(once) == once


def test_same_values() -> None:
    """Values are the same by identity only: an equal one is another set-up."""
    one, equal = ["x"], ["x"]

    assert same_values([one], [one])
    assert not same_values([one], [equal])
    assert not same_values([one], [one, one])
    assert same_values([], [])
