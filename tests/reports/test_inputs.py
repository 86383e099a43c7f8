"""How failing inputs read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.outcomes import Fuzzing
from pytest_wslgo.reports.inputs import describe

if TYPE_CHECKING:
    from pathlib import Path


def shown(root: Path, *names: str, content: bytes | None = None) -> list[str]:
    """The lines for failing inputs of a/p_test.go::FuzzX."""
    corpus = root / "a" / "testdata" / "fuzz" / "FuzzX"
    corpus.mkdir(parents=True, exist_ok=True)
    for name in names:
        if content is not None:
            (corpus / name).write_bytes(content)
    text = describe(Fuzzing(names), "a/p_test.go::FuzzX", root / "a" / "p_test.go", root)
    return text.splitlines()


@pytest.mark.parametrize(
    ("number", "ordinal"), [(0, "first"), (9, "tenth"), (10, "11th"), (20, "21st"), (111, "112th")]
)
def test_ordinals(tmp_path: Path, number: int, ordinal: str) -> None:
    """A seed from f.Add is called by its place among them."""
    assert shown(tmp_path, f"seed#{number}")[0] == f"input: seed #{number}, the {ordinal} f.Add"


def test_long_content(tmp_path: Path) -> None:
    """Of a large file the beginning is shown, and nothing that would steer a terminal."""
    lines = [b"go test fuzz v1", b"\x1b[2J" + b"x" * 100_000, *[b"int(1)"] * 1000]

    said = shown(tmp_path, "big", content=b"\n".join(lines))

    assert len(said) == 1 + 10 + 1 + 2
    assert max(map(len, said)) <= 4 + 200 + 1
    assert "\x1b" not in "".join(said)


@pytest.mark.parametrize(
    ("content", "instead"),
    [(None, "(cannot be read: No such file or directory)"), (b"secret\n", "(no corpus file)")],
)
def test_no_content(tmp_path: Path, content: bytes | None, instead: str) -> None:
    """A file that is gone, or is no corpus file, is named all the same."""
    said = shown(tmp_path, "x", content=content)

    assert said[:2] == ["input: a/testdata/fuzz/FuzzX/x", f"    {instead}"]


def test_a_pipe_is_not_read(tmp_path: Path) -> None:
    """What is no file would block the report."""
    corpus = tmp_path / "a" / "testdata" / "fuzz" / "FuzzX"
    corpus.mkdir(parents=True)
    os.mkfifo(corpus / "pipe")

    assert shown(tmp_path, "pipe")[1] == "    (no regular file)"


def test_many(tmp_path: Path) -> None:
    """Five inputs are shown, and the others are counted."""
    said = shown(tmp_path, *[f"seed#{number}" for number in range(12)])

    assert said[5] == "input: 7 more"
    assert len([line for line in said if line.startswith("rerun: go test")]) == 5


def test_names_are_quoted(tmp_path: Path) -> None:
    """A file may be called as it likes: neither the shell nor Go's pattern takes it otherwise."""
    assert shown(tmp_path, "it's (a).b")[-1] == (
        "rerun: go test -run='^FuzzX$/^it'\"'\"'s \\(a\\)\\.b$' ./a"
    )


def test_from_elsewhere(tmp_path: Path) -> None:
    """A module that begins below is entered by -C; a package above is named by its path."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "go.mod").touch()
    below = tmp_path / "b"
    fuzzing = Fuzzing(("seed#0",))
    file = tmp_path / "a" / "p_test.go"

    commands = [
        describe(fuzzing, "a/p_test.go::FuzzX", file, here).splitlines()[-1]
        for here in (tmp_path, below, tmp_path / "a")
    ]

    assert commands == [
        "rerun: go test -C a -run='^FuzzX$/^seed#0$'",
        "rerun: go test -run='^FuzzX$/^seed#0$' ../a",
        "rerun: go test -run='^FuzzX$/^seed#0$' .",
    ]
