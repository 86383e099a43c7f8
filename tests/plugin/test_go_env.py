from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.plugin.goenviron import OFFLINE, GoEnv, described

if TYPE_CHECKING:
    from collections.abc import Mapping

WINDOWS_PATH = "/usr/bin:/mnt/c/Windows:/mnt/code:/mnt/c/Go/bin"


def on_c(directory: str) -> bool:
    """Whether a directory is on the drive that is mounted at /mnt/c."""
    return f"{directory}/".startswith("/mnt/c/")


def env(environ: dict[str, str], settings: Mapping[str, str | None] | None = None) -> GoEnv:
    """A view of an environment."""
    return GoEnv(environ, settings or {}, on_c)


def test_live() -> None:
    """What changes in the process's environment changes in the view, as long as nobody set it."""
    environ = {"A": "1", "B": "1"}
    view = env(environ)
    view["B"] = "set"

    environ.update(A="2", B="2", C="2")

    assert dict(view) == {"A": "2", "B": "set", "C": "2"}


def test_monkeypatch() -> None:
    """What a MonkeyPatch sets and deletes is undone, and the view is live again."""
    environ = {"A": "1", "B": "1"}
    view = env(environ)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(view, "A", "patched")
        patch.delitem(view, "B")
        patch.setitem(view, "NEW", "yes")
        inside = dict(view)
    environ["A"] = "2"

    assert inside == {"A": "patched", "NEW": "yes"}
    assert dict(view) == {"A": "2", "B": "1"}


def test_settings() -> None:
    """Settings win over the environment, and changes over both; None leaves a variable out."""
    view = env({"A": "1", "B": "1", "C": "1"}, {"A": "set", "B": None, "C": "set"})
    view["C"] = "changed"

    assert dict(view) == {"A": "set", "C": "changed"}
    assert "B" not in view
    assert len(view) == 2


def test_no_pytest_variables() -> None:
    """What pytest changes from test to test does not reach Go, whose cache would mind."""
    names = ("PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS")

    view = env(dict.fromkeys(names, "x"))

    assert list(view) == ["PYTEST_ADDOPTS"]


def test_windows_directories() -> None:
    """PATH loses the directories of Windows drives, judged one by one, and says which."""
    view = env({"PATH": WINDOWS_PATH})

    assert view["PATH"] == "/usr/bin:/mnt/code"
    assert view.taken_off() == ["/mnt/c/Windows", "/mnt/c/Go/bin"]
    assert view.with_windows()["PATH"] == WINDOWS_PATH


@pytest.mark.parametrize("path", ["", "/usr/bin", ":/usr/bin::/bin:"])
def test_other_paths(path: str) -> None:
    """A PATH without Windows directories stays as it is, odd as it may be."""
    assert env({"PATH": path})["PATH"] == path


def test_path_as_asked() -> None:
    """A PATH that somebody has set for Go is what they get."""
    changed = env({"PATH": "/bin"})
    changed["PATH"] = WINDOWS_PATH

    assert changed["PATH"] == changed.with_windows()["PATH"] == WINDOWS_PATH
    assert env({"PATH": "/bin"}, {"PATH": WINDOWS_PATH})["PATH"] == WINDOWS_PATH


def test_each_directory_once() -> None:
    """A directory is judged once, however often PATH is asked for."""
    judged = []

    def judge(directory: str) -> bool:
        judged.append(directory)
        return False

    view = GoEnv({"PATH": "/a:/b"}, {}, judge)
    assert view["PATH"] + view["PATH"] == "/a:/b/a:/b"

    assert judged == ["/a", "/b"]


def test_texts_only() -> None:
    """A value that is no text is refused when it is set, not when Go starts."""
    view = env({})

    with pytest.raises(TypeError, match=r"go_env\['PORT'\] = 80"):
        view["PORT"] = 80  # type: ignore[assignment]  # what a test would do by mistake


def test_missing() -> None:
    """A variable that is not there is a KeyError, read or deleted."""
    view = env({"A": "1"}, {"A": None})

    with pytest.raises(KeyError, match="A"):
        view["A"]
    with pytest.raises(KeyError, match="A"):
        del view["A"]


def test_no_secrets() -> None:
    """What is shown of it in a failed assertion holds names, no values."""
    view = env({"TOKEN": "hunter2"})
    view["KEY"] = "hunter3"

    assert "hunter" not in repr(view)
    assert "KEY" in repr(view)


def test_described() -> None:
    """The header names what is different for Go; offline has a line of its own."""
    view = env({"PATH": WINDOWS_PATH}, {**OFFLINE, "GOFLAGS": "-mod=mod", "GOWORK": None})

    assert described(view) == [
        "environment for Go: GOFLAGS=-mod=mod, without GOWORK",
        "2 Windows directories are left out of Go's PATH: /mnt/c/Windows:/mnt/c/Go/bin",
    ]
    assert described(env({"PATH": os.defpath})) == []
