"""Which examples does `go test` run? Those whose last comment says what they print.

Facts: go/doc/example.go (exampleOutput, lastComment) and go/ast (CommentGroup.Text), on which
`go test` relies.
"""

from __future__ import annotations

import re

from pytest_wslgo.discovery.lexing import last_group, skip_block

_OUTPUT = re.compile(rb"[ \t\n\v\f\r]*(?:unordered )?output:", re.IGNORECASE)
# Text() leaves directives out, so `//output:x` is none; `//Output:` and `//output: x` are outputs.
_DIRECTIVE = re.compile(rb"(?:line |extern |export |[a-z0-9]+:[a-z0-9])")


def has_output(source: bytes, body: int) -> bool:
    """Whether the function body whose `{` is at an offset ends with an output comment."""
    _, comments = skip_block(source, body)
    group = last_group(source, comments)
    lines = [
        text for text in (_text(source[start:end]) for start, end in group) if text is not None
    ]
    return _OUTPUT.match(b"\n".join(lines)) is not None


def _text(comment: bytes) -> bytes | None:
    """A comment without its markers; None for a directive."""
    comment = comment.replace(b"\r", b"")  # as go/scanner
    if comment.startswith(b"/*"):
        return comment[2:-2]
    text = comment[2:]
    if text.startswith(b" "):
        return text[1:]
    return None if _DIRECTIVE.match(text) else text
