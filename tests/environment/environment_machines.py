"""Machines as root directories: captured ones, and one of a few lines to change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment import Facts, Process, detect, read_facts

if TYPE_CHECKING:
    from pytest_wslgo.environment import Environment

_CAPTURED: Final = Path(__file__).parent / "machines"
NAMES: Final = sorted(folder.name for folder in _CAPTURED.iterdir() if folder.is_dir())

_PLACES: Final = {
    "proc_version": "proc/version",
    "osrelease": "proc/sys/kernel/osrelease",
    "mountinfo": "proc/self/mountinfo",
    "mounts": "proc/mounts",
    "cgroup": "proc/self/cgroup",
    "pid1_comm": "proc/1/comm",
    "binfmt_WSLInterop": "proc/sys/fs/binfmt_misc/WSLInterop",
    "wsl.conf": "etc/wsl.conf",
    ".wslconfig": "mnt/c/Users/operator/.wslconfig",
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
    root.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.name == "markers":
            write(root, {marker.lstrip("/"): "" for marker in text.split()})
        elif file.name != "env" and text.strip():
            write(root, {_PLACES[file.name]: text})
    comm = folder / "pid1_comm"
    if comm.exists() and comm.read_text(encoding="utf-8") == "systemd\n":
        (root / "run/systemd/system").mkdir(parents=True)
    return root


def environ(name: str) -> dict[str, str]:
    """The environment that was captured with a machine."""
    lines = (_CAPTURED / name / "env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def captured(root: Path, name: str, **more: str) -> Environment:
    """A captured machine, detected with the environment that belongs to it, and more."""
    return detect(machine(root, name), {**environ(name), **more}, platform="linux")


def mountinfo(root: Path) -> Path:
    """The file that tests change most."""
    return root / "proc/self/mountinfo"


def look(root: Path, **environ: str) -> Facts:
    """The facts of a machine for USER with an environment: nothing is taken from this process."""
    return read_facts(root, environ=environ, process=USER)
