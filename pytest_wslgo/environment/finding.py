"""Something about the machine that wants attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, proved.

    Attributes:
        code: "WG" and three digits, the same for ever. The first digit is the area: 1 machine,
            2 filesystems, 3 temp and caches, 4 toolchain and PATH, 5 cgo and race, 6 modules,
            7 network, 8 clock, 9 limits and memory.
        severity: "error" breaks Go or its tests; "warning" may, or makes results doubtful; "note"
            is good to know.
        text: what is the matter, one phrase without a final point.
        evidence: what was seen, and where ("/etc/wsl.conf says systemd=true, PID 1 is init").
        remedy: what to do; empty where there is nothing to do.
    """

    code: str
    severity: Severity
    text: str
    evidence: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.code} {self.text} ({self.evidence}){remedy}"
