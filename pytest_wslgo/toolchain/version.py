"""Go's version spellings as `packaging` versions."""

from __future__ import annotations

import re
from typing import Final

from packaging.version import Version

MINIMUM: Final = Version("1.21")
"""The oldest Go that is accepted: `go test -c` for many packages and GOTOOLCHAIN start there."""

# "go1.22.5", "go1.23rc2", "1.22" (go.mod); what follows a space, a dash or a plus is a vendor's
# note (" X:boringcrypto", "-google"); "b7" right after a release is a BoringCrypto build number
# (https://go.dev/doc/security/fips140), which `packaging` alone would read as a beta.
_RELEASE: Final = re.compile(
    r"(?:go)?(?P<number>\d+(?:\.\d+){0,2})(?:(?P<pre>rc|beta)(?P<n>\d+))?(?:b\d+)?(?P<note>[\s+-].*)?",
    re.ASCII | re.DOTALL,
)


def parse_version(text: str) -> Version:
    """Read a version as Go writes it.

    Args:
        text: `runtime.Version()`, a line of `go version`, the `go` or `toolchain` line's value in
            go.mod, or the first line of GOROOT/VERSION.

    Returns:
        The version; a development build is a dev release and sorts below the release it leads to,
        a vendor's note is dropped.

    Raises:
        ValueError: the text names no Go version.
    """
    spelled = text.strip().removeprefix("go version ")
    devel = spelled.startswith("devel ")
    match = _RELEASE.fullmatch(spelled.removeprefix("devel ").lstrip())
    if match is None:
        raise ValueError(f"not a Go version: {text!r}")
    number = match["number"]
    if devel or (match["note"] or "").startswith("-devel"):
        return Version(f"{number}.dev0")
    stage = {"rc": "rc", "beta": "b"}.get(match["pre"], "")
    return Version(f"{number}{stage}{match['n'] or ''}")
