"""Other plugins' clocks, stopped while pytest waits for Go.

An item under fixtures waits in its setup, or in its teardown where its fixtures go down while a run
under them still goes on: when pytest-timeout and faulthandler count already. The wait for a run is
not the item's own time.
"""

from __future__ import annotations

import faulthandler
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


class Timers:
    """Knows which timer pytest-timeout has set, as it tells through its own hooks."""

    def __init__(self) -> None:
        self._set: tuple[pytest.Item, Any] | None = None

    def remember(self, item: pytest.Item, settings: Any) -> None:
        """Note that the timer of an item is set, and how."""
        self._set = item, settings

    def forget(self) -> None:
        """Note that no timer is set."""
        self._set = None

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the clocks, and set them anew afterwards."""
        timer = self._set
        faulthandler.cancel_dump_traceback_later()
        if timer is None:
            yield
            return
        item, settings = timer
        hook = item.config.hook
        hook.pytest_timeout_cancel_timer(item=item)
        try:
            yield
        finally:
            hook.pytest_timeout_set_timer(item=item, settings=settings)
