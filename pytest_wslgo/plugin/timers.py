"""Other plugins' clocks, stopped while an item waits for Go.

An item under fixtures waits in its setup, when pytest-timeout and faulthandler count already; the
wait for a shared run is not the item's own time.
"""

from __future__ import annotations

import faulthandler
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


class Timers:
    """Knows which timer pytest-timeout has set, as it tells through its own hook."""

    def __init__(self) -> None:
        self._set: tuple[pytest.Item, Any] | None = None

    def remember(self, item: pytest.Item, settings: Any) -> None:
        """Note the settings with which the timer of an item is set."""
        self._set = item, settings

    @contextmanager
    def stopped(self, item: pytest.Item) -> Iterator[None]:
        """Stop the clocks of an item, and set them anew afterwards."""
        if self._set is None or self._set[0] is not item:
            faulthandler.cancel_dump_traceback_later()
            yield
            return
        _, settings = self._set
        hook = item.config.hook
        hook.pytest_timeout_cancel_timer(item=item)
        faulthandler.cancel_dump_traceback_later()
        try:
            yield
        finally:
            hook.pytest_timeout_set_timer(item=item, settings=settings)
