"""Go's own limit for a package, and what rides in it: the environment's fingerprint.

Go's test cache knows the files inside the module and the variables that a test has looked at. It
does not see a kernel, a mount, systemd or a limit (golang/go#23799): a test that was skipped for
want of one stays skipped. ``-timeout`` is part of the cache's key to the nanosecond
(cmd/go/internal/test, tryCacheWithID) and costs no build, so a fraction of a second in it keeps the
results of different environments apart.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pytest_wslgo.environment import fingerprint, nanoseconds, read_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT = "10m"
"""What `go test` takes where nobody says anything (``go help testflag``)."""
_PART = re.compile(r"(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)")
_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_CENTURY = 100 * 365 * 24 * 3600 * 10**9
"""In the place of no limit, as 0 and a fraction would strike at once; ``time.Duration`` ends at 292
years, and `go` adds a tenth."""
_LONG = 10 * 10**9
_MILLISECOND = 10**6


def in_nanoseconds(duration: str) -> int:
    """A Go duration such as ``1h30m`` or ``0``."""
    return sum(int(float(number) * _UNITS[unit]) for number, unit in _PART.findall(duration))


def given(setting: str, goflags: str) -> str:
    """The limit that holds, in the words of whoever set it: the option, GOFLAGS, or Go itself."""
    if setting:
        return setting
    words = [word.lstrip("-").removeprefix("test.").partition("=") for word in goflags.split()]
    return next((value for name, _, value in reversed(words) if name == "timeout"), DEFAULT)


def marked(duration: str, environ: Mapping[str, str] | None = None) -> str:
    """The limit with this machine's fingerprint in it: less than a second longer.

    Of a limit under ten seconds it is less than a millisecond.
    """
    whole = in_nanoseconds(duration) or _CENTURY
    facts = read_facts(environ=os.environ if environ is None else environ)
    mark = nanoseconds(fingerprint(facts))
    return f"{whole + (mark if whole >= _LONG else mark % _MILLISECOND)}ns"
