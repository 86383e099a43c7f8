from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from pytest_wslgo.plugin.ports import free_port

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_free(tmp_path: Path) -> None:
    """A port that is given out can be bound."""
    port = free_port(tmp_path / "given")

    with socket.create_server(("127.0.0.1", port)) as server:
        assert server.getsockname()[1] == port


def test_distinct(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that was given out before is passed over, though it is free again."""
    first = free_port(tmp_path)
    offers = [first, first + 1]
    bound: list[int] = []

    class Socket(socket.socket):
        def bind(self, address: object) -> None:
            del address
            bound.append(offers[len(bound)])

        def getsockname(self) -> tuple[str, int]:
            return "127.0.0.1", bound[-1]

    monkeypatch.setattr(socket, "socket", Socket)

    assert free_port(tmp_path) == first + 1
    assert bound == [first, first + 1]
