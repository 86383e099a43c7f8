r"""What of a Go source is code, and what is a comment or a string? As bytes, without a full lexer.

Only raw strings and block comments reach over several lines. Between them each line starts as
code, so a position needs no more than its own line to be judged; that is what makes this fast.
Facts: the Go specification, "Lexical elements", and go/scanner. No input makes these functions
fail: broken source gets some reading, and the compiler reports it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

# Bytes from 0x80 up belong to letters of other scripts; where they do not, it is no valid Go.
LETTER = rb"[\w\x80-\xff]"
IDENTIFIER = rb"(?!\d)" + LETTER + rb"+"
BLOCK_COMMENT = rb"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/"
# What may stand between two tokens; on one line (where a newline would end the statement).
SPACE = rb"(?:[ \t\r\n]|//[^\n]*\n|" + BLOCK_COMMENT + rb")"
SPACE_ON_LINE = rb"(?:[ \t\r]|" + BLOCK_COMMENT + rb")"

# Strings and runes end with their line at the latest, as go/scanner reads a broken one.
_STRING = rb'"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"?'
_RUNE = rb"'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*'?"
_IN_LINE = re.compile(rb"|".join((_STRING, _RUNE, rb"//[^\n]*", rb"/\*", rb"`")))
_IN_BODY = re.compile(
    rb"|".join((rb"[][{}]", rb"//[^\n]*", BLOCK_COMMENT, _STRING, _RUNE, rb"`[^`]*`?"))
)


@dataclass(frozen=True, slots=True)
class Opaque:
    """The raw strings and block comments of a source: offsets of their starts and ends, sorted."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def around(self, position: int) -> int:
        """Where the one that holds a position starts, or -1."""
        index = bisect_right(self.starts, position) - 1
        return self.starts[index] if index >= 0 and position < self.ends[index] else -1

    def last_end(self, position: int) -> int:
        """Where the last one that is over before a position ends, or 0."""
        index = bisect_right(self.ends, position) - 1
        return self.ends[index] if index >= 0 else 0


def find_opaque(source: bytes) -> Opaque:
    """Finds all raw strings and block comments; an unclosed one reaches to the end."""
    found = Opaque()
    size = len(source)
    done = 0  # everything before is read, and code starts here
    tick = block = -1
    while True:
        # Each of the two is searched for again only when it was passed: two memchr-like sweeps.
        if tick < done:
            tick = _find(source, b"`", done)
        if block < done:
            block = _find(source, b"/*", done)
        opener = min(tick, block)
        if opener == size:
            return found
        token_start, token_end = _token_at(source, line_start(source, opener, done), opener)
        if token_start == opener:
            close = b"`" if opener == tick else b"*/"
            done = min(_find(source, close, token_end) + len(close), size)
            found.starts.append(opener)
            found.ends.append(done)
        else:  # a backtick or `/*` within a string, a rune or a line comment
            done = token_end


def is_code(source: bytes, opaque: Opaque, position: int) -> bool:
    """Whether a position is outside all comments, strings and runes."""
    if opaque.around(position) >= 0:
        return False
    start = line_start(source, position, opaque.last_end(position))
    return start == position or _token_at(source, start, position)[0] == position


def line_start(source: bytes, position: int, at_least: int = 0) -> int:
    """The offset of the line that a position is in, or `at_least` where that is greater."""
    return max(source.rfind(b"\n", at_least, position) + 1, at_least)


def starts_line(source: bytes, position: int) -> bool:
    """Whether nothing but white space precedes a position on its line."""
    return not source[line_start(source, position) : position].strip()


def skip_block(source: bytes, opener: int) -> tuple[int, list[tuple[int, int]]]:
    """Goes over a `{ … }` or `[ … ]`.

    Args:
        source: the source.
        opener: the offset of the opening bracket.

    Returns:
        The offset behind the bracket that closes it (the source's length without one), and start
        and end of each comment in between.
    """
    pair = b"{}" if source[opener : opener + 1] == b"{" else b"[]"
    opening, closing = pair[:1], pair[1:]
    depth = 0
    comments: list[tuple[int, int]] = []
    for match in _IN_BODY.finditer(source, opener):
        token = match[0]
        if token == opening:
            depth += 1
        elif token == closing:
            depth -= 1
            if depth == 0:
                return match.end(), comments
        elif token.startswith((b"//", b"/*")):
            comments.append(match.span())
    return len(source), comments


def comments_before(source: bytes, opaque: Opaque, position: int) -> list[tuple[int, int]]:
    """Start and end of the comments in front of a position, without empty lines between them."""
    comments: list[tuple[int, int]] = []
    while True:
        end = position
        while end and source[end - 1] in b" \t\r\n":
            end -= 1
        if end == 0 or source.count(b"\n", end, position) > 1:
            break
        start = opaque.around(end - 1)
        if start < 0:
            start = line_start(source, end, opaque.last_end(end))
            start, end = _token_at(source, start, end - 1)
        if not source.startswith((b"//", b"/*"), start):
            break
        comments.append((start, end))
        position = start
    return comments[::-1]


def last_group(source: bytes, comments: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The last comments that go/parser takes as one group (consumeCommentGroup).

    Between them is nothing but single newlines. A comment behind code on its line forms a group
    with those on that line only. (Where such a comment is itself of several lines and another
    one follows it on its last line, Go's releases differ; here the two are one group.)
    """
    first = max(len(comments) - 1, 0)
    while first and _newlines(source, comments[first - 1][1], comments[first][0]) in {0, 1}:
        first -= 1
    group = comments[first:]
    if not group or starts_line(source, group[0][0]):
        return group
    for index in range(1, len(group)):
        if _newlines(source, group[index - 1][1], group[index][0]) == 1:
            return group[index:]
    return group


def _newlines(source: bytes, start: int, end: int) -> int:
    """How many newlines are between two comments; -1 where something else is there as well."""
    between = source[start:end]
    return -1 if between.strip() else between.count(b"\n")


def _token_at(source: bytes, start: int, position: int) -> tuple[int, int]:
    """Start and end of the comment, string or rune that holds a position, else the position.

    Code starts at `start`, and no raw string or block comment opens between the two.
    """
    for match in _IN_LINE.finditer(source, start):
        if match.start() > position:
            break
        if match.end() > position:
            return match.span()
    return position, position


def _find(source: bytes, part: bytes, start: int) -> int:
    found = source.find(part, start)
    return found if found >= 0 else len(source)
