"""Recorded streams, and what a ledger makes of them as a short text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_wslgo.outcomes import Location, Outcome, PackageOutcome

STREAMS = Path(__file__).parent / "streams"


@dataclass(frozen=True)
class Stream:
    """What one `go test -json` process wrote, and what it was asked for."""

    selected: dict[str, tuple[str, ...]]
    repeats: bool
    returncode: int
    stdout: tuple[bytes, ...]
    stderr: tuple[bytes, ...]

    def ledger(self) -> Ledger:
        """A ledger that has not been fed."""
        return Ledger(self.selected, repeats=self.repeats)

    def fed(self) -> Ledger:
        """A ledger that has been fed everything, the end included."""
        return feed(self.ledger(), self.stdout, self.stderr, self.returncode)


def feed(
    ledger: Ledger, stdout: tuple[bytes, ...], stderr: tuple[bytes, ...], returncode: int
) -> Ledger:
    """Feed a ledger in the order of the follower: stderr before stdout, then the end."""
    for line in stderr:
        ledger.feed_stderr(line)
    for line in stdout:
        ledger.feed(line)
    ledger.close(returncode)
    return ledger


def read_stream(version: str, case: str) -> Stream:
    """Read a recorded stream."""
    about = json.loads((STREAMS / version / f"{case}.json").read_text(encoding="utf-8"))
    return Stream(
        {path: tuple(names) for path, names in about["selected"].items()},
        about["repeats"],
        about["rc"],
        _lines(STREAMS / version / f"{case}.stdout"),
        _lines(STREAMS / version / f"{case}.stderr"),
    )


def recorded() -> Iterator[tuple[str, str]]:
    """All recorded streams, as (Go version, case)."""
    for file in sorted(STREAMS.glob("*/*.json")):
        yield file.parent.name, file.stem


def _lines(file: Path) -> tuple[bytes, ...]:
    return tuple(file.read_bytes().splitlines(keepends=True)) if file.exists() else ()


def account(ledger: Ledger) -> str:
    """What became of everything: states, reasons, places, children, packages, disagreement."""
    lines: list[str] = []
    for path in ledger.packages:
        names = [name for package, name in ledger.outcomes if package == path]
        for name in sorted(names):
            lines += _test(f"{path}.{name}", ledger.outcomes[path, name])
        end = ledger.end(path)
        lines.append(f"{path}: {_package(end)}" if end is not None else f"{path}: OPEN")
    if ledger.fault is not None:
        lines.append(f"{ledger.fault.key}: {ledger.fault.text.partition(chr(10))[0]}")
    return "\n".join(lines) + "\n"


def _test(name: str, outcome: Outcome) -> Iterator[str]:
    yield f"{name}: {outcome.state.value}{_why(outcome.reason, outcome.location)}"
    if outcome.detail is not None:
        yield f"  see {outcome.detail.key}"
    if outcome.races:
        yield f"  races: {outcome.races}"
    for key, value in outcome.attributes:
        yield f"  {key} = {value}"
    for path in outcome.artifacts:
        yield f"  artifacts in {path}"
    for child in outcome.children:
        yield f"  {child.name}: {child.state.value}{_why(child.reason, child.location)}"


def _why(reason: str, location: Location | None) -> str:
    place = f" [{location.path}:{location.line}]" if location is not None else ""
    return (f" -- {reason}" if reason else "") + place


def _package(end: PackageOutcome) -> str:
    text = end.state.value + (" (cached)" if end.cached else "")
    if end.fault:
        text += f" -- {end.fault}"
    if end.blamed:
        text += f"\n  blames {end.blamed}"
    if end.races:
        text += f"\n  races: {end.races}"
    return text + (f"\n  see {end.detail.key}" if end.detail is not None and end.fault else "")
