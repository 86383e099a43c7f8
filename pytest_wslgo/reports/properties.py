"""What a test's report says beside its outcome, as properties: names and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import figures
from pytest_wslgo.reports.escaping import for_terminal

if TYPE_CHECKING:
    from pytest_wslgo.outcomes import Outcome

CACHED = "cached"
RACES = "data races"
RACE = "race"
"""Why the race detector was off for the test, where the session had it on."""
ARTIFACTS = "artifacts"
"""The name of a property for each directory of artifacts."""


def properties(outcome: Outcome, *, cached: bool, race_off: str = "") -> list[tuple[str, object]]:
    """The user properties of a test: JUnit writes them as ``<property>``.

    ``t.Attr`` (Go 1.25) gives those of its own; a subtest's have its name before the key.
    """
    found: list[tuple[str, object]] = []
    if cached:
        found.append((CACHED, "true"))
    if race_off:
        found.append((RACE, f"off: {for_terminal(race_off)}"))
    if outcome.races:
        found.append((RACES, str(outcome.races)))
    found += [(for_terminal(key), for_terminal(value)) for key, value in outcome.attributes]
    found += [(ARTIFACTS, path) for path in outcome.artifacts]
    return [*found, *figures(outcome)]
