"""What a run found, for people and for other programs: read from its journal alone."""

from __future__ import annotations

from pytest_wslgo.reports.finding import find_runs
from pytest_wslgo.reports.reading import read_session
from pytest_wslgo.reports.result import Fault, Result, SessionResult

__all__ = ["Fault", "Result", "SessionResult", "find_runs", "read_session"]
