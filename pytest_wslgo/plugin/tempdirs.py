"""Directories for temporary files in which programs can be executed, each locked while it lives."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs
import pytest
from filelock import FileLock, SoftFileLock, Timeout

from pytest_wslgo.errors import WslgoError
from pytest_wslgo.plugin.machine import environment_of, prober_of
from pytest_wslgo.plugin.removal import GONE, remove_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX: Final = "t-"  # short: the path of a Unix socket has at most 107 bytes
_LOCK: Final = ".lock"
_PATIENCE: Final = 10.0
"""Seconds; whoever makes or sweeps a directory holds the lock for a moment only."""


class NoPlaceError(WslgoError, FileNotFoundError):
    """There is no directory in which test binaries can be executed."""


class Places:
    """Where programs can be executed, in one session.

    Args:
        config: the session's.
        basetemp: pytest's own temporary directory, of this process.
    """

    def __init__(self, config: pytest.Config, basetemp: Path) -> None:
        self._config = config
        self._basetemp = basetemp
        self._found: dict[bool, Path] = {}

    @property
    def shared(self) -> Path:
        """The temporary directory of pytest that all workers on this machine have in common."""
        worker = getattr(self._config, "workerinput", {}).get("workerid")
        return self._basetemp.parent if self._basetemp.name == f"popen-{worker}" else self._basetemp

    def home(self, *, windows: bool = False) -> Path:
        """The first directory in which test binaries can be executed; found once in a session.

        Args:
            windows: whether they are Windows programs, which want a Windows drive.

        Raises:
            NoPlaceError: nowhere; the message has all that was tried, with the reasons.
        """
        if windows not in self._found:
            self._found[windows] = self._find(windows=windows)
        return self._found[windows]

    def builds(self) -> Path:
        """Where programs are kept that all workers share: as long as pytest keeps its own files."""
        if self.home() == self._basetemp:
            return self.shared / "wslgo-builds"
        for old in self.home().glob("builds-*"):
            with suppress(OSError):
                if not Path((old / "of").read_text(encoding="utf-8")).exists():
                    remove_tree(old)
        digest = hashlib.sha256(os.fsencode(self.shared)).hexdigest()[:16]
        found = self.home() / f"builds-{digest}"
        found.mkdir(exist_ok=True)
        (found / "of").write_text(str(self.shared), encoding="utf-8")
        return found

    def locks_softly(self, directory: Path) -> bool:
        """Whether flock does not work in a directory."""
        return prober_of(self._config).probe("flock", directory).works is False

    def _find(self, *, windows: bool) -> Path:
        refused = []
        roots = self._windows_roots() if windows else self._roots()
        for root in dict.fromkeys(roots):
            try:
                home = root if root == self._basetemp else _own(root)
            except OSError as error:
                refused.append(f"{root} ({error.strerror})")
                continue
            why = self._refusal(home, windows=windows)
            if not why:
                return home
            refused.append(f"{root} ({why})")
        what = "Windows programs" if windows else "test binaries"
        cure = (
            "turn WSL's interop on, and put the repository or TMPDIR on a Windows drive"
            if windows
            else "set TMPDIR to a directory on a Linux filesystem that is not mounted noexec"
        )
        raise NoPlaceError(
            f"no directory was found in which {what} can be executed: tried "
            f"{', '.join(refused) or 'none, as there is no Windows drive'}: {cure}"
        )

    def _refusal(self, directory: Path, *, windows: bool) -> str:
        on_drive = environment_of(self._config).is_windows_drive(directory)
        if on_drive is not windows:
            return "not on a Windows drive" if windows else "on a Windows drive"
        prober = prober_of(self._config)
        for name in ("interop", "writable") if windows else ("exec",):
            found = prober.probe(name, directory)
            if not found.works:
                return found.error or f"{found.tried} does not work"
        return ""

    def _roots(self) -> Iterator[Path]:
        yield self._basetemp
        yield Path(os.environ.get("TMPDIR") or tempfile.gettempdir())
        yield Path("/tmp")  # noqa: S108 - ours in it belongs to this user
        yield Path("/var/tmp")  # noqa: S108 - likewise
        yield Path("/dev/shm")  # noqa: S108 - likewise
        yield Path(platformdirs.user_cache_dir("pytest-wslgo"))
        if runtime := os.environ.get("XDG_RUNTIME_DIR"):
            yield Path(runtime)

    def _windows_roots(self) -> Iterator[Path]:
        environment = environment_of(self._config)
        yield self._basetemp
        yield Path(os.environ.get("TMPDIR") or tempfile.gettempdir())
        yield self._config.rootpath / ".pytest_cache"
        for mount in environment.mounts:
            if environment.is_windows_drive(mount.point):
                with suppress(OSError):
                    yield from sorted(Path(mount.point).glob("Users/*/AppData/Local/Temp"))


def _own(root: Path) -> Path:
    """This user's directory in one that others may write to.

    Raises:
        OSError: It cannot be made, or is somebody else's.
    """
    home = root / f"pytest-wslgo-{os.getuid()}"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = home.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(1, f"{home.name} there belongs to somebody else")
    return home


@contextmanager
def locked_directory(home: Path, *, soft: bool = False) -> Iterator[Path]:
    """A new directory, removed in the end; before it, what sessions that died have left is.

    A lock file beside it is held for as long as it lives; another one guards making and sweeping.

    Args:
        home: where.
        soft: whether flock does not work there: the locks are then files that are there.
    """
    lock = SoftFileLock if soft else FileLock
    guard = lock(home / f".{_PREFIX}guard{_LOCK}", timeout=_PATIENCE)
    try:
        with guard:
            _sweep(home, lock)
            directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=home))
            own = lock(f"{directory}{_LOCK}")
            own.acquire(timeout=0)
    except (OSError, Timeout) as error:
        why = f"held for {_PATIENCE:g} s by somebody else" if isinstance(error, Timeout) else error
        raise NoPlaceError(
            f"cannot make a directory in {home}: its lock {guard.lock_file}: {why}: "
            "end the session that holds it, or remove the file"
        ) from error
    try:
        yield directory
    finally:
        gone = remove_tree(directory)
        with guard:
            own.release()
            if gone:
                Path(own.lock_file).unlink(missing_ok=True)
        if not gone:
            warnings.warn(
                pytest.PytestWarning(
                    f"cannot remove {directory}{GONE}: a process still writes there; a later "
                    "session removes it: end what the test has started"
                ),
                stacklevel=2,
            )


def _take(lock: FileLock | SoftFileLock) -> bool:
    """Take a lock that nobody holds."""
    # The first attempt may only find that the soft lock's holder is dead, and remove it.
    for _ in range(2):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        except OSError:
            return False  # it belongs to another user
        return True
    return False


def _sweep(home: Path, lock: type[FileLock | SoftFileLock]) -> None:
    """Remove the directories whose sessions have died: those whose locks can be taken."""
    names = {path.name.removesuffix(_LOCK).removesuffix(GONE) for path in home.glob(f"{_PREFIX}*")}
    for name in names:
        held = lock(home / f"{name}{_LOCK}")
        if not _take(held):
            continue
        gone = [
            remove_tree(path) for path in (home / name, home / f"{name}{GONE}") if path.is_dir()
        ]
        held.release()
        if all(gone):
            Path(held.lock_file).unlink(missing_ok=True)
