"""What the families of probes share: where a trial is made, and what it may say."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_wslgo.environment.model import Environment


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a trial; the attributes are those of `Probe`."""

    works: bool | None
    error: str = ""
    value: int | None = None


WORKS: Final = Result(works=True)


def failed(error: str, value: int | None = None) -> Result:
    """It was tried and does not work."""
    return Result(works=False, error=error, value=value)


def untried(reason: str) -> Result:
    """It could not be tried."""
    return Result(works=None, error=reason)


class UntriedError(Exception):
    """It could not be tried; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a trial is made.

    Attributes:
        directory: what is tried is tried in here, see `Trial.scope`.
        machine: what is known of the machine.
        patience: seconds that a program which is started may take.
    """

    directory: Path
    machine: Environment
    patience: float


@dataclass(frozen=True, slots=True)
class Trial:
    """How one thing is tried.

    An OSError means that it does not work; where it could not be tried that is the result, or an
    UntriedError.

    Attributes:
        action: what is done, a phrase that goes on with "in DIRECTORY".
        run: does it.
        scope: what `Place.directory` is. "scratch": an empty directory in the one asked for, gone
            afterwards. "directory": the one asked for. "machine": the trial does not look at it.
    """

    action: str
    run: Callable[[Place], Result]
    scope: Literal["scratch", "directory", "machine"] = "scratch"


def plain(file: Path, content: bytes = b"") -> None:
    """Write a plain file, without which nothing can be tried with it.

    Raises:
        UntriedError: that is not possible here.
    """
    try:
        file.write_bytes(content)
    except OSError as error:
        raise UntriedError(described(error)) from error


def kernel_setting(name: str) -> str | None:
    """What /proc/sys says of a name ("user/max_user_namespaces"); None where it says nothing."""
    try:
        return Path("/proc/sys", name).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def described(error: OSError) -> str:
    """The errno's name and text: "EPERM: Operation not permitted"."""
    if error.errno is None:
        return f"{type(error).__name__}: {error}".rstrip(": ")
    return f"{errno.errorcode.get(error.errno, error.errno)}: {os.strerror(error.errno)}"
