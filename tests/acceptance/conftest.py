"""Whole pytest sessions over small Go projects, each in a directory of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from go_project import GoProject
from stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@pytest.fixture(scope="session")
def shared_caches(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Go's own caches, which a changed HOME would hide, and one cache of tried compilers."""
    if shutil.which("go") is None:
        pytest.skip("there is no go on PATH")
    names = ("GOCACHE", "GOMODCACHE", "GOPATH")
    environ = {**os.environ, "GOFLAGS": "", "GOWORK": "off"}
    done = subprocess.run(
        ["go", "env", *names], capture_output=True, check=True, text=True, env=environ
    )
    caches = dict(zip(names, done.stdout.splitlines(), strict=True))
    return {**caches, "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("xdg-cache"))}


@pytest.fixture
def project(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    shared_caches: Mapping[str, str],
) -> GoProject:
    """An empty Go project; the environment's own wishes for Go are left out."""
    for name in ("GOFLAGS", "GOWORK", "GOOS", "GOARCH", "CGO_ENABLED", "GO111MODULE", "CI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**shared_caches, "GOPROXY": "off", "GOTOOLCHAIN": "local"}.items():
        monkeypatch.setenv(name, value)
    return GoProject(pytester)


@pytest.fixture
def stage(tmp_path: Path, shared_caches: Mapping[str, str]) -> Iterator[Stage]:
    """A Go project for sessions that block and that are killed; nothing of them stays."""
    unwanted = ("GOFLAGS", "GOWORK", "GOOS", "GOARCH", "CGO_ENABLED", "GO111MODULE", "CI")
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in unwanted and not name.startswith(("PYTEST", "COV_"))
    }
    stage = Stage(tmp_path, {**environ, **shared_caches, "GOPROXY": "off", "GOTOOLCHAIN": "local"})
    yield stage
    stage.close()
