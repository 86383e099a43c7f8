"""GoEnv: the environment that Go gets from a pytest session, and which fixtures may change."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.plugin.keys import ENVIRONMENT, GO_ENV

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

VOLATILE = ("PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_")
"""What pytest changes from test to test, or from run to run.

Go's test cache remembers the variables that a test has read; one that differs in each run would
make a cached result useless.
"""
OFFLINE: Mapping[str, str] = {
    "GOPROXY": "off",
    # Modules that GOPRIVATE names are fetched from where they live, GOPROXY=off or not
    # (cmd/go/internal/modfetch, proxyList); "none" takes that back (`go help goproxy`).
    "GONOPROXY": "none",
    # The checksum database is a server too. What go.sum says is checked all the same.
    "GOSUMDB": "off",
    "GOTOOLCHAIN": "local",
}
"""What keeps `go` from the network.

-mod is not among them: Go's own default is "vendor" for a vendored module and else "readonly",
which changes no go.mod, and whoever has set another one gets that.
"""


class GoEnv(MutableMapping[str, str]):
    """A live view of the process's environment, with what is different for Go.

    In this order: a fixture's changes (``monkeypatch.setitem(go_env, "DATABASE_URL", url)``); the
    settings (--wslgo-offline, --wslgo-env); the environment as it is now, without what pytest
    changes from test to test and, on PATH, without directories of Windows drives. A change to
    what a variable is anyway is none, so that the view stays live when a change is undone.

    Args:
        environ: of the process.
        settings: by name; None leaves a variable out.
        on_windows: whether a directory is on a drive that Windows serves.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        settings: Mapping[str, str | None],
        on_windows: Callable[[str], bool],
    ) -> None:
        self.settings = settings
        self._environ = environ
        self._on_windows = on_windows
        self._changes: dict[str, str | None] = {}
        self._judged: dict[str, bool] = {}

    def __getitem__(self, name: str) -> str:
        value = self._changes[name] if name in self._changes else self._own(name)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name: str, value: str) -> None:
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"go_env[{name!r}] = {value!r}: names and values are texts")
        self._change(name, value)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self._change(name, None)

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys((*self._environ, *self.settings, *self._changes))
        return (name for name in names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __repr__(self) -> str:
        # Without the values of all others, which may be secrets.
        return f"<the environment of Go, changed by fixtures: {sorted(self._changes)}>"

    def with_windows(self) -> dict[str, str]:
        """All of it, PATH with its Windows directories: to say what was found there."""
        if "PATH" in self._changes or "PATH" in self.settings or "PATH" not in self._environ:
            return dict(self)
        return {**self, "PATH": self._environ["PATH"]}

    def taken_off(self) -> list[str]:
        """The directories that PATH has and Go's has not."""
        entries = self._environ.get("PATH", "").split(os.pathsep)
        return [entry for entry in entries if entry and self._is_windows(entry)]

    def _change(self, name: str, value: str | None) -> None:
        if value == self._own(name):
            self._changes.pop(name, None)
        else:
            self._changes[name] = value

    def _own(self, name: str) -> str | None:
        """What a variable is without the fixtures' changes."""
        if name in self.settings:
            return self.settings[name]
        if name.startswith(VOLATILE):
            return None
        value = self._environ.get(name)
        if name != "PATH" or value is None:
            return value
        entries = value.split(os.pathsep)
        kept = [entry for entry in entries if not entry or not self._is_windows(entry)]
        return value if len(kept) == len(entries) else os.pathsep.join(kept)

    def _is_windows(self, directory: str) -> bool:
        if directory not in self._judged:
            self._judged[directory] = self._on_windows(directory)
        return self._judged[directory]


def go_env_of(config: pytest.Config) -> GoEnv:
    """The session's, made when it is first asked for.

    Raises:
        pytest.UsageError: An option's value cannot be used.
    """
    found = config.stash.get(GO_ENV, None)
    if found is None:
        from pytest_wslgo.plugin.options import read_settings  # noqa: PLC0415 - off means off

        settings = read_settings(config)
        told: dict[str, str | None] = {name: value or None for name, value in settings.env}
        told.update(OFFLINE if settings.offline else {})
        found = config.stash[GO_ENV] = GoEnv(os.environ, told, _judge(config))
    return found


def _judge(config: pytest.Config) -> Callable[[str], bool]:
    """What tells whether a directory is on a Windows drive; free where there can be none."""

    def judge(directory: str) -> bool:
        if config.stash.get(ENVIRONMENT, None) is None and not _may_have_drives():
            return False
        from pytest_wslgo.plugin.machine import environment_of  # noqa: PLC0415 - off means off

        return environment_of(config).is_windows_drive(directory)

    return judge


def _may_have_drives() -> bool:
    """Whether a kind of mount is there that Windows drives come by; cheaper than to look at all."""
    try:
        mounts = Path("/proc/self/mountinfo").read_bytes()
    except OSError:
        return False
    return any(kind in mounts for kind in (b" - 9p ", b" - drvfs ", b" - virtiofs "))


def described(env: GoEnv) -> list[str]:
    """What is different for Go, a line for each kind of difference; for the header with -v."""
    lines = []
    told = {name: value for name, value in env.settings.items() if value != OFFLINE.get(name, "")}
    if told:
        words = [
            f"without {name}" if value is None else f"{name}={value}"
            for name, value in told.items()
        ]
        lines.append(f"environment for Go: {', '.join(words)}")
    if gone := env.taken_off():
        count = (
            "a Windows directory is" if len(gone) == 1 else f"{len(gone)} Windows directories are"
        )
        lines.append(f"{count} left out of Go's PATH: {os.pathsep.join(gone)}")
    return lines
