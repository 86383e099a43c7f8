"""The small values that the other modules of the room hand to each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether the toolchain can do a thing, with the evidence.

    Attributes:
        ok: whether it works.
        reason: one phrase with the evidence, when it works as well ("gcc 12.2.0 from PATH").
        cure: what would enable it; None when it works or nothing would.
    """

    ok: bool
    reason: str
    cure: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A candidate that was looked at and not taken.

    Attributes:
        candidate: a path, or the name of what was looked for.
        reason: what happened, one phrase.
    """

    candidate: str
    reason: str

    def __str__(self) -> str:
        return f"{self.candidate} ({self.reason})"
