"""Reading the lines that Go's testing package prints: framing, places, messages.

The formats are those of testing.go (``(*common).log``, ``(*T).report``) and test2json.
"""

from __future__ import annotations

import re
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.outcome import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FRAME = re.compile(
    r"(?:=== (?:RUN|PAUSE|CONT|NAME|ATTR|ARTIFACTS) +|--- (?:PASS|FAIL|SKIP|BENCH): )(\S*)"
)
_PLACE = re.compile(
    r"\s*(?P<path>(?:[A-Za-z]:[\\/])?[^\s:][^:\n]{0,1000}\.go):(?P<line>\d{1,9}): ?(?P<text>.*)"
)
CRASH = (
    "panic: ",
    "fatal error: ",
    "SIGQUIT: ",
    "unexpected fault address ",
    "runtime: failed to create new OS thread",
    "runtime: out of memory: ",
)
"""How the last words of a Go program begin (runtime/panic.go, signal_unix.go, os_linux.go)."""
_RECOVERED = re.compile(r" \[recovered(?:, repanicked)?\]$")
_TESTIFY_LABELS = ("Test:", "Messages:", "Error Trace:", "Error:")
NO_CORPUS = "warning: starting with empty corpus"
"""What internal/fuzz says of each target without seeds."""
RACE = "race detected during execution of test"
"""What testing.go says of a test during which the race detector reported something."""
_FRAME_STARTS = ("=== ", "--- ")


def is_frame(output: str, test: str = "") -> bool:
    """Tell whether a line of output is `go test -v`'s own framing and not the test's text.

    Args:
        output: The line.
        test: The test that it is credited to, which framing names; what names another one is the
            output of another `go test` that a test has shown.
    """
    if not output.startswith(_FRAME_STARTS):
        return False
    match = _FRAME.match(output)
    if match is None:
        return False
    return (
        not test
        or match[1] == test
        or re.fullmatch(re.escape(test) + r"-\d+", match[1]) is not None
    )


def place(line: str) -> tuple[Location, str] | None:
    """Split ``    foo_test.go:12: text`` into its place and the text; None for other lines."""
    match = _PLACE.match(line)
    if match is None:
        return None
    return Location(match["path"], int(match["line"])), match["text"].strip()


def first_message(text: str) -> tuple[str, Location | None]:
    """The first located message, panic, or else line, with its place."""
    lines = text.split("\n")
    return next(_messages(lines), (_next_text(lines), None))


def last_error(text: str) -> tuple[str, Location | None]:
    """What a failed test says last: ``t.Fatal`` ends it, and logs come before errors as a rule.

    A panic counts before any message, being what ended the test.
    """
    lines = text.split("\n")
    messages = list(_messages(lines))
    crash = next((found for found in messages if found[0].startswith(CRASH)), None)
    return crash or (messages[-1] if messages else (_example(lines) or _next_text(lines), None))


def last_message(text: str) -> tuple[str, Location | None]:
    """What a skipped test says last, which is its reason: ``t.Skip`` ends the test."""
    lines = text.split("\n")
    for index in range(len(lines) - 1, -1, -1):
        found = place(lines[index])
        if found is not None:
            more = [line.strip() for line in lines[index + 1 :] if line.startswith("        ")]
            return " ".join([found[1], *more]).strip(), found[0]
    return _next_text(lines), None


def _messages(lines: list[str]) -> Iterator[tuple[str, Location | None]]:
    for index, line in enumerate(lines):
        found = place(line)
        if found is not None:
            yield _whole(found[1], lines[index + 1 :]), _not_in_testing(found, lines)
        elif line.startswith(CRASH):
            yield headline(line), frame_of_a_test(lines[index:])
            return  # what follows is the stack


def headline(line: str) -> str:
    """The first line of a crash without what ``testing`` adds on its way through."""
    return _RECOVERED.sub("", line.strip())


def _whole(message: str, following: list[str]) -> str:
    """A message's line; with the next one where it is empty or leads over to that."""
    if not message:
        return _next_text(following)
    if message.endswith(":") and following and following[0].startswith("        "):
        return f"{message} {following[0].strip()}"
    return message


def _not_in_testing(found: tuple[Location, str], lines: list[str]) -> Location | None:
    """The place of a message; for a race the one that is read or written, not testing.go's."""
    if found[1] != RACE:
        return found[0]
    places = (re.match(r"      (\S.*\.go):(\d+) \+0x", line) for line in lines)
    first = next((match for match in places if match is not None), None)
    return Location(first[1], int(first[2])) if first is not None else None


def _example(lines: list[str]) -> str:
    """What an example printed and should have (example.go): the first lines that differ."""
    if lines[0] != "got:" or "want:" not in lines:
        return ""
    middle = lines.index("want:")
    pairs = zip_longest(lines[1:middle], lines[middle + 1 : -1], fillvalue="")
    got, want = next(((got, want) for got, want in pairs if got != want), ("", ""))
    return f"got {got!r}, want {want!r}"


def _next_text(lines: Iterable[str]) -> str:
    """The next line that says something; of testify's block (``Error:``) that is the error."""
    said = [line.strip() for line in lines if line.strip()]
    if len(said) > 1 and said[0] == NO_CORPUS:
        del said[0]
    if said and said[0].startswith("Error Trace:"):
        return _testify(said)
    return said[0] if said else ""


def _testify(said: list[str]) -> str:
    """The error of a testify block, its first three lines as one."""
    start = next((i for i, line in enumerate(said) if line.startswith("Error:")), None)
    if start is None:
        return said[0]
    error = [said[start].removeprefix("Error:")]
    error += takewhile(lambda line: not line.startswith(_TESTIFY_LABELS), said[start + 1 :])
    return " ".join(" ".join(error[:3]).split())


def frame_of_a_test(trace: Iterable[str]) -> Location | None:
    """Find the topmost stack frame in a test file: a tab, ``/src/a/a_test.go:12 +0x1d``."""
    for line in trace:
        match = re.match(r"\t(.+_test\.go):(\d+)(?: |$)", line)
        if match is not None:
            return Location(match[1], int(match[2]))
    return None
