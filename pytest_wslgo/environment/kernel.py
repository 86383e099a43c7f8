"""The kernel's release as a version that compares."""

from __future__ import annotations

import re
from typing import Final

from pytest_wslgo.environment.model import Kernel

_NUMBERS: Final = re.compile(r"\d{1,9}(\.\d{1,9}){0,5}", re.ASCII)


def kernel_of(release: str | None) -> Kernel:
    """A release as `uname -r` says it; without numbers in front it has no version."""
    from packaging.version import Version  # noqa: PLC0415 - read_facts does without it

    numbers = _NUMBERS.match(release or "")
    return Kernel(release or "", Version(numbers[0]) if numbers else None)
