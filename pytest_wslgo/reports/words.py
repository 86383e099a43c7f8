"""How results read: the words that the terminal and JUnit have in common."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import State
from pytest_wslgo.reports import inputs

if TYPE_CHECKING:
    from pytest_wslgo.outcomes import Detail
    from pytest_wslgo.reports.result import Fault, Result, SessionResult

_REASON = re.compile(r"did not run(?: to its end)?: ")


class Bodies:
    """The long texts of failures; one that several share is given once."""

    def __init__(self, session: SessionResult) -> None:
        self._shown: dict[str, str] = {}
        self._root = Path(session.rootdir)
        root = session.rootdir.rstrip("/") + "/"
        self._prefix: re.Pattern[str] = re.compile(re.escape(root) + r"(?=[^\s:]+\.go:\d)")

    def of_result(self, result: Result) -> str:
        """What a test that is not green said; ends with a newline."""
        outcome = result.outcome
        text = outcome.output
        if outcome.state is State.FAILED:
            text = f"--- FAIL: {result.name} ({outcome.elapsed:.2f}s)\n{text}"
        if outcome.state is not State.FAILED or not outcome.output.strip():
            text = _line(text) + outcome.reason
        elif outcome.note:
            text = _line(text) + outcome.note
        text = _line(_line(text) + self._detail(outcome.detail, result.node_id))
        return _line(self.shorten(text) + self._inputs(result))

    def _inputs(self, result: Result) -> str:
        file, found, _ = result.node_id.partition("::")
        path = self._root / file
        fuzzing = result.outcome.fuzzing if found else None
        return inputs.describe(fuzzing, result.node_id, path, self._root)

    def of_fault(self, fault: Fault) -> str:
        """What there is to say of a fault; ends with a newline."""
        text = _line(f"{fault.subject}: {fault.reason}") + _line(fault.output)
        return _line(self.shorten(text + self._detail(fault.detail, fault.subject)))

    def shorten(self, text: str) -> str:
        """Make the paths of places relative to the session's root."""
        return self._prefix.sub("", text)

    def _detail(self, detail: Detail | None, heading: str) -> str:
        if detail is None:
            return ""
        first = self._shown.setdefault(detail.key, heading)
        return detail.text if first == heading else f"(the text is shown under {first})"


def _line(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def label(result: Result) -> str:
    """The word in capitals before a test that is not green."""
    state, reason = result.outcome.state, result.outcome.reason
    if state is not State.DID_NOT_RUN:
        return "FAILED" if state is State.FAILED else "ERROR"
    if result.pending:
        return "RUNNING"
    return "UNFINISHED" if reason.startswith("did not run to its end") else "DID NOT RUN"


def cause(result: Result) -> str:
    """The reason, without what the label says already."""
    return _REASON.sub("", result.outcome.reason, count=1)


def summary(session: SessionResult) -> str:
    """The counts: ``12 passed, 1 failed, 40 did not run (interrupted: …) in 3.2 s``."""
    pending = sum(result.pending for result in session.results)
    parts = []
    for state, count in session.counts().items():
        ended = count - (pending if state is State.DID_NOT_RUN else 0)
        if ended:
            parts.append(f"{ended} {state.value}")
    if pending:
        parts.append(f"{pending} not finished yet")
    if session.faults:
        parts.append(f"{len(session.faults)} fault{'s' if len(session.faults) > 1 else ''}")
    text = ", ".join(parts) or "no tests"
    reruns = sum(result.reruns for result in session.results)
    if reruns:
        text += f", {reruns} rerun{'s' if reruns > 1 else ''}"
    if session.causes:
        text += f" (interrupted: {'; '.join(session.causes)})"
    if session.running:
        text += " (still running)"
    return f"{text} in {session.seconds:.1f} s"
