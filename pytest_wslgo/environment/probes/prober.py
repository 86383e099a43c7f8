"""Prober: tries each thing once per place, and remembers."""

from __future__ import annotations

import difflib
import errno
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.probes.catalogue import TRIALS
from pytest_wslgo.environment.probes.files import scratch
from pytest_wslgo.environment.probes.model import Probe
from pytest_wslgo.environment.probes.trial import (
    Place,
    Result,
    UntriedError,
    described,
    failed,
    untried,
)
from pytest_wslgo.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_wslgo.environment.model import Environment
    from pytest_wslgo.environment.probes.trial import Trial

PATIENCE: Final = 20.0
"""Seconds that a program may take which a probe starts; the first Windows program starts slowly."""

# With these a thing was not tried: there was no room for it, or no descriptor.
_SHORTAGES: Final = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
)


def names() -> tuple[str, ...]:
    """All names that `Prober.probe` knows, sorted.

    Of a directory: exec, symlink, hard-link, chmod, case-sensitive, flock, unix-socket, fifo, mmap,
    inotify, inotify-from-windows, mtime-granularity (works: finer than 10 ms), rename-open,
    windows-names (works: names that Windows refuses can be made), writable, free-space (works: at
    least `files.ENOUGH`, 100 MB). Of the machine: loopback-ipv4, loopback-ipv6, wildcard-ipv4,
    wildcard-ipv6, interop, user-namespaces.
    """
    return tuple(sorted(TRIALS))


class Prober:
    """Tries things on this machine, each once per directory, and remembers for as long as it lives.

    What could not be tried is not remembered: a directory may come, or be made writable.

    Args:
        environment: of this machine (never of a captured one).
        patience: seconds that a program may take which a probe starts.
    """

    def __init__(self, environment: Environment, *, patience: float = PATIENCE) -> None:
        self._environment = environment
        self._patience = patience
        self._known: dict[tuple[str, str], Probe] = {}

    def probe(self, name: str, directory: str | os.PathLike[str] | None = None) -> Probe:
        """Try one thing.

        Nothing but a wrong name is an error here: what goes wrong is the probe's answer.

        Args:
            name: one of `names`.
            directory: where; the system's temporary directory (TMPDIR, else /tmp, as Go's
                os.TempDir has it) when None. Machine-wide probes do not look at it. Nothing is
                left there.

        Raises:
            ArgumentError: there is no such probe; the message has the nearest name.
        """
        trial = TRIALS.get(name)
        if trial is None:
            raise ArgumentError(_unknown(name))
        where = "" if trial.scope == "machine" else _real(directory)
        known = self._known.get((name, where))
        if known is None:
            result = self._try(trial, where)
            tried = f"{trial.action} in {where}" if where else trial.action
            known = Probe(name, result.works, tried, result.error, result.value)
            if known.works is not None:
                self._known[name, where] = known
        return known

    def _try(self, trial: Trial, where: str) -> Result:
        if where and (missing := _missing(where)):
            return untried(missing)
        try:
            with _place(trial, where) as directory:
                return self._run(trial, directory)
        except OSError as error:  # no scratch directory can be made
            return untried(described(error))

    def _run(self, trial: Trial, directory: Path) -> Result:
        try:
            return trial.run(Place(directory, self._environment, self._patience))
        except UntriedError as error:
            return untried(str(error))
        except OSError as error:
            short = error.errno in _SHORTAGES and trial.scope == "scratch"
            return untried(described(error)) if short else failed(described(error))


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, TRIALS, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]!r}? " if near else ""
    return f"there is no probe {name!r}: {meant}The probes are {', '.join(names())}"


def _real(directory: str | os.PathLike[str] | None) -> str:
    if directory is None:
        directory = os.environ.get("TMPDIR") or "/tmp"  # noqa: S108 - where Go's tests write
    try:
        return os.path.realpath(directory)
    except ValueError:  # a NUL in it
        return os.fspath(directory)


def _missing(directory: str) -> str:
    """Why there is no such directory; empty if there is one."""
    try:
        os.stat(os.path.join(directory, ""))  # noqa: PTH116, PTH118 - the slash asks for a directory
    except OSError as error:
        return described(error)
    except ValueError:
        return "there is a null byte in its name"
    return ""


@contextmanager
def _place(trial: Trial, where: str) -> Iterator[Path]:
    if trial.scope == "scratch":
        with scratch(Path(where)) as place:
            yield place
    else:
        yield Path(where or "/")
