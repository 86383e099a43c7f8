"""Text that stays bounded."""

from __future__ import annotations

import pytest

from pytest_wslgo.outcomes.text import LIMIT, Text

HEAD = TAIL = LIMIT // 2


@pytest.mark.parametrize("size", [0, 1, HEAD - 1, HEAD, HEAD + 1, HEAD + TAIL])
@pytest.mark.parametrize("piece", [1000, 100_000])
def test_what_fits_is_whole(size: int, piece: int) -> None:
    """Up to the head and a tail nothing is left out."""
    whole = "".join(chr(97 + index % 26) for index in range(size))
    text = Text()

    for start in range(0, size, piece):
        text.append(whole[start : start + piece])

    assert str(text) == whole
    assert bool(text) == bool(size)


@pytest.mark.parametrize("piece", [100, 1_000_003])
def test_head_and_tail_stay_and_the_rest_is_counted(piece: int) -> None:
    """However much comes, the first and the last words are there, and the number of the others."""
    text = Text()
    whole = "".join(f"{number:07}\n" for number in range(250_000))
    for start in range(0, len(whole), piece):
        text.append(whole[start : start + piece])

    shown = str(text)

    left_out = len(whole) - HEAD - TAIL
    told = f"\n[… {left_out} characters left out; the journal has them …]\n"
    assert shown == whole[:HEAD] + told + whole[-TAIL:]
    assert str(text) == shown


def test_little_is_held() -> None:
    """At no time more than the head and two tails are held."""
    text = Text()

    sizes = []
    for _ in range(2000):
        text.append("x" * 1000)
        sizes.append(text.size)

    assert max(sizes) <= HEAD + 2 * TAIL
