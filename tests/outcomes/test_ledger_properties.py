"""Damaged streams: whatever comes, the ledger neither crashes nor calls anything green unproven."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stream_accounts import Stream, feed, read_stream, recorded

from pytest_wslgo.outcomes import Ledger, State

if TYPE_CHECKING:
    from collections.abc import Sequence

STREAMS = [read_stream(version, case) for version, case in recorded() if version != "go1.24"]
RELAXED = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
FIELDS = (
    *("Action", "Package", "Test", "Output", "Elapsed", "Time", "ImportPath", "FailedBuild"),
    *("Key", "Value", "Path", "OutputType"),
)
WORDS = st.sampled_from(
    [
        *("run", "pause", "cont", "output", "pass", "fail", "skip", "start", "attr", "bench"),
        *("build-output", "build-fail", "m", "TestA", "TestA/sub", "TestB", "BenchmarkC", "", "/"),
        *("panic: boom\n", "FAIL\tm [build failed]\n", "exit status 1\n", "PASS\n", "FAIL\n"),
        *("artifacts", "==================\n", "WARNING: DATA RACE\n", "  m.TestA()\n"),
        "BenchmarkC-2 \t 1\t 300.0 ns/op\n",
    ]
)


def proven(lines: Sequence[bytes]) -> set[tuple[str, str]]:
    """The tests for which some line is a pass event or a benchmark's result."""
    found: set[tuple[str, str]] = set()
    for line in lines:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(event, dict) or not isinstance(event.get("Test"), str):
            continue
        result = event.get("Action") == "output" and "Benchmark" in event["Test"]
        if event.get("Action") == "pass" or result:
            found.add((str(event.get("Package")), event["Test"].partition("/")[0]))
    return found


def check(stream: Stream, lines: tuple[bytes, ...], returncode: int) -> None:
    """Feed the lines; every test has its one state, and a green one has a line that proves it."""
    ledger = feed(stream.ledger(), lines, stream.stderr, returncode)

    wanted = {(path, name) for path, names in stream.selected.items() for name in names}
    passed = {key for key, each in ledger.outcomes.items() if each.state is State.PASSED}
    assert set(ledger.outcomes) == wanted
    assert all(ledger.end(path) is not None for path in stream.selected)
    assert passed <= proven(lines)


@RELAXED
@given(st.sampled_from(STREAMS), st.data())
def test_a_truncated_stream_proves_no_more_than_it_holds(
    stream: Stream, data: st.DataObject
) -> None:
    """A process that is cut off anywhere, in the middle of a line too, forges nothing green."""
    whole = b"".join(stream.stdout)
    cut = whole[: data.draw(st.integers(0, len(whole)))]

    check(stream, tuple(cut.splitlines(keepends=True)), data.draw(st.sampled_from([0, 1, -9])))


@RELAXED
@given(st.sampled_from(STREAMS), st.randoms(use_true_random=False), st.integers(0, 2))
def test_lines_in_any_order_are_taken(stream: Stream, random: Any, returncode: int) -> None:
    """Reordered lines crash nothing and prove nothing that no line says."""
    lines = list(stream.stdout)
    random.shuffle(lines)

    check(stream, tuple(lines), returncode)


@RELAXED
@given(st.sampled_from(STREAMS), st.data())
def test_lost_lines_are_not_made_up(stream: Stream, data: st.DataObject) -> None:
    """Where lines are missing, what only they told is not green."""
    lost = data.draw(st.sets(st.integers(0, max(len(stream.stdout) - 1, 0))))
    lines = tuple(line for index, line in enumerate(stream.stdout) if index not in lost)

    check(stream, lines, stream.returncode)


@RELAXED
@given(st.sampled_from(STREAMS), st.sampled_from(STREAMS), st.data())
def test_interleaved_streams_are_taken_apart(
    stream: Stream, other: Stream, data: st.DataObject
) -> None:
    """Lines of another process between the lines crash nothing and prove nothing new."""
    lines: list[bytes] = []
    rest = list(other.stdout)
    for line in stream.stdout:
        lines.append(line)
        for _ in range(data.draw(st.integers(0, 2)) if rest else 0):
            lines += rest[:1]
            del rest[:1]

    check(stream, tuple(lines), stream.returncode)


@RELAXED
@given(st.sampled_from(STREAMS), st.data())
def test_corrupted_bytes_are_taken(stream: Stream, data: st.DataObject) -> None:
    """Bytes that a bad disk changed crash nothing."""
    whole = bytearray(b"".join(stream.stdout))
    for _ in range(data.draw(st.integers(1, 5)) if whole else 0):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    check(stream, tuple(bytes(whole).splitlines(keepends=True)), stream.returncode)


@RELAXED
@given(
    st.lists(st.dictionaries(st.sampled_from(FIELDS), WORDS | JSON), max_size=12),
    st.sampled_from([0, 1, None]),
    st.booleans(),
)
def test_any_json_is_taken(events: list[dict[str, Any]], rc: int | None, repeats: bool) -> None:
    """Events with wrong types, missing and unheard-of values crash nothing."""
    lines = tuple(json.dumps(event).encode() + b"\n" for event in events)
    ledger = Ledger({"m": ("TestA", "TestB", "BenchmarkC")}, repeats=repeats)

    for line in lines:
        ledger.feed(line)
    ledger.close(rc)

    passed = {key for key, each in ledger.outcomes.items() if each.state is State.PASSED}
    assert len(ledger.outcomes) == 3
    assert passed <= proven(lines)


@RELAXED
@given(st.lists(st.binary(max_size=40), max_size=10))
def test_any_bytes_are_taken(lines: list[bytes]) -> None:
    """Lines that are no events crash nothing; without events nothing has run."""
    ledger = feed(Ledger({"m": ("TestA",)}), tuple(lines), tuple(lines), 0)

    assert not ledger.outcomes["m", "TestA"].state.green


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"a":' * 100_000, b'{"Action":"pass"} {}\n'])
def test_a_line_that_no_parser_likes_is_text(line: bytes) -> None:
    """JSON that is nested without end, or followed by more, is not an event."""
    ledger = feed(Ledger({"m": ("TestA",)}), (line,), (), 0)

    assert not ledger.outcomes["m", "TestA"].state.green
