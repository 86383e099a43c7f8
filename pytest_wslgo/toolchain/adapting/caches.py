"""Go's build cache and module cache: can they be written, and what serves them?"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment import Finding
from pytest_wslgo.toolchain.adapting.model import Adaptation
from pytest_wslgo.toolchain.adapting.temp import make_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_wslgo.toolchain.adapting.model import Scene

_CURE: Final = "set GOCACHE to a directory that can be written"


def judge_build_cache(scene: Scene) -> Adaptation:
    """Give Go another build cache where its default place cannot be written or there is none.

    One that somebody has chosen stays: `check_places` refuses it, as it may hold what CI has put
    there and another would quietly be empty.
    """
    if scene.setting("GOCACHE") is not None:
        return _on_drive(scene, "GOCACHE")
    default = scene.toolchain.variables.get("GOCACHE", "")
    known = os.path.isabs(default)  # noqa: PTH117 - a text: "off" where there is no HOME
    wrong = _unwritable(Path(default)) if known else "there is no HOME"
    if not wrong:
        return _on_drive(scene, "GOCACHE")
    for place in _places(scene.environ):
        if not make_private(place) and not _unwritable(place):
            finding = Finding(
                "WG302",
                "warning",
                f"Go's build cache cannot be at its default place, it is put into {place}",
                f"{default}: {wrong}" if known else wrong,
                _CURE if known else "set HOME or GOCACHE",
            )
            told = f"GOCACHE={place}: {finding.evidence}"
            return Adaptation({"GOCACHE": str(place)}, told=(told,), findings=(finding,))
    return Adaptation()  # check_places says it


def judge_module_cache(scene: Scene) -> Adaptation:
    """Say where the module cache is on a Windows drive, or cannot be written."""
    found = _on_drive(scene, "GOMODCACHE")
    if found.findings:
        return found
    place = Path(scene.toolchain.variables.get("GOMODCACHE", "") or "/nonexistent")
    if not place.is_dir() or os.access(place, os.W_OK):
        return Adaptation()
    finding = Finding(
        "WG305",
        "note",
        "Go's module cache cannot be written: a module that is not there cannot be downloaded",
        f"GOMODCACHE is {place}",
        "set GOMODCACHE to a directory that can be written, or vendor the modules",
    )
    return Adaptation(findings=(finding,))


def _on_drive(scene: Scene, name: str) -> Adaptation:
    place = scene.toolchain.variables.get(name, "")
    if not os.path.isabs(place) or not scene.environment.is_windows_drive(place):  # noqa: PTH117
        return Adaptation()
    mount = scene.environment.mount_of(place)
    assert mount is not None
    evidence = f"{name} is {place}, on {mount.point} ({mount.fstype}, {mount.source})"
    cure = f"go env -w {name}=$HOME/… on a Linux filesystem"
    if name == "GOMODCACHE":
        text = "Go's module cache is on a Windows drive, where its renames are denied"
        return Adaptation(findings=(Finding("WG304", "error", text, evidence, cure),))
    text = "Go's build cache is on a Windows drive, which makes every build slow"
    return Adaptation(findings=(Finding("WG303", "warning", text, evidence, cure),))


def _unwritable(directory: Path) -> str:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return ""
    except OSError as error:
        return str(error.strerror)


def _places(environ: Mapping[str, str]) -> Iterator[Path]:
    """On disk before memory; the same in every session, or it would never be warm."""
    mine = f"pytest-wslgo-{os.geteuid()}"
    for directory in ("/var/tmp", environ.get("TMPDIR") or "/tmp"):  # noqa: S108
        yield Path(directory, mine, "go-build")
