"""Machines that are made for a test: what is read of them, and what is tried on them, agree."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import filesystems
import pytest
import staged_machines

READ = """
import json
from pytest_wslgo.environment import read_facts
facts = read_facts()
names = ("release", "version", "systemd", "init", "interop")
said = {name: getattr(facts, name) for name in names}
said["mounts"] = {mount.point: (mount.fstype, mount.source) for mount in facts.mounts}
print(json.dumps(said))
"""

DETECT = """
import json, sys
from pytest_wslgo.environment import detect
from pytest_wslgo.environment.probes import Prober
env = detect()
prober = Prober(env)
probes = [prober.probe(*each.split("=")) for each in sys.argv[1:]]
names = ("kind", "wsl", "systemd", "init", "interop", "root")
said = {name: getattr(env, name) for name in names}
said["why"] = env.why("kind")
said["drives"] = [m.point for m in env.mounts if env.is_windows_drive(m.point)]
said["findings"] = [str(each) for each in env.findings]
said["probes"] = {probe.name: [probe.works, probe.error] for probe in probes}
print(json.dumps(said))
"""

SYSTEMDS = ("init.scope", "system.slice")
"""Groups that systemd makes, where it thinks that the machine's are its own."""


waits = pytest.mark.skipif("not staged_machines.detects()", reason="detect() is not there yet")


def read(text: str) -> dict[str, Any]:
    """What READ or DETECT printed."""
    said: dict[str, Any] = json.loads(text)
    return said


def test_wsl(tmp_path: Path) -> None:
    """The facts of WSL are read where WSL has them, on a stage as on the real one."""
    said = read(staged_machines.wsl(tmp_path).python(READ))

    mounts = said.pop("mounts")
    assert mounts["/mnt/c"] == ["9p", "C:\\"]
    assert said.pop("version").startswith("Linux version 6.6.87.2-microsoft-standard-WSL2 (root@")
    assert said == {
        "release": "6.6.87.2-microsoft-standard-WSL2",
        "systemd": True,
        "init": "systemd",
        "interop": True,
    }


@waits
def test_wsl_detected(tmp_path: Path) -> None:
    """WSL2 is detected, with its drive; the probes of a real Environment start cmd.exe there."""
    stage = staged_machines.wsl(tmp_path)
    asked = ("interop", "inotify-from-windows=/mnt/c/work", "inotify-from-windows=/tmp")

    said = read(stage.python(DETECT, *asked, WSL_DISTRO_NAME="Ubuntu"))

    assert (said["kind"], said["wsl"], said["interop"]) == ("wsl2", 2, True)
    assert (said["systemd"], said["init"]) == (True, "systemd")
    assert "6.6.87.2-microsoft-standard-WSL2" in said["why"]
    assert said["drives"] == ["/mnt/c"]
    assert said["probes"]["interop"] == [True, ""]
    assert said["probes"]["inotify-from-windows"] == [
        None,
        "the directory is not on a Windows drive",
    ]


@waits
def test_windows_writes_on_the_drive(tmp_path: Path) -> None:
    """On a drive of the machine the file that cmd.exe writes is awaited there."""
    stage = staged_machines.wsl(tmp_path)

    said = read(stage.python(DETECT, "inotify-from-windows=/mnt/c/work"))

    assert said["probes"] == {"inotify-from-windows": [True, ""]}


@waits
def test_wsl_that_is_not_as_declared(tmp_path: Path) -> None:
    """What /etc/wsl.conf declares and the machine does not do is a finding."""
    conf = "[boot]\nsystemd=false\n[interop]\nenabled=false\n"

    said = read(staged_machines.wsl(tmp_path, conf=conf).python(DETECT))

    findings = "\n".join(said["findings"])
    assert "wsl.conf" in findings
    assert "systemd" in findings


def test_systemd(tmp_path: Path) -> None:
    """A real systemd that has booted is seen as one, by its name and by its directory."""
    text = staged_machines.systemd(tmp_path, sys.executable, "-c", READ)

    said = read(text)
    assert (said["systemd"], said["init"]) == (True, "systemd")


@waits
def test_systemd_detected(tmp_path: Path) -> None:
    """A service of a real systemd detects it, and that this is a container."""
    text = staged_machines.systemd(
        tmp_path, sys.executable, "-c", DETECT, "user-namespaces", f"flock={tmp_path}"
    )

    said = read(text)
    assert (said["systemd"], said["init"], said["kind"]) == (True, "systemd", "container")
    assert said["probes"] == {"user-namespaces": [True, ""], "flock": [True, ""]}


def test_nothing_of_systemd_stays(tmp_path: Path) -> None:
    """A systemd that has booted for a test leaves no control group behind, and no process."""
    with staged_machines.own_groups() as join:
        ours = [Path(line.split()[-1]).parent for line in join.splitlines()]
    groups = [*ours, *(each.with_name(name) for each in ours for name in SYSTEMDS)]
    before = [group.exists() for group in groups]

    output = staged_machines.systemd(tmp_path, "cat", "/proc/self/cgroup")

    assert "only.service" in output
    assert ours
    assert [group.exists() for group in groups] == before


def test_container(tmp_path: Path) -> None:
    """In a root of its own the facts are those of that root."""
    said = read(staged_machines.container(tmp_path).python(READ))

    assert said["mounts"]["/"][0] == "overlay"
    assert said["systemd"] is False


@waits
def test_container_detected(tmp_path: Path) -> None:
    """A container is detected by its marks, and what is tried in its root works there."""
    place = tmp_path / "inside"
    place.mkdir()

    said = read(staged_machines.container(tmp_path).python(DETECT, f"hard-link={place}"))

    assert (said["kind"], said["wsl"]) == ("container", 0)
    assert "/.dockerenv" in said["why"]
    assert said["probes"] == {"hard-link": [True, ""]}
    assert list(place.iterdir()) == []


@waits
def test_windows_like_filesystem(tmp_path: Path) -> None:
    """A filesystem that treats names as Windows does is tried, not named: no drive."""
    place = tmp_path / "m"

    stage = filesystems.windows_like(place)
    said = read(stage.python(DETECT, f"case-sensitive={place}", f"chmod={place}"))

    assert said["drives"] == []
    assert [works for works, _ in said["probes"].values()] == [False, False]
