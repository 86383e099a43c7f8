"""Reading the lines that the testing package prints."""

from __future__ import annotations

import pytest

from pytest_wslgo.outcomes import Location
from pytest_wslgo.outcomes.lines import first_message, is_frame, last_error, last_message, place


@pytest.mark.parametrize(
    "line",
    ["=== RUN   TestA\n", "=== NAME  TestA\n", "--- FAIL: TestA/b (0.00s)\n", "--- BENCH: B\n"],
)
def test_framing_is_told_from_text(line: str) -> None:
    """What `go test -v` puts around a test's words is not its words."""
    assert is_frame(line)


@pytest.mark.parametrize(
    "line", ["=== a heading\n", "--- a/file.txt\n", "    p_test.go:1: --- x\n"]
)
def test_text_that_resembles_framing_is_text(line: str) -> None:
    """A diff's and a heading's lines stay in the output."""
    assert not is_frame(line)


@pytest.mark.parametrize(
    ("line", "path", "number", "text"),
    [
        ("    p_test.go:12: wrong", "p_test.go", 12, "wrong"),
        ("    /a b/p_test.go:7: x: y", "/a b/p_test.go", 7, "x: y"),
        (r"    C:\m\p_test.go:3: x", r"C:\m\p_test.go", 3, "x"),
        ("    p_test.go:12:", "p_test.go", 12, ""),
    ],
)
def test_a_place_is_split_off(line: str, path: str, number: int, text: str) -> None:
    """Short, absolute and Windows paths are places."""
    assert place(line) == (Location(path, number), text)


def test_a_log_before_an_error_is_not_the_reason() -> None:
    """The last message of a failed test counts before Go 1.27 says which one is the error."""
    output = "    p_test.go:1: opening\n    p_test.go:2: got 1\n"

    assert last_error(output) == ("got 1", Location("p_test.go", 2))


def test_a_panic_counts_before_messages() -> None:
    """Whatever was logged, the panic ended the test; its place is in the test's file."""
    output = (
        "    p_test.go:1: fine\npanic: boom [recovered]\n\ngoroutine 1 [running]:\n"
        "m.f()\n\t/src/p.go:3 +0x1\nm.TestA()\n\t/src/p_test.go:9 +0x2\n"
    )

    assert last_error(output) == ("panic: boom", Location("/src/p_test.go", 9))


def test_a_message_that_leads_over_takes_the_next_line() -> None:
    """A line that ends in a colon says nothing alone."""
    output = "    p_test.go:1: differs:\n        -a\n        +b\n"

    assert first_message(output)[0] == "differs: -a"


def test_a_skip_of_several_lines_is_one_reason() -> None:
    """The lines of a skip's reason are joined."""
    output = "    p_test.go:1: probing\n    p_test.go:2: needs\n        a disk\n"

    assert last_message(output) == ("needs a disk", Location("p_test.go", 2))


def test_an_example_tells_the_first_difference() -> None:
    """What it printed and what it should have, in one line."""
    assert last_error("got:\na\nx\nwant:\na\nb\n") == ("got 'x', want 'b'", None)
