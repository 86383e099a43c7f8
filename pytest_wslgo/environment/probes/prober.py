"""Prober: tries each thing once per place, and remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from pytest_wslgo.environment.model import Environment
    from pytest_wslgo.environment.probes.model import Probe


def names() -> tuple[str, ...]:
    """All names that `Prober.probe` knows, sorted.

    Of a directory: exec, symlink, hard-link, chmod, case-sensitive, flock, unix-socket, fifo, mmap,
    inotify, inotify-from-windows, mtime-granularity (works: finer than 10 ms), rename-open,
    windows-names (works: names that Windows refuses can be made), writable, free-space. Of the
    machine: loopback-ipv4, loopback-ipv6, wildcard-ipv4, wildcard-ipv6, interop, user-namespaces.
    """
    raise NotImplementedError


class Prober:
    """Tries things on this machine, each once per directory, and remembers for as long as it lives.

    Args:
        environment: of this machine (never of a captured one).
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def probe(self, name: str, directory: str | os.PathLike[str] | None = None) -> Probe:
        """Try one thing.

        Args:
            name: one of `names`.
            directory: where; the system's temporary directory when None. Machine-wide probes do
                not look at it. Nothing is left there.

        Raises:
            ArgumentError: there is no such probe; the message has the nearest name.
        """
        raise NotImplementedError
