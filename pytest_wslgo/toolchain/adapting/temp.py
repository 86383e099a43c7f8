"""Can test binaries be executed where Go puts them?

`go test` links each into $GOTMPDIR, else $TMPDIR, and starts it there. Where that is mounted noexec
every package fails with "fork/exec …/x.test: permission denied" (golang/go#52941).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment import Finding
from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain.adapting.model import Adaptation
from pytest_wslgo.toolchain.trial import cache_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_wslgo.toolchain.adapting.model import Scene

_OURS: Final = "pytest-wslgo"
_WEEK: Final = 7 * 24 * 3600


def judge(scene: Scene) -> Adaptation:
    """Move GOTMPDIR where test binaries cannot be executed, or only from a Windows drive.

    The new place is the same in every session: a test that calls `t.TempDir` has read GOTMPDIR, and
    a new value each time would keep Go's test cache from ever answering.
    """
    if scene.toolchain.goos == "windows":
        return Adaptation()  # these want a Windows drive
    asked = scene.setting("GOTMPDIR")
    now = Path(asked[0] if asked else scene.environ.get("TMPDIR") or "/tmp")  # noqa: S108
    wrong = _wrong(scene, now)
    if not wrong:
        return Adaptation()
    tried = [f"{now} ({wrong})"]
    for place in _places(scene.environ):
        why = _unusable(scene, place)
        if not why:
            _sweep(place)
            chosen = f", which {asked[1]} says" if asked else ""
            told = f"GOTMPDIR={place}: {wrong}{chosen}"
            finding = Finding(
                "WG301",
                "warning",
                f"test binaries cannot live in {now}, they are put into {place}",
                f"{wrong}{chosen}",
                "set GOTMPDIR to a directory of a Linux filesystem that is not mounted noexec",
            )
            return Adaptation({"GOTMPDIR": str(place)}, told=(told,), findings=(finding,))
        tried.append(f"{place} ({why})")
    raise ToolchainError(
        f"test binaries can be executed nowhere: tried {', '.join(tried)}; "
        "set GOTMPDIR to a directory on a filesystem that is not mounted noexec"
    )


def _wrong(scene: Scene, directory: Path) -> str:
    """Why test binaries should not be in a directory; empty where they can."""
    if scene.environment.is_windows_drive(directory):
        mount = scene.environment.mount_of(directory)
        assert mount is not None
        return f"a Windows drive ({mount.fstype} on {mount.point})"
    probe = scene.prober.probe("exec", directory)
    if probe.works is not False:
        return ""
    mount = scene.environment.mount_of(directory)
    if mount is not None and "noexec" in mount.options:
        return f"{mount.point} is mounted noexec, {probe.error}"
    return str(probe)


def _places(environ: Mapping[str, str]) -> Iterator[Path]:
    """Where else, best first: a disk before memory, and ours alone before everybody's."""
    yield cache_directory(environ) / "tmp"
    mine = f"pytest-wslgo-{os.geteuid()}"
    yield Path("/var/tmp", mine)  # noqa: S108
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if Path(runtime).is_absolute():
        yield Path(runtime, "pytest-wslgo")
    yield Path("/tmp", mine)  # noqa: S108
    yield Path("/dev/shm", mine)  # noqa: S108


def _unusable(scene: Scene, place: Path) -> str:
    """Make a directory; why test binaries cannot be there, or empty."""
    why = make_private(place)
    if why:
        return why
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return str(error.strerror)
    return _wrong(scene, place)


def make_private(place: Path) -> str:
    """Make a directory that is the user's own, or find it; why that is not so, or empty.

    Somebody else may have made it before, in /tmp: what is executed must not come from there.
    """
    try:
        if place.parent.name.startswith(_OURS) and (why := make_private(place.parent)):
            return why
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = place.lstat()
    except OSError as error:
        return str(error.strerror)
    if place.is_symlink() or status.st_uid != os.geteuid():
        return "it belongs to somebody else"
    if status.st_mode & 0o022:
        return "others may write there"
    return ""


def _sweep(place: Path) -> None:
    """Remove what runs left that were killed a week ago or earlier; in /tmp the system would."""
    limit = time.time() - _WEEK
    with suppress(OSError):
        for entry in place.glob("go-build*"):
            if entry.lstat().st_mtime < limit:
                shutil.rmtree(entry, ignore_errors=True)
