from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import toolchain_fakes as fake

from pytest_wslgo.toolchain import locate

if TYPE_CHECKING:
    from pathlib import Path


def real_environ(tmp_path: Path, **more: str) -> dict[str, str]:
    """This machine's environment with a cache of its own."""
    fake.real("go")
    return {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), **more}


def test_works(tmp_path: Path) -> None:
    """With a C compiler, on a platform that Go's race detector knows, race works."""
    fake.real("gcc")

    found = locate(environ=real_environ(tmp_path))

    assert found.race.ok
    assert found.race.reason.startswith("go accepts -race on ")


def test_needs_cgo(tmp_path: Path) -> None:
    """Without cgo there is no race, for the reason and with the cure that cgo has."""
    found = locate(environ=real_environ(tmp_path, CGO_ENABLED="0"))

    assert (found.race.ok, found.race.cure) == (False, "unset CGO_ENABLED")
    assert found.race.reason == "race needs cgo: CGO_ENABLED=0 in the environment"


def test_foreign(tmp_path: Path) -> None:
    """A foreign GOARCH in the environment is not native, even where cgo was asked for."""
    other = "s390x"

    found = locate(environ=real_environ(tmp_path, GOARCH=other, CGO_ENABLED="1"))

    assert (found.race.ok, found.race.cure) == (False, "unset GOOS and GOARCH")
    assert f"linux/{other}" in found.race.reason


def test_go_refuses(tmp_path: Path) -> None:
    """What Go says against -race is the reason."""
    fake.compiler(tmp_path / "gcc")
    go = fake.go(tmp_path)
    said = go.read_text().replace(
        "esac", "list) echo '-race is not supported on linux/amd64' >&2; exit 2;; esac"
    )
    go.write_text(said)

    found = locate(environ=fake.environ(tmp_path))

    assert (found.race.ok, found.race.reason) == (False, "-race is not supported on linux/amd64")


@pytest.mark.parametrize("flags", ["-mod=vendor", "-modfile=x.mod", "-bogus"])
def test_goflags_do_not_matter(tmp_path: Path, flags: str) -> None:
    """GOFLAGS that fail every other command do not make race look impossible."""
    fake.real("gcc")

    found = locate(environ=real_environ(tmp_path, GOFLAGS=flags))

    assert found.race.ok
