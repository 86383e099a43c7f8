"""From a selection to a journal: the plan, the runner process, the run."""

from __future__ import annotations

from pytest_wslgo.execution.deadline import Deadline
from pytest_wslgo.execution.invocation import GoTest, Invocation
from pytest_wslgo.execution.journal import Journal
from pytest_wslgo.execution.plan import batches
from pytest_wslgo.execution.run import Run, start
from pytest_wslgo.execution.selection import PackageSelection

__all__ = [
    "Deadline",
    "GoTest",
    "Invocation",
    "Journal",
    "PackageSelection",
    "Run",
    "batches",
    "start",
]
