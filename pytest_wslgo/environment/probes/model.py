"""Probe: what happened when a thing was tried."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of trying one thing in one place.

    Attributes:
        name: what was tried ("symlink"); one of `names`.
        works: whether it works; None where it could not be tried (`error` says why).
        tried: what was done, one phrase with the place ("symlink(2) in /tmp/x").
        error: the errno's name and text ("EPERM: Operation not permitted"), or what was wrong with
            the result; empty where it works.
        value: of probes that measure: nanoseconds (mtime-granularity), bytes (free-space).
    """

    name: str
    works: bool | None
    tried: str
    error: str = ""
    value: int | None = None

    def __str__(self) -> str:
        end = f": {self.error}" if self.error else ""
        return f"{self.tried}{end}"
