"""Files of the kernel as values: a text or nothing, a number, an amount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_LEADING_BITS: Final = 4


def read(path: Path) -> str | None:
    """The text of a small file; None where there is none or it may not be read.

    Bytes that are not UTF-8 (a mount point may hold any) survive as lone surrogates.
    """
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return None


def stripped(path: Path) -> str | None:
    """The text of a file without the white space around it; None as for `read`."""
    text = read(path)
    return None if text is None else text.strip()


def number(text: str | None) -> int | None:
    """A decimal number, or None for anything else ("max", "-1", no file): no limit."""
    try:
        value = int(text or "")
    except ValueError:
        return None
    return value if value >= 0 else None


def rounded(amount: int) -> int:
    """An amount that the kernel or systemd derived from the size of memory, as its leading bits.

    The memory that a kernel leaves for use differs by some kB from boot to boot, and with it the
    size of a tmpfs, RLIMIT_NPROC and TasksMax. Down to an eighth they are the same machine.
    """
    shift = max(amount.bit_length() - _LEADING_BITS, 0)
    return amount >> shift << shift
