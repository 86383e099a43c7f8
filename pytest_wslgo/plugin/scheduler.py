"""Which worker of pytest-xdist runs what: imported where pytest-xdist is."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from xdist.scheduler import LoadScopeScheduling

_LEAST = 2
"""Tests that a worker needs to have, to begin with the first of them."""


class ByPackage(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Go tests by the directory of their package, everything else one by one."""

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
        return not node.shutting_down and self._pending_of(self.assigned_work[node]) < _LEAST

    def _assign_work_unit(self, node: Any) -> None:
        """Hand out a unit; not to a worker that has died and whose last reports come in.

        The unit is the worker's then, and goes to others when its death is known.
        """
        with suppress(OSError):
            super()._assign_work_unit(node)

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
        crashed: str = next(test for test, ended in first.items() if not ended)
        first[crashed] = True
        self.workqueue.update(
            {scope: unit for scope, unit in open_units.items() if not all(unit.values())}
        )
        for other in self.assigned_work:
            self._reschedule(other)
        return crashed
