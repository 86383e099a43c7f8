"""Which worker of pytest-xdist runs what: imported where pytest-xdist is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Collection

    import pytest

_LEAST = 2
"""Tests that a worker needs to have, to begin with the first of them."""


class ByPackage(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Go tests by the directory of their package, everything else one by one."""

    def __init__(self, config: pytest.Config, log: Any, started: Collection[str]) -> None:
        super().__init__(config, log)
        self._started = started
        """The node IDs of all tests that workers have begun with."""
        self._dead: set[Any] = set()
        """Workers that could not be reached; their end is not known yet."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file.rpartition("/")[0] if file.endswith("_test.go") else nodeid

    def schedule(self) -> None:
        """Hand out work, also to the worker that replaces a dead one.

        A worker holds its last test back until it hears of the next or that none follows;
        the latter LoadScopeScheduling tells to the first workers only.
        """
        super().schedule()
        for node in self.nodes:
            # One test alone is held back as well, and no word of it asks for the next.
            while self.workqueue and self._lacks_work(node):
                self._assign_work_unit(node)
        if not self.workqueue:
            for node in self.nodes:
                node.shutdown()

    def _lacks_work(self, node: Any) -> bool:
        alive = not node.shutting_down and node not in self._dead
        return alive and self._pending_of(self.assigned_work[node]) < _LEAST

    def _reschedule(self, node: Any) -> None:
        """Hand out more, if there is more, to a worker that may still take it."""
        if node not in self._dead:
            super()._reschedule(node)

    def _assign_work_unit(self, node: Any) -> None:
        """Hand out a unit; not to a worker that has died and whose last reports come in."""
        try:
            super()._assign_work_unit(node)
        except OSError:
            self._dead.add(node)
            scope, unit = self.assigned_work[node].popitem()
            self.workqueue[scope] = unit
            self.workqueue.move_to_end(scope, last=False)

    def remove_node(self, node: Any) -> str | None:
        """Give the tests of a dead worker to others, but for the one it died in.

        LoadScopeScheduling (pytest-xdist 3.8) runs that one again, and so kills worker
        after worker; LoadScheduling does not.
        """
        units = self.assigned_work.pop(node)
        open_units = {scope: unit for scope, unit in units.items() if not all(unit.values())}
        if not open_units:
            return None
        first = next(iter(open_units.values()))
        crashed = next(test for test, ended in first.items() if not ended)
        # A unit may have been sent to a worker that was dead already: it died in none of its tests.
        died_in_it = crashed in self._started
        first[crashed] = died_in_it
        self.workqueue.update(
            {scope: unit for scope, unit in open_units.items() if not all(unit.values())}
        )
        for other in self.assigned_work:
            self._reschedule(other)
        return crashed if died_in_it else None
