"""Texts of the kernel as values: a number, an amount, a list of CPUs, named lines."""

from __future__ import annotations

from typing import Final

_LEADING_BITS: Final = 4
# No kernel counts more CPUs or nodes (CONFIG_NR_CPUS): a list that says so is none.
_HIGHEST: Final = 1 << 16


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


def numbers(text: str | None) -> int:
    """A list of CPUs or nodes ("0-3,8") as a number with these bits set; 0 if it is none."""
    found = 0
    for part in (text or "").strip().split(","):
        low, dash, high = part.partition("-")
        first, last = number(low), number(high if dash else low)
        if first is None or last is None or not first <= last < _HIGHEST:
            continue
        found |= ((1 << (last - first + 1)) - 1) << first
    return found


def fields(text: str | None) -> dict[str, str]:
    """Lines of "name: value", as in /proc/self/status; of two with one name the first counts."""
    found: dict[str, str] = {}
    for line in (text or "").split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip(), value.strip())
    return found


def shown(text: str, at_most: int = 200) -> str:
    """A text for people: one line, without control characters and lone surrogates, cut."""
    line = " ".join(text[: 10 * at_most].split())
    printable = "".join(char if char.isprintable() else "?" for char in line[: at_most + 1])
    return printable if len(printable) <= at_most else printable[: at_most - 1] + "…"
