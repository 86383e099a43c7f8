from __future__ import annotations

import os
import resource
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest
from environment_machines import NAMES, USER, look, machine, write

from pytest_wslgo.environment import Process, Quotas, read_facts, this_process
from pytest_wslgo.environment.process import process_in
from pytest_wslgo.environment.tree import Tree


def test_captured(tmp_path: Path) -> None:
    """A captured machine is read from its root directory as the real one would be."""
    facts = look(machine(tmp_path, "wsl2-6.6-systemd"), TZ="UTC", HOME="/home/x")

    assert facts.release == "6.6.87.2-microsoft-standard-WSL2"
    assert facts.version is not None
    assert facts.version.startswith("Linux version 6.6.87.2-microsoft-standard-WSL2 (root@")
    assert (facts.systemd, facts.init, facts.interop) == (True, "systemd", True)
    assert facts.mounts is not None
    drives = [m.point for m in facts.mounts if "9p" in m.fstype and m.point.startswith("/mnt/")]
    assert drives == ["/mnt/c", "/mnt/d", "/mnt/e", "/mnt/f"]
    assert facts.process == USER
    assert facts.variables == (("TZ", "UTC"),)


@pytest.mark.parametrize("name", NAMES)
def test_twice(tmp_path: Path, name: str) -> None:
    """Facts depend on the root and the arguments alone, wherever the root is."""
    one, two = machine(tmp_path / "1", name), machine(tmp_path / "2", name)

    assert look(one) == look(two)


def test_nothing(tmp_path: Path) -> None:
    """Of an empty root everything is absent, and nothing raises."""
    facts = look(tmp_path)

    assert (facts.release, facts.version, facts.init, facts.mounts) == (None, None, None, None)
    assert (facts.systemd, facts.interop, facts.zone) == (False, False, None)
    assert (facts.privileges, facts.quotas, facts.variables) == ((), Quotas(), ())


def test_unreadable(tmp_path: Path) -> None:
    """What is not the file it should be counts as absent."""
    places = ("proc/version", "proc/self/mountinfo", "proc/self/status", "etc/localtime")
    for name in places:
        (tmp_path / name).mkdir(parents=True)
    write(tmp_path, {"run/systemd/system": "a file", "proc/1": "a file"})

    assert look(tmp_path) == look(tmp_path / "nowhere")


def test_bytes(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are read as they are."""
    write(tmp_path, {"proc/1/comm": "a\udcff\n"})

    assert look(tmp_path).init == "a\udcff"


@pytest.mark.parametrize(
    ("files", "interop"),
    [
        ({"WSLInterop": "enabled\ninterpreter /init\n"}, True),
        ({"WSLInterop-late": "enabled\ninterpreter /init\n"}, True),
        ({"WSLInterop": "disabled\ninterpreter /init\n"}, False),
        ({"WSLInterop": "enabled\ninterpreter /init\n", "status": "enabled\n"}, True),
        ({"WSLInterop": "enabled\ninterpreter /init\n", "status": "disabled\n"}, False),
        ({"python3.11": "enabled\ninterpreter /usr/bin/python3\n"}, False),
    ],
)
def test_interop(tmp_path: Path, files: dict[str, str], interop: bool) -> None:
    """Windows programs run where one of WSL's entries is enabled, and binfmt_misc is."""
    write(tmp_path, {f"proc/sys/fs/binfmt_misc/{name}": text for name, text in files.items()})

    assert look(tmp_path).interop is interop


def test_privileges(tmp_path: Path) -> None:
    """Of a process's status, what it may do is kept and what it uses is not."""
    status = "Name:\tcat\nUmask:\t0022\nPid:\t213\nVmPeak:\t 3060 kB\nCapEff:\t00ff\nSeccomp:\t2\n"
    write(tmp_path, {"proc/self/status": status})

    assert look(tmp_path).privileges == ("Umask 0022", "CapEff 00ff", "Seccomp 2")


def test_zone(tmp_path: Path) -> None:
    """The time zone is where the link points; a copied one is its content."""
    (tmp_path / "1/etc").mkdir(parents=True)
    (tmp_path / "1/etc/localtime").symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    write(tmp_path / "2", {"etc/localtime": "TZif2 CET"})
    write(tmp_path / "3", {"etc/localtime": "TZif2 UTC"})

    zones = [look(tmp_path / name).zone for name in "123"]

    assert zones[0] == "/usr/share/zoneinfo/Europe/Berlin"
    assert len(set(zones)) == 3


def test_this_process() -> None:
    """This process is who it says it is, with limits as the kernel has them."""
    process = this_process()

    assert (process.uid, process.gid) == (os.geteuid(), os.getegid())
    assert process.root is (os.geteuid() == 0)
    assert ("NOFILE", *resource.getrlimit(resource.RLIMIT_NOFILE)) in process.limits
    assert process.cpus == len(os.sched_getaffinity(0))
    assert replace(process, uid=0).root


def test_this_machine() -> None:
    """This machine can be read, in less than some milliseconds once it is warm."""
    took = []
    for _ in range(20):
        start = perf_counter()
        facts = read_facts()
        took.append(perf_counter() - start)

    assert facts.release == os.uname().release
    assert facts.mounts
    # The best of many: what a busy machine adds is not the reader's.
    assert min(took) < 0.02


def test_process_in_files() -> None:
    """What the files of a process say of it is what the kernel says when asked."""
    assert process_in(Tree(Path("/"))) == this_process()


def test_process_in_captured_files(tmp_path: Path) -> None:
    """Ids, groups, limits and CPUs of a captured process come from its files alone."""
    write(
        tmp_path,
        {
            "proc/self/status": (
                "Uid:\t1000\t1001\t0\t0\nGid:\t5\t6\t0\t0\nGroups:\t9 7 x \n"
                "Cpus_allowed_list:\t0-3,8\n"
            ),
            "proc/self/limits": (
                "Limit                     Soft Limit           Hard Limit           Units     \n"
                "Max cpu time              unlimited            unlimited            seconds   \n"
                "Max processes             31715                unlimited            processes \n"
                "Max open files            1024                 4096                 files     \n"
                "Max stack size            broken               8388608              bytes     \n"
            ),
            "sys/devices/system/cpu/online": "1-9",
        },
    )

    process = process_in(Tree(tmp_path))

    assert process == Process(
        uid=1001,
        gid=6,
        groups=(7, 9),
        limits=(("NOFILE", 1024, 4096), ("NPROC", 30720, -1), ("CPU", -1, -1)),
        cpus=4,
    )


def test_process_unknown(tmp_path: Path) -> None:
    """Of a process without files nothing is known, and it is not root."""
    process = process_in(Tree(tmp_path))

    assert process == Process(uid=-1, gid=-1, cpus=0)
    assert not process.root
