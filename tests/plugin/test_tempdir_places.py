from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from pytest_wslgo.environment.probes import Probe
from pytest_wslgo.plugin.keys import ENVIRONMENT, PROBER
from pytest_wslgo.plugin.tempdirs import NoPlaceError, Places

if TYPE_CHECKING:
    from pytest_wslgo.environment import Environment
    from pytest_wslgo.environment.probes import Prober


@dataclass
class Machine:
    """A machine on which probes fail in some places, with a Windows drive; and its config."""

    rootpath: Path
    drive: Path
    failing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The places in which a probe fails, by the probe's name."""
    stash: pytest.Stash = field(default_factory=pytest.Stash)

    def __post_init__(self) -> None:
        self.stash[ENVIRONMENT] = cast("Environment", self)
        self.stash[PROBER] = cast("Prober", self)

    @property
    def mounts(self) -> list[Mounted]:
        """The root and the drive."""
        return [Mounted("/"), Mounted(str(self.drive))]

    def is_windows_drive(self, path: str | Path) -> bool:
        """Whether a path is on the drive."""
        return Path(path).is_relative_to(self.drive)

    def probe(self, name: str, directory: Path) -> Probe:
        """What is told of it."""
        fails = any(str(directory).startswith(place) for place in self.failing.get(name, ()))
        return Probe(name, not fails, f"{name} in {directory}", "EACCES" if fails else "")


@dataclass
class Mounted:
    """A mount, as far as it matters here."""

    point: str


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """One whose drive holds the Windows user's temporary directory."""
    (tmp_path / "c/Users/me/AppData/Local/Temp").mkdir(parents=True)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return Machine(rootpath=tmp_path / "project", drive=tmp_path / "c")


def places(machine: Machine, basetemp: Path) -> Places:
    """The places on a machine."""
    basetemp.mkdir(parents=True, exist_ok=True)
    return Places(cast("pytest.Config", machine), basetemp)


def test_own_directory_first(machine: Machine, tmp_path: Path) -> None:
    """Where programs run in pytest's own directory, that is it."""
    assert places(machine, tmp_path / "base").home() == tmp_path / "base"


def test_next_best(machine: Machine, tmp_path: Path) -> None:
    """Where they do not, it is this user's directory, closed to others, in the next place."""
    machine.failing["exec"] = (str(tmp_path / "base"),)

    home = places(machine, tmp_path / "base").home()

    assert home == tmp_path / f"tmp/pytest-wslgo-{os.getuid()}"
    assert home.stat().st_mode & 0o777 == 0o700


def test_never_a_drive(machine: Machine) -> None:
    """A Windows drive is passed over for programs of this system, also if they run there."""
    home = places(machine, machine.drive / "base").home()

    assert not machine.is_windows_drive(home)


def test_windows_programs(machine: Machine, tmp_path: Path) -> None:
    """Windows programs get a drive: the Windows user's own directory, if nothing else is there."""
    home = places(machine, tmp_path / "base").home(windows=True)

    assert home.parent == machine.drive / "Users/me/AppData/Local/Temp"


def test_repository_on_a_drive(machine: Machine, tmp_path: Path) -> None:
    """A repository on a drive is nearer."""
    machine.rootpath = machine.drive / "project"

    home = places(machine, tmp_path / "base").home(windows=True)

    assert home.parent == machine.rootpath / ".pytest_cache"


def test_no_interop(machine: Machine, tmp_path: Path) -> None:
    """Without interop no place is good for Windows programs, and the error says so."""
    machine.failing["interop"] = ("/",)

    with pytest.raises(
        NoPlaceError, match=r"Windows programs .*Temp \(EACCES\): turn WSL's interop"
    ):
        places(machine, tmp_path / "base").home(windows=True)


def test_somebody_elses(machine: Machine, tmp_path: Path) -> None:
    """A directory of our name that belongs to another user is not trusted."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a directory away")
    machine.failing["exec"] = (str(tmp_path / "base"),)
    theirs = tmp_path / f"tmp/pytest-wslgo-{os.getuid()}"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)

    assert places(machine, tmp_path / "base").home() != theirs


def test_flock(machine: Machine, tmp_path: Path) -> None:
    """Locks are soft where flock does not work, and only there."""
    machine.failing["flock"] = ("/here",)
    found = places(machine, tmp_path / "base")

    assert found.locks_softly(Path("/here"))
    assert not found.locks_softly(Path("/there"))
