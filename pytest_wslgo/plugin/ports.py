"""Ports of 127.0.0.1 that nobody uses, each given out once in a session."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_LIMIT: Final = 1000


def free_port(given: Path) -> int:
    """A port that could be bound a moment ago, and that nobody else was given.

    Args:
        given: a directory with a file for each port that was given out; all who share it get
            different ones.

    Raises:
        OSError: no port can be bound, or the directory cannot be written.
    """
    given.mkdir(parents=True, exist_ok=True)
    with ExitStack() as refused:
        for _ in range(_LIMIT):
            # One that was given before stays bound meanwhile, so that the kernel names another.
            found = refused.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            found.bind(("127.0.0.1", 0))
            port: int = found.getsockname()[1]
            try:
                (given / str(port)).touch(exist_ok=False)
            except FileExistsError:
                continue
            return port
    raise OSError(98, f"{_LIMIT} free ports in a row were given out before in this session")
