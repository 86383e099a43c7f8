from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.plugin.options import OPTIONS, Settings
from pytest_wslgo.plugin.racing import race_in
from pytest_wslgo.toolchain import Capability, Toolchain, parse_version

if TYPE_CHECKING:
    from pathlib import Path

DEFAULTS = Settings(**{option.field: option.parse(option.default) for option in OPTIONS})


@pytest.fixture
def toolchain(tmp_path: Path) -> Toolchain:
    """One with which the race detector works."""
    works = Capability(ok=True, reason="it works")
    return Toolchain(
        go=tmp_path / "go",
        source="PATH",
        version=parse_version("go1.26"),
        version_text="go1.26",
        goroot=tmp_path,
        goos="linux",
        goarch="amd64",
        gotoolchain="local",
        refused=(),
        variables={"GOENV": "off"},
        compiler=None,
        cgo=works,
        race=works,
        additions={},
    )


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({}, ""),
        ({"CGO_ENABLED": "1", "GOARCH": "amd64", "GOOS": ""}, ""),
        ({"CGO_ENABLED": "0"}, "CGO_ENABLED=0"),
        ({"GOARCH": "386"}, "GOARCH=386"),
        ({"GOOS": "windows"}, "GOOS=windows"),
    ],
)
@pytest.mark.parametrize("asked", ["auto", "on"])
def test_environment(toolchain: Toolchain, environ: dict[str, str], why: str, asked: str) -> None:
    """A run's environment without cgo or for another platform has race off, and says why."""
    assert race_in(replace(DEFAULTS, race=asked), toolchain, environ) == (not why, why)


def test_off_anyway(toolchain: Toolchain) -> None:
    """Where the session has race off already, a run has nothing to say about it."""
    without = replace(toolchain, race=Capability(ok=False, reason="no C compiler"))

    assert race_in(replace(DEFAULTS, race="off"), toolchain, {"CGO_ENABLED": "0"}) == (False, "")
    assert race_in(DEFAULTS, without, {"CGO_ENABLED": "0"}) == (False, "")


def test_go_env_file(toolchain: Toolchain, tmp_path: Path) -> None:
    """CGO_ENABLED=0 by `go env -w` counts where the environment says nothing."""
    (tmp_path / "env").write_text("CGO_ENABLED=0\n")
    written = replace(toolchain, variables={"GOENV": str(tmp_path / "env")})

    assert race_in(DEFAULTS, written, {}) == (False, "CGO_ENABLED=0")
    assert race_in(DEFAULTS, written, {"CGO_ENABLED": "1"}) == (True, "")
