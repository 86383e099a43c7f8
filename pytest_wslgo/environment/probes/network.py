"""Probes of the addresses that tests listen at."""

from __future__ import annotations

import socket
from contextlib import closing

from pytest_wslgo.environment.probes.sockets import converse
from pytest_wslgo.environment.probes.trial import WORKS, Result


def loopback_ipv4() -> Result:
    """A server at 127.0.0.1 is reached."""
    return converse(socket.AF_INET, ("127.0.0.1", 0))


def loopback_ipv6() -> Result:
    """A server at ::1 is reached."""
    return converse(socket.AF_INET6, ("::1", 0))


def wildcard_ipv4() -> Result:
    """A server can listen at 0.0.0.0."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as server:
        server.bind(("0.0.0.0", 0))  # noqa: S104 - the question
        server.listen(1)
    return WORKS


def wildcard_ipv6() -> Result:
    """A server can listen at ::, for IPv4 as well, as Go's net.Listen("tcp", ":0") does."""
    with closing(socket.socket(socket.AF_INET6, socket.SOCK_STREAM)) as server:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        server.bind(("::", 0))
        server.listen(1)
    return WORKS
