"""Probes of Unix sockets and FIFOs: files that connect two processes."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from typing import TYPE_CHECKING, Final, TypeAlias

from pytest_wslgo.environment.probes.trial import WORKS, Result, failed

if TYPE_CHECKING:
    from pathlib import Path

Address: TypeAlias = "str | tuple[str, int]"
"""As `socket.bind` wants it: a path, or a host and a port."""

_LONGEST: Final = 107  # bytes of a socket's path (unix(7)), without the NUL
_PATIENCE: Final = 5.0  # seconds; both sides are this process


def unix_socket(place: Path) -> Result:
    """A stream socket that is bound to a name is connected to by it, and a byte comes over.

    A path that is too long is every directory's limit, and not what is asked: it goes by the
    directory's descriptor then.
    """
    path = str(place / "s")
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if len(os.fsencode(path)) > _LONGEST:
            path = f"/proc/self/fd/{descriptor}/s"
        return converse(socket.AF_UNIX, path, path)
    finally:
        os.close(descriptor)


def converse(family: int, address: Address, peer: Address | None = None) -> Result:
    """A byte goes through a stream connection of this process with itself.

    Args:
        family: AF_UNIX and so on.
        address: where to listen.
        peer: what to connect to; where it listens when None.

    Raises:
        OSError: what listening, connecting or sending said.
    """
    with closing(socket.socket(family, socket.SOCK_STREAM)) as server:
        server.settimeout(_PATIENCE)
        server.bind(address)
        server.listen(1)
        with closing(socket.socket(family, socket.SOCK_STREAM)) as client:
            client.settimeout(_PATIENCE)
            client.connect(server.getsockname() if peer is None else peer)
            accepted, _ = server.accept()
            with closing(accepted):
                accepted.settimeout(_PATIENCE)
                client.sendall(b"x")
                return WORKS if accepted.recv(1) == b"x" else failed("the byte did not come over")


def fifo(place: Path) -> Result:
    """A FIFO can be made, and what is written to it is read from it."""
    path = place / "fifo"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        writer = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(writer, b"x")
            return WORKS if os.read(reader, 8) == b"x" else failed("the byte did not come over")
        finally:
            os.close(writer)
    finally:
        os.close(reader)
