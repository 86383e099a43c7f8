"""Reading the lines that Go's testing package prints: framing, places, messages.

The formats are those of testing.go (``(*common).log``, ``(*T).report``) and test2json.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.outcome import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FRAME = re.compile(
    r"=== (?:RUN|PAUSE|CONT|NAME|ATTR|ARTIFACTS) |\s*--- (?:PASS|FAIL|SKIP|BENCH): "
)
_PLACE = re.compile(
    r"\s*(?P<path>(?:[A-Za-z]:[\\/])?[^\s:][^:\n]*\.go):(?P<line>\d+): ?(?P<text>.*)"
)
CRASH = ("panic: ", "fatal error: ", "SIGQUIT: ", "unexpected fault address ")
"""How the last words of a Go program begin (runtime/panic.go, signal_unix.go)."""
_FRAME_STARTS = ("=", " ", "-", "\t")


def is_frame(output: str) -> bool:
    """Tell whether a line of output is `go test -v`'s own framing and not the test's text."""
    return output.startswith(_FRAME_STARTS) and _FRAME.match(output) is not None


def place(line: str) -> tuple[Location, str] | None:
    """Split ``    foo_test.go:12: text`` into its place and the text; None for other lines."""
    match = _PLACE.match(line)
    if match is None:
        return None
    return Location(match["path"], int(match["line"])), match["text"].strip()


def first_message(text: str) -> tuple[str, Location | None]:
    """The first located message, panic, or else line, with its place."""
    lines = text.splitlines()
    return next(_messages(lines), (_next_text(lines), None))


def last_error(text: str) -> tuple[str, Location | None]:
    """What a failed test says last: ``t.Fatal`` ends it, and logs come before errors as a rule.

    A panic counts before any message, being what ended the test.
    """
    lines = text.splitlines()
    messages = list(_messages(lines))
    crash = next((found for found in messages if found[0].startswith(CRASH)), None)
    return crash or (messages[-1] if messages else (_next_text(lines), None))


def last_message(text: str) -> tuple[str, Location | None]:
    """What a skipped test says last, which is its reason: ``t.Skip`` ends the test."""
    lines = text.splitlines()
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
            yield found[1] or _next_text(lines[index + 1 :]), found[0]
        elif line.startswith(CRASH):
            yield line, _frame_of_a_test(lines[index:])
            return  # what follows is the stack


def _next_text(lines: Iterable[str]) -> str:
    """The next line that says something; of testify's block (``Error:``) that is the error."""
    said = [line.strip() for line in lines if line.strip()]
    if said and said[0].startswith("Error Trace:"):
        errors = [line for line in said if line.startswith("Error:")]
        said = [" ".join(errors[0].removeprefix("Error:").split())] if errors else said
    return said[0] if said else ""


def _frame_of_a_test(trace: Iterable[str]) -> Location | None:
    """Find the topmost stack frame in a test file: a tab, ``/src/a/a_test.go:12 +0x1d``."""
    for line in trace:
        match = re.match(r"\t(.+_test\.go):(\d+)(?: |$)", line)
        if match is not None:
            return Location(match[1], int(match[2]))
    return None
