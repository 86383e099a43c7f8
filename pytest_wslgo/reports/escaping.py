"""Text that somebody else wrote, made safe for a terminal and for XML."""

from __future__ import annotations

import re

# Control characters (ESC starts sequences that move the cursor, set titles, paste), the separators
# and bidirectional overrides of Unicode (CVE-2021-42574), and halves of surrogate pairs.
_TERMINAL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
# The characters that XML 1.0 allows (section 2.2, Char), less DEL and C1, which it advises against.
_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def for_terminal(text: str, encoding: str = "utf-8") -> str:
    r"""The text with what would steer a terminal, or has no place in its encoding, as ``\x1b``.

    Newlines and tabs stay; Windows' newlines become plain ones.
    """
    text = _TERMINAL.sub(_as_in_python, text.replace("\r\n", "\n"))
    return text.encode(encoding, "backslashreplace").decode(encoding)


def for_pytest(text: str) -> str:
    """Likewise, but for colours: tests may use them, as pytest lets Python tests.

    A text that sets one ends with a reset, so that it does not colour what follows.
    """
    pieces = _COLOUR.split(text)
    if len(pieces) == 1:
        return for_terminal(text)
    # Every second piece is a colour.
    pieces[::2] = map(for_terminal, pieces[::2])
    return "".join(pieces) + _RESET


_COLOUR = re.compile(r"(\x1b\[[0-9;:]{0,40}m)")
"""Select Graphic Rendition (ECMA-48): colours, bold and the like, and nothing that moves."""
_RESET = "\x1b[0m"


def for_line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def for_xml(text: str) -> str:
    """The text with what XML cannot hold as ``#x1B``, the form that pytest's JUnit has."""
    return _XML.sub(lambda match: f"#x{ord(match[0]):02X}", text)


def _as_in_python(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")
