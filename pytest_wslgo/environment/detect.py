"""Look at a machine and say what it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_wslgo.environment.model import Environment


def detect(
    root: str | os.PathLike[str] = "/",
    environ: Mapping[str, str] | None = None,
    *,
    platform: str = sys.platform,
) -> Environment:
    """Find out what a machine is; nothing is started, and nothing fails: what is not known is None.

    Args:
        root: the machine's root directory. For another than "/" nothing of this process or this
            machine comes in: a machine captured in files gives the same value everywhere.
        environ: the environment of the tests; None is this process's.
        platform: as `sys.platform`.
    """
    environ = os.environ if environ is None else environ
    raise NotImplementedError(Path(root), platform)
