"""Build constraints under fixtures: one may turn cgo off or set tags: other files are built then.

What was collected was listed under the session's own environment. A test whose file is left out
under its fixtures must not be told to have passed because another file has one of its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_wslgo.discovery import list_packages
from pytest_wslgo.plugin.goflags import list_flags

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_wslgo.plugin.collection import Index, IndexedPackage, Place
    from pytest_wslgo.plugin.options import Settings

_DECIDING: Final = ("CGO_ENABLED", "GOOS", "GOARCH", "GOFLAGS", "GOENV", "GOEXPERIMENT")

Signature = tuple[str, ...]


class Constraints:
    """Which test files packages have, by what decides that; listed once for each difference.

    Args:
        index: the packages as they were collected.
        settings: the session's.
        collected: the environment that they were collected under; what it was is remembered.
    """

    def __init__(self, index: Index, settings: Settings, collected: Mapping[str, str]) -> None:
        self._index = index
        self._settings = settings
        self._collected = dict(collected)
        self._deciding = _deciding(collected)
        self._known: dict[tuple[int, Signature], dict[str, tuple[Path, ...]]] = {}

    def may_differ(self, environ: Mapping[str, str]) -> bool:
        """Whether anything has changed that decides; cheap, as it is asked for each test."""
        return _deciding(environ) != self._deciding

    def files(self, entry: IndexedPackage, environ: Mapping[str, str]) -> tuple[Path, ...]:
        """The test files that a package has under an environment, in Go's order.

        Raises:
            DiscoveryError: `go list` failed.
        """
        place = entry.place
        now = self._signature(place, environ)
        if now == self._signature(place, self._collected):
            return entry.package.test_files
        key = (id(place), now)
        if key not in self._known:
            self._known[key] = self._list(place, environ)
        return self._known[key].get(entry.package.import_path, ())

    def difference(self, entry: IndexedPackage, environ: Mapping[str, str]) -> str:
        """What of an environment differs from the one that was collected under, in words."""
        changed = [
            f"{name}={environ.get(name, '')}"
            for name in _DECIDING
            if environ.get(name) != self._collected.get(name)
        ]
        before = list_flags(self._settings, entry.place.toolchain, self._collected)
        after = list_flags(self._settings, entry.place.toolchain, environ)
        changed += [f"without {flag}" for flag in before if flag not in after]
        return ", ".join(changed)

    def _signature(self, place: Place, environ: Mapping[str, str]) -> Signature:
        flags = list_flags(self._settings, place.toolchain, environ)
        return (*_deciding(environ), *flags)

    def _list(self, place: Place, environ: Mapping[str, str]) -> dict[str, tuple[Path, ...]]:
        paths = [each.package.import_path for each in self._index.packages if each.place is place]
        packages = list_packages(
            place.toolchain.go,
            place.root,
            paths,
            environ=place.toolchain.environ({**environ, **place.root.environ}),
            flags=list_flags(self._settings, place.toolchain, environ),
        )
        return {package.import_path: package.test_files for package in packages}


def _deciding(environ: Mapping[str, str]) -> Signature:
    return tuple(environ.get(name, "") for name in _DECIDING)
