from __future__ import annotations

import os
import pickle
import resource
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import pytest
from environment_machines import NAMES, captured, environ, machine, mountinfo, write
from packaging.version import Version

from pytest_wslgo.environment import Quotas, cache_mark, detect, fingerprint, read_facts
from pytest_wslgo.environment.model import Cgroups, Kernel, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_wslgo.environment import Environment

WSL = "wsl2-6.6-systemd"
LIMITS = """\
Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max processes             31715                31715                processes
Max open files            1024                 1048576              files
"""
STATUS = """\
Name:\tcat
Umask:\t0022
Uid:\t1000\t0\t1000\t1000
Gid:\t1000\t27\t1000\t1000
Groups:\t27 4 1000
CapEff:\t0000000000000000
Cpus_allowed_list:\t0-63
"""
HARDWARE = {
    "proc/self/status": STATUS,
    "proc/self/limits": LIMITS,
    "proc/meminfo": "MemTotal:       16265988 kB\nMemFree:         1 kB\n",
    "proc/sys/kernel/pid_max": "32768\n",
    "sys/devices/system/cpu/online": "0-7\n",
    "sys/devices/system/node/has_memory": "0-1\n",
    "sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
    "sys/fs/cgroup/cgroup.controllers": "cpu io memory pids\n",
    "sys/fs/cgroup/init.scope/memory.max": "1073741824\n",
    "etc/resolv.conf": "# generated\nnameserver 10.255.255.254\nsearch lan\nnameserver fe80::1\n",
}


def test_fields(tmp_path: Path) -> None:
    """Each attribute is what the files of the machine say."""
    environment = captured(write(tmp_path, HARDWARE), WSL, CI="true")

    release = "6.6.87.2-microsoft-standard-WSL2"
    assert environment.kernel == Kernel(release, Version("6.6.87.2"))
    assert (environment.init, environment.systemd) == ("systemd", True)
    assert environment.cgroups == Cgroups(
        2,
        hybrid=False,
        controllers=("cpu", "io", "memory", "pids"),
        quotas=Quotas(memory=1 << 30),
    )
    assert (environment.cpus, environment.numa_nodes) == (8, 2)
    assert environment.memory == 16265988 * 1024
    assert environment.limits == Limits(processes=31715, pid_max=32768, open_files=1024)
    assert environment.dns == ("10.255.255.254", "fe80::1")
    assert environment.clock_source == "tsc"
    assert (environment.interop, environment.root, environment.ci) == (True, True, "CI")
    assert len(environment.mounts) == 35
    assert environment.wsl == 2
    assert environment.facts.process.groups == (4, 27, 1000)


def test_unknown(tmp_path: Path) -> None:
    """Of an empty root nothing is known, and nothing is made up."""
    environment = detect(tmp_path, {}, platform="linux")

    assert environment.kind == "linux"
    assert (environment.kernel, environment.init, environment.cpus) == (Kernel(), None, 0)
    assert (environment.memory, environment.limits) == (None, Limits(None, None, None))
    assert environment.cgroups == Cgroups(0, hybrid=False, controllers=(), quotas=Quotas())
    assert (environment.mounts, environment.dns, environment.ci) == ((), (), None)
    assert (environment.root, environment.systemd, environment.interop) == (False, False, False)
    assert environment.mount_of("/") is None


@pytest.mark.parametrize(
    ("status", "root"),
    [("Uid:\t0\t0\t0\t0\n", True), ("Uid:\t0\t1000\t0\t0\n", False), ("Uid:\tx\n", False)],
)
def test_root(tmp_path: Path, status: str, root: bool) -> None:
    """The user is root by the effective id."""
    assert detect(write(tmp_path, {"proc/self/status": status}), {}).root is root


@pytest.mark.parametrize(
    "name", ["docker-cgroup1-native", "wsl2-4.19-old", "alpine-container-cgroup2"]
)
def test_cgroups(tmp_path: Path, name: str) -> None:
    """Version 1 with and without a version 2 beside, and version 2 alone, are told apart."""
    found = captured(tmp_path, name).cgroups

    expected = {"docker-cgroup1-native": (1, False), "wsl2-4.19-old": (1, True)}
    assert (found.version, found.hybrid) == expected.get(name, (2, False))
    assert ("memory" in found.controllers) is (found.version == 1)


def test_tracking_only(tmp_path: Path) -> None:
    """A version 1 that only keeps track of processes beside version 2 limits nothing."""
    text = (
        "1 0 0:1 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
        "2 0 0:2 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
    )
    controllers = {"sys/fs/cgroup/unified/cgroup.controllers": "memory pids"}

    found = detect(write(tmp_path, {"proc/self/mountinfo": text, **controllers}), {}).cgroups

    assert (found.version, found.hybrid, found.controllers) == (2, False, ("memory", "pids"))


def test_hidden_processes(tmp_path: Path) -> None:
    """Where /proc hides process 1, the directory of systemd decides."""
    root = machine(tmp_path, "native-ubuntu-24.04")
    (root / "proc/1/comm").unlink()

    environment = detect(root, {}, platform="linux")

    assert (environment.init, environment.systemd) == (None, True)


def test_stale_systemd(tmp_path: Path) -> None:
    """A directory of systemd that was mounted from elsewhere boots nothing."""
    root = machine(tmp_path, "docker-desktop-on-wsl2")
    (root / "run/systemd/system").mkdir(parents=True)

    assert not detect(root, {}, platform="linux").systemd


@pytest.mark.parametrize("name", NAMES)
def test_frozen(tmp_path: Path, name: str) -> None:
    """The value is frozen, can be hashed, and goes to another process as it is."""
    environment = captured(tmp_path, name)

    with pytest.raises(FrozenInstanceError):
        environment.kind = "vm"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(environment)) == environment
    assert hash(environment) == hash(pickle.loads(pickle.dumps(environment)))


def test_evidence_can_be_shown(tmp_path: Path) -> None:
    """Evidence is one short line that can be printed, whatever was in the files."""
    root = machine(tmp_path, "docker-desktop-on-wsl2")
    write(root, {"proc/1/comm": "a\nb\x1b[31m\udcff" + 500 * "x"})

    for each in detect(root, {"CI": "\x07" * 300}, platform="linux").evidence:
        assert 0 < len(each.saw) <= 200
        assert str(each).isprintable()


def test_fingerprint(tmp_path: Path) -> None:
    """The fingerprint is the facts', which are read in the same go."""
    environment = captured(tmp_path, WSL)

    assert environment.fingerprint == fingerprint(environment.facts)
    assert environment.facts.release == environment.kernel.release


PURE = """
import os, resource, sys
from pytest_wslgo.environment import detect
detect("/nowhere")
os.setgroups([])
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.umask(0)
os.chdir("/")
if os.geteuid() == 0:
    os.seteuid(65534)
environment = detect(sys.argv[1], platform="linux")
sys.stdout.buffer.write(repr((environment, environment.fingerprint)).encode())
"""


def test_pure(tmp_path: Path) -> None:
    """A captured machine is the same to another user with other limits, CPUs and variables."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    root = write(machine(tmp_path, WSL), HARDWARE)
    for directory in (tmp_path, *tmp_path.parents):
        if directory.stat().st_uid == 0 and directory != Path("/tmp"):
            directory.chmod(0o755)
    ours = detect(root, platform="linux")

    variables = {"WSL_DISTRO_NAME": "x", "CI": "1", "TZ": "Asia/Tokyo", "PATH": "/mnt/c/x"}
    command = [sys.executable, "-c", PURE, str(root)]
    theirs = subprocess.run(command, env=variables, check=True, capture_output=True).stdout

    assert theirs.decode() == repr((ours, ours.fingerprint))
    assert ours.ci is None


@pytest.mark.parametrize("name", NAMES)
def test_anywhere(tmp_path: Path, name: str) -> None:
    """The same machine laid out in two places is the same value, with the same fingerprint."""
    one, two = captured(tmp_path / "1", name), captured(tmp_path / "2", name)

    assert one == two
    assert one.fingerprint == two.fingerprint


def test_relative_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A root directory that is given from the working directory stays where it was."""
    machine(tmp_path / "root", WSL)
    monkeypatch.chdir(tmp_path)

    environment = detect("root", environ(WSL), platform="linux")

    monkeypatch.chdir("/")
    assert environment.is_windows_drive("/mnt/c")


def junk(root: Path, content: bytes) -> None:
    """A machine whose every file holds the same."""
    machine(root, WSL)
    write(root, {**HARDWARE, "proc/cmdline": "", "etc/os-release": "", "proc/cpuinfo": ""})
    write(root, {"proc/1/environ": "", "bin/sh": "", "lib64/ld-linux-x86-64.so.2": ""})
    for file in root.rglob("*"):
        if file.is_file():
            file.write_bytes(content)


HOSTILE: dict[str, Callable[[Path], object]] = {
    "binary junk": lambda root: junk(root, bytes(range(256)) * 300),
    "empty files": lambda root: junk(root, b""),
    "one long line": lambda root: junk(root, b"9" * 200_000),
    "separators": lambda root: junk(root, b' - :=,[]#\\"\n' * 5_000),
    "words of the kernel": lambda root: junk(
        root, b"0::/a/b\nUid: 1 2\n9 8 0:1 / / rw - 9p C: rw\n"
    ),
}


def loops(root: Path) -> None:
    """A machine whose every file is a link to the next, in a circle."""
    machine(write(root, HARDWARE), WSL)
    files = [file for file in root.rglob("*") if file.is_file()]
    for file, target in zip(files, [*files[1:], files[0]], strict=True):
        file.unlink()
        file.symlink_to("/" + str(target.relative_to(root)))


def directories(root: Path) -> None:
    """A machine whose every file is a directory."""
    machine(write(root, HARDWARE), WSL)
    for file in [file for file in root.rglob("*") if file.is_file()]:
        file.unlink()
        file.mkdir()


def fifos(root: Path) -> None:
    """A machine whose every file waits for a writer."""
    machine(write(root, HARDWARE), WSL)
    for file in [file for file in root.rglob("*") if file.is_file()]:
        file.unlink()
        os.mkfifo(file)


HOSTILE |= {"links in a circle": loops, "directories": directories, "FIFOs": fifos}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(tmp_path: Path, name: str) -> None:
    """Whatever lies in the place of the files, there is a value, and at once."""
    HOSTILE[name](tmp_path)
    start = perf_counter()

    environment = detect(tmp_path, environ(WSL), platform="linux")

    assert environment.kind in ("linux", "wsl1", "wsl2", "container", "container-on-wsl2", "vm")
    assert environment.why("kind")
    assert len(environment.fingerprint) == 64
    environment.mount_of("/mnt/c/x")
    assert perf_counter() - start < 2


def test_unreadable(tmp_path: Path) -> None:
    """A machine of which nothing may be read is a value as well."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    root = machine(tmp_path / "root", WSL)
    for file in root.rglob("*"):
        file.chmod(0)
    script = (
        "import os, sys\n"
        "from pytest_wslgo.environment import detect\n"
        "detect('/nowhere')\n"
        "os.seteuid(65534)\n"
        "print(detect(sys.argv[1], {}, platform='linux').kind)\n"
    )

    command = [sys.executable, "-c", script, str(root)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)

    assert result.stdout == "linux\n"


def large_table(lines: int) -> str:
    """A mountinfo with drives, stacked mounts and control groups in great number."""
    drive = "rw,aname=drvfs;path=C:\\;uid=1000;gid=1000,cache=5,access=client,trans=fd,rfd=6,wfd=6"
    kinds = (f"9p C:\\134 {drive}", "cgroup cgroup rw,memory", "cgroup2 cgroup2 rw", "ext4 a rw")
    return "".join(
        f"{number} {number // 2} 0:{number} / /mnt/{'x/' * (number % 5)}{number % 60_000} "
        f"rw,relatime shared:{number} - {kinds[number % 4]}\n"
        for number in range(lines)
    )


@pytest.mark.slow
def test_large_mountinfo(tmp_path: Path) -> None:
    """Ten megabytes of mounts take less than two seconds, and not much more than twice the half."""
    root = machine(tmp_path, WSL)
    took = []
    for lines in (55_000, 110_000):
        text = large_table(lines)
        mountinfo(root).write_text(text, encoding="utf-8")
        start = process_time()
        environment = detect(root, environ(WSL), platform="linux")
        environment.mount_of("/mnt/x/5")
        took.append(process_time() - start)

    assert len(text) > 10_000_000
    assert len(environment.mounts) == 110_000
    assert took[1] < 2
    assert took[1] < 3 * took[0]


def test_this_machine() -> None:
    """This machine is detected in far less than a tenth of a second, as the kernel shows it."""
    took = []
    for _ in range(5):
        start = perf_counter()
        environment = detect()
        took.append(perf_counter() - start)

    assert environment.kernel.release == os.uname().release
    assert environment.cpus == len(os.sched_getaffinity(0))
    assert environment.root is (os.geteuid() == 0)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert environment.limits.open_files == (None if soft == resource.RLIM_INFINITY else soft)
    assert environment.fingerprint == fingerprint(read_facts())
    assert cache_mark(environment.fingerprint) == cache_mark(fingerprint(read_facts()))
    # The best of some: what a busy machine adds is not the reader's.
    assert min(took) < 0.05


@pytest.mark.parametrize(
    ("platform", "kind"), [("darwin", "macos"), ("win32", "windows"), ("cygwin", "windows")]
)
def test_other_platforms(tmp_path: Path, platform: str, kind: str) -> None:
    """MacOS and Windows need no file of Linux, and no module that only Linux has."""
    environment = detect(tmp_path, {"GITHUB_ACTIONS": "true"}, platform=platform)

    assert (environment.kind, environment.ci) == (kind, "GitHub Actions")
    assert environment.why("kind") == f"sys.platform: {platform}"
    assert (environment.mounts, environment.cpus, environment.memory) == ((), 0, None)
    assert environment.mount_of("C:\\x") is None
    assert not environment.is_windows_drive("/")
    assert len(environment.fingerprint) == 64


def asked(monkeypatch: pytest.MonkeyPatch, platform: str) -> Environment:
    """What is found where this process itself runs on another platform."""
    import psutil  # for this platform, before another one is claimed

    assert psutil.LINUX
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delattr(os, "sched_getaffinity")
    return detect("/", {}, platform=platform)


def test_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS itself Python is asked for what has no file there."""
    environment = asked(monkeypatch, "darwin")

    assert environment.cpus == os.cpu_count()
    assert environment.memory is not None
    assert environment.memory > 1 << 20
    assert environment.kernel.release == os.uname().release
    assert environment.limits.open_files == resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows there are no users by number and no limits."""
    monkeypatch.delattr(os, "geteuid")
    monkeypatch.setitem(sys.modules, "resource", None)

    environment = asked(monkeypatch, "win32")

    assert (environment.kind, environment.root) == ("windows", False)
    assert environment.cpus == os.cpu_count()
    assert environment.facts.process.limits == ()


def test_changed() -> None:
    """Environments differ when a fact does, and so do their fingerprints."""
    environment = detect()
    facts = replace(environment.facts, release="6.1.0")

    assert replace(environment, facts=facts) != environment
    assert replace(environment, facts=facts).fingerprint != environment.fingerprint
