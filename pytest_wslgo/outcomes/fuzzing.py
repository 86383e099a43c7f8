"""Fuzz targets: which inputs failed, and what Go says of the fuzzing itself.

The lines are those of testing/fuzz.go and internal/fuzz/fuzz.go (``logStats``), the same from Go
1.21 to 1.27.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import lines
from pytest_wslgo.outcomes.ended import NO_MESSAGE
from pytest_wslgo.outcomes.outcome import Fuzzing, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_wslgo.outcomes.outcome import Location, Outcome

_PROGRESS = re.compile(r"fuzz: (?:elapsed: |minimizing )")
_BASELINE = re.compile(
    r"fuzz: elapsed: \S+, (?:gathering baseline coverage|testing seed corpus): \d+/(\d+) completed"
)
_STATS = re.compile(
    r"fuzz: elapsed: \S+, execs: (?P<execs>\d+) \(\d+/sec\)"
    r"(?:, new interesting: (?P<new>\d+) )?"  # without guidance by coverage (386) there is none
)
_SEED = re.compile(r"failure while testing seed corpus entry: [^/]+/([^/]+)")
_WRITTEN = re.compile(r"    Failing input written to testdata/fuzz/[^/]+/([^/]+)")
_RERUN = re.compile(r"    (?:To re-run:|go test -run=\S+)?")
_DEADLINE = "context deadline exceeded"
# A race in Go's coordinator (golang/go#75804), gone with Go 1.27. It stays a failure: who can tell?
_AT_ITS_END = (
    " at the end of fuzzing, and no input failed: Go before 1.27 does so at times "
    "(golang/go#75804); with a number of runs (--wslgo-fuzz=100000x) it does not"
)
_FUZZED = ("fuzz: elapsed: ", lines.NO_CORPUS)


def complete(name: str, outcome: Outcome) -> Outcome:
    """The outcome of a fuzz target with its failing inputs told; other tests' are left alone."""
    if not name.startswith("Fuzz"):
        return outcome
    if any(line.startswith(_FUZZED) for line in outcome.output.split("\n")):
        return _fuzzed(outcome)
    failed = (each.name for each in outcome.children if each.state is State.FAILED)
    inputs = tuple(dict.fromkeys(child.partition("/")[0] for child in failed))
    return replace(outcome, fuzzing=Fuzzing(inputs)) if inputs else outcome


def _fuzzed(outcome: Outcome) -> Outcome:
    """A target that was fuzzed: of its progress the last line stays, and is no message."""
    said = outcome.output.split("\n")
    matches = [match for line in said if (match := _STATS.match(line)) is not None]
    last = matches[-1].string if matches else ""
    seeds = [match[1] for line in said if (match := _SEED.fullmatch(line)) is not None]
    written = next((match[1] for line in said if (match := _WRITTEN.fullmatch(line))), "")
    text = [line for line in said if not _PROGRESS.match(line) and not _WRITTEN.match(line)]
    if written:
        # How to run it again is said better where paths are known.
        text = [line for line in text if not line or not _RERUN.fullmatch(line)]
    while text and not text[-1].strip():
        text.pop()
    text = [line[4:] if line.startswith(" " * 8) else line for line in text]
    fuzzing = Fuzzing(
        inputs=tuple(dict.fromkeys([*seeds, *([written] if written else [])])),
        written=written,
        execs=int(matches[-1]["execs"]) if matches else None,
        interesting=int(matches[-1]["new"]) if matches and matches[-1]["new"] else None,
        idle=outcome.state is State.PASSED and _is_idle(said, matches),
    )
    output = [last, *text] if last else text
    told = replace(outcome, output="".join(f"{line}\n" for line in output), fuzzing=fuzzing)
    if outcome.state is not State.FAILED or not _is_said(outcome.reason, said):
        return told
    reason, location = _why([line for line in text if not _SEED.fullmatch(line)])
    if reason == _DEADLINE and location is None and not fuzzing.inputs:
        reason += _AT_ITS_END
    return replace(told, reason=reason or outcome.reason, location=location)


def _is_said(reason: str, said: Sequence[str]) -> bool:
    """Whether the reason is Go's, or none: not what the end of its process is blamed for."""
    return reason == NO_MESSAGE or any(reason in line for line in said)


def _why(said: Sequence[str]) -> tuple[str, Location | None]:
    reason, location = lines.last_error("\n".join(said))
    if reason.startswith("panic: "):
        # Fuzzing recovers it, and logs it from within testing.go.
        location = lines.frame_of_a_test(line.lstrip(" ") for line in said)
    return reason, location


def _is_idle(said: Sequence[str], stats: Sequence[re.Match[str]]) -> bool:
    """Whether no input but those that were there was executed.

    That the count stands still says less: Go does not count while it minimizes inputs.
    """
    seeds = [match[1] for line in said if (match := _BASELINE.match(line)) is not None]
    return bool(stats) and int(stats[-1]["execs"]) <= int(seeds[-1] if seeds else 0)
