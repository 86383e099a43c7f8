"""Facts in one word: the same for the same machine, another for another."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pytest_wslgo.environment.facts import Facts

_SECOND: Final = 10**9
# Another one whenever the same machine would be described in other words.
_VERSION: Final = "wslgo-environment-1"


def fingerprint(facts: Facts) -> str:
    """64 hexadecimal digits, the same in every process, on every Python."""
    # JSON and not repr(): that depends on what Python's Unicode tables call printable.
    text = json.dumps(facts, default=_by_name, sort_keys=True)
    return hashlib.sha256(f"{_VERSION}\n{text}".encode("ascii")).hexdigest()


def _by_name(value: Any) -> dict[str, object]:
    """A dataclass for json, as far as it counts for ==; asdict() would copy every string."""
    return {field.name: getattr(value, field.name) for field in fields(value) if field.compare}


def cache_mark(fingerprint: str) -> int:
    """A fingerprint as nanoseconds: from a second, which is Go's own -benchtime, to 1.1 seconds.

    For `go test -benchtime=1012345678ns`: a benchmark's time is part of the key of Go's test cache.
    It must stay what it is by default, or nearly: tests may call testing.Benchmark, which takes so
    long. Two machines share a number once in 10⁸.
    """
    return _SECOND + int(fingerprint, 16) % (_SECOND // 10)


def differences(old: Facts, new: Facts) -> list[str]:
    """One phrase for each fact that is not the same: its name, what was and what is."""
    found = []
    for name in (field.name for field in fields(old)):
        before, after = getattr(old, name), getattr(new, name)
        if before != after and isinstance(before, tuple) and isinstance(after, tuple):
            found += [f"{name}: no longer {item}" for item in before if item not in after]
            found += [f"{name}: now {item}" for item in after if item not in before]
        elif before != after:
            found.append(f"{name}: was {before}, is {after}")
    return found
