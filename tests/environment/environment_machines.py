"""Machines as root directories: captured ones, and one of a few lines to change."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pytest_wslgo.environment import Facts, Process, read_facts

_CAPTURED: Final = Path(__file__).parent / "machines"
NAMES: Final = sorted(folder.name for folder in _CAPTURED.iterdir() if folder.is_dir())

_PLACES: Final = {
    "proc_version": "proc/version",
    "osrelease": "proc/sys/kernel/osrelease",
    "mountinfo": "proc/self/mountinfo",
    "cgroup": "proc/self/cgroup",
    "pid1_comm": "proc/1/comm",
    "binfmt_WSLInterop": "proc/sys/fs/binfmt_misc/WSLInterop",
}

USER: Final = Process(uid=1000, gid=1000, groups=(4, 27, 1000), cpus=8)


def write(root: Path, files: dict[str, str]) -> Path:
    """Files by their path below the root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return root


def machine(root: Path, name: str) -> Path:
    """A captured machine; where process 1 is systemd, its directory is there as well."""
    folder = _CAPTURED / name
    for file in folder.iterdir():
        write(root, {_PLACES[file.name]: file.read_text(encoding="utf-8")})
    comm = folder / "pid1_comm"
    if comm.exists() and comm.read_text(encoding="utf-8") == "systemd\n":
        (root / "run/systemd/system").mkdir(parents=True)
    return root


def mountinfo(root: Path) -> Path:
    """The file that tests change most."""
    return root / "proc/self/mountinfo"


def look(root: Path, **environ: str) -> Facts:
    """The facts of a machine for USER with an environment: nothing is taken from this process."""
    return read_facts(root, environ=environ, process=USER)
