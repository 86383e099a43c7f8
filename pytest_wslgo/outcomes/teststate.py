"""The state of one test or subtest while its events come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from pytest_wslgo.outcomes.lines import is_frame
from pytest_wslgo.outcomes.outcome import State
from pytest_wslgo.outcomes.text import LIMIT, Text

if TYPE_CHECKING:
    from pytest_wslgo.outcomes.outcome import Location
    from pytest_wslgo.outcomes.races import Race

_LONGEST_ERROR = 4096


@dataclass(slots=True)
class TestState:
    """What is known of a test or subtest so far. ``ended`` has one entry for each repetition."""

    __test__: ClassVar[bool] = False

    name: str
    limit: int = LIMIT
    """Characters of its output that are kept."""
    running: bool = False
    paused: bool = False
    starts: int = 0
    ended: list[State] = field(default_factory=list)
    elapsed: float = 0.0
    started: str = ""
    """The time of its ``run`` event, as Go wrote it."""
    error: str = ""
    """The first message that Go marks as an error (``OutputType``, from Go 1.27 on)."""
    error_open: bool = False
    output: Text | None = None
    children: list[TestState] = field(default_factory=list)
    held: int = 0
    """Characters that its ended subtests hold."""
    told: tuple[str, Location | None] | None = None
    """Reason and place of an ended subtest whose output is no longer held."""
    races: list[Race] = field(default_factory=list)
    near_race: str = ""
    """A race of another test that was found while this one ran."""
    attributes: list[tuple[str, str]] = field(default_factory=list)
    """Of a top-level test; those of its subtests under ``name: key``."""
    artifacts: list[str] = field(default_factory=list)
    """Of a top-level test: the directories of its artifacts, those of its subtests too."""

    def note_error(self, kind: str, output: str) -> None:
        """Keep the first error, by the kind that Go gives to each line of it."""
        if kind == "error":
            self.error_open = not self.error
        elif kind != "error-continue":
            self.error_open = False
        if self.error_open and len(self.error) < _LONGEST_ERROR:
            self.error += output

    def print(self, output: str) -> None:
        """Keep a piece of output, unless it is framing."""
        if is_frame(output, self.name) or (output[:9] == "Benchmark" and output[:-1] == self.name):
            return
        if self.output is None:
            self.output = Text(self.limit)
        self.output.append(output)

    @property
    def state(self) -> State | None:
        """The worst of all repetitions; None while there is no end."""
        if not self.ended:
            return None
        worst = (State.FAILED, State.PASSED, State.SKIPPED)
        return next(state for state in worst if state in self.ended)
