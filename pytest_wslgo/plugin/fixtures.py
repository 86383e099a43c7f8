"""Fixtures for Python tests and Go tests; they work without ``--wslgo`` too.

Nothing is imported before somebody asks for a fixture: off means off.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping
    from os import PathLike
    from pathlib import Path

    from pytest_wslgo.environment import Environment
    from pytest_wslgo.plugin.goenviron import GoEnv
    from pytest_wslgo.plugin.tempdirs import Places
    from pytest_wslgo.toolchain import Toolchain


@pytest.fixture(scope="session")
def wsl_env(pytestconfig: pytest.Config) -> Environment:
    """What this machine is, with the evidence: ``wsl_env.kind``, ``wsl_env.why("kind")``."""
    from pytest_wslgo.plugin.machine import environment_of  # noqa: PLC0415

    return environment_of(pytestconfig)


@pytest.fixture(scope="session")
def on_drvfs(pytestconfig: pytest.Config) -> Callable[[str | PathLike[str]], bool]:
    """Tell whether a path is on a drive that Windows serves: ``on_drvfs(tmp_path)``."""
    from pytest_wslgo.plugin.machine import environment_of  # noqa: PLC0415

    return environment_of(pytestconfig).is_windows_drive


@pytest.fixture(scope="session")
def go_env(pytestconfig: pytest.Config) -> MutableMapping[str, str]:
    """The environment that Go runs get, to look at and to change."""
    from pytest_wslgo.plugin.goenviron import go_env_of  # noqa: PLC0415

    return go_env_of(pytestconfig)


@pytest.fixture(scope="session")
def _wslgo_places(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The directories in which programs can be executed."""
    from pytest_wslgo.plugin.tempdirs import Places  # noqa: PLC0415

    return Places(pytestconfig, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def go_toolchain(pytestconfig: pytest.Config, go_env: GoEnv, _wslgo_places: Places) -> Toolchain:
    """The Go that runs Go tests: ``go_toolchain.build("./cmd/tool")`` is a path to the program."""
    from dataclasses import replace  # noqa: PLC0415

    from pytest_wslgo.errors import ToolchainError  # noqa: PLC0415
    from pytest_wslgo.plugin.machine import toolchain_of  # noqa: PLC0415
    from pytest_wslgo.toolchain import Builds  # noqa: PLC0415

    try:
        found = toolchain_of(pytestconfig)
    except ToolchainError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    return replace(
        found,
        base=go_env,
        directory=pytestconfig.rootpath,
        builds=Builds(_wslgo_places.builds, _wslgo_places.locks_softly),
    )


@pytest.fixture
def isolated_tmpdir(go_env: GoEnv, _wslgo_places: Places) -> Iterator[Path]:
    """A directory where test binaries can be executed; TMPDIR and GOTMPDIR name it for the test."""
    from pytest_wslgo.plugin.tempdirs import NoPlaceError, locked_directory  # noqa: PLC0415

    with ExitStack() as stack:
        try:
            home = _wslgo_places.home(windows=go_env.get("GOOS") == "windows")
            locked = locked_directory(home, soft=_wslgo_places.locks_softly(home))
            directory = stack.enter_context(locked)
        except NoPlaceError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("TMPDIR", "GOTMPDIR"):
            _set_everywhere(patch, go_env, name, str(directory))
        patch.setattr(tempfile, "tempdir", str(directory))
        yield directory


@pytest.fixture
def cgo_disabled(go_env: GoEnv) -> Iterator[None]:
    """CGO_ENABLED=0 for the test; a Go test runs without the race detector then, which is said."""
    with pytest.MonkeyPatch.context() as patch:
        _set_everywhere(patch, go_env, "CGO_ENABLED", "0")
        yield


@pytest.fixture
def free_loopback_port(_wslgo_places: Places) -> int:
    """A port that was free on 127.0.0.1 a moment ago, another one for each test of the session."""
    from pytest_wslgo.plugin.ports import free_port  # noqa: PLC0415

    try:
        return free_port(_wslgo_places.shared / "wslgo-ports")
    except OSError as error:
        raise pytest.fail.Exception(
            f"no port of 127.0.0.1 could be had: {error}: "
            "look whether the loopback interface is up (`ip link set lo up`)",
            pytrace=False,
        ) from None


def _set_everywhere(patch: pytest.MonkeyPatch, go_env: GoEnv, name: str, value: str) -> None:
    """Set a variable for this process and, whatever the settings say, for Go."""
    patch.setenv(name, value)
    patch.setitem(go_env, name, value)
