"""Where each item of a session is: the same scene for items that would get the same answers."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_wslgo.environment.network import WayOut, way_out
from pytest_wslgo.plugin.goenviron import go_env_of
from pytest_wslgo.plugin.keys import SESSION
from pytest_wslgo.plugin.machine import environment_of, prober_of, toolchain_of
from pytest_wslgo.plugin.markers.judging import Scene
from pytest_wslgo.plugin.options import read_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from pytest_wslgo.plugin.collection import Place
    from pytest_wslgo.toolchain import Capability, Toolchain

# What `platform.machine` says, in Go's words.
_ARCHITECTURES = {
    "x86_64": "amd64",
    "AMD64": "amd64",
    "i686": "386",
    "i386": "386",
    "aarch64": "arm64",
    "armv7l": "arm",
    "loongarch64": "loong64",
}


def proved(toolchain: Toolchain, what: str) -> Capability:
    """Whether a Go can do "cgo" or "race": a program with it is built and run, once a session."""
    from pytest_wslgo.toolchain import prove_cgo, prove_race  # noqa: PLC0415 - off means off

    return prove_race(toolchain) if what == "race" else prove_cgo(toolchain)


class Scenes:
    """Makes the scenes of a session."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._known: dict[tuple[object, ...], Scene] = {}
        self._proofs: dict[tuple[int, str], Capability] = {}

    def of(self, item: pytest.Item, *, local: bool) -> tuple[Scene, tuple[object, ...]]:
        """The scene of an item, and a key: equal for scenes whose answers are equal.

        Args:
            item: a Go item or a Python test.
            local: whether the question is about directories; if not they make no difference.
        """
        place = self._go_place(item)
        whole = (item.path.parent, id(place))
        if whole not in self._known:
            self._known[whole] = self._scene(item.path.parent, place)
        return self._known[whole], whole if local else (id(place),)

    def _go_place(self, item: pytest.Item) -> Place | None:
        if SESSION not in self._config.stash:
            return None
        from pytest_wslgo.plugin.nodes import GoItem  # noqa: PLC0415 - off means off

        return item.package.place if isinstance(item, GoItem) else None

    def _scene(self, directory: Path, place: Place | None) -> Scene:
        toolchain = None if place is None else place.toolchain
        return Scene(
            environment=environment_of(self._config),
            prober=prober_of(self._config),
            toolchain=lambda: toolchain or self._toolchain,
            proved=self._proved,
            source=directory,
            tmp=self._python_tmp() if toolchain is None else _go_tmp(go_env_of(self._config)),
            platform=_host() if toolchain is None else f"{toolchain.goos}/{toolchain.goarch}",
            race=None if toolchain is None else self._has_race(toolchain),
            offline=read_option(self._config, "offline"),
            way_out=lambda: self._way_out,
        )

    @cached_property
    def _toolchain(self) -> Toolchain:
        """The Go of Python tests, as the fixture go_toolchain finds it."""
        return toolchain_of(self._config)

    @cached_property
    def _way_out(self) -> WayOut:
        return way_out()

    def _proved(self, toolchain: Toolchain, what: str) -> Capability:
        key = (id(toolchain), what)
        if key not in self._proofs:
            self._proofs[key] = proved(toolchain, what)
        return self._proofs[key]

    def _has_race(self, toolchain: Toolchain) -> bool:
        from pytest_wslgo.plugin.racing import race_is_on  # noqa: PLC0415 - with --wslgo only

        return race_is_on(self._config.stash[SESSION].settings, toolchain)

    def _python_tmp(self) -> Path:
        """Where the fixture tmp_path makes its directories, or would: nothing is made here."""
        given = self._config.getoption("basetemp", None)
        root = Path(given or os.environ.get("PYTEST_DEBUG_TEMPROOT") or tempfile.gettempdir())
        root = root.absolute()
        return next(place for place in (root, *root.parents) if place.is_dir())


def _go_tmp(environ: Mapping[str, str]) -> Path:
    """Where t.TempDir makes its directories."""
    return Path(environ.get("GOTMPDIR") or environ.get("TMPDIR") or "/tmp")  # noqa: S108 - as os.TempDir


def _host() -> str:
    machine = platform.machine()
    system = {"win32": "windows"}.get(sys.platform, sys.platform)
    return f"{system}/{_ARCHITECTURES.get(machine, machine)}"
