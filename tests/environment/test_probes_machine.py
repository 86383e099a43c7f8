"""Probes of the machine, where each of them works and where it does not."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import fake_windows
import pytest
from namespaces import Stage, mounting
from probing import machine, probes

from pytest_wslgo.environment.probes import Prober
from pytest_wslgo.environment.probes.namespaces import user_namespaces
from pytest_wslgo.environment.probes.trial import Place

if TYPE_CHECKING:
    from pathlib import Path

NETWORK = ("loopback-ipv4", "loopback-ipv6", "wildcard-ipv4", "wildcard-ipv6")
NO_NETWORK = ("-Urn",)
UP = (
    f'{sys.executable} -c "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914,'
    " struct.pack('16sh', b'lo', 1))\""
)
"""The loopback interface comes up (SIOCSIFFLAGS, IFF_UP)."""

NAMESPACE = ("-Ur",)
FULL = "ENOSPC: No space left on device"


def test_network(tmp_path: Path) -> None:
    """With a loopback interface servers are reached, by IPv4 and by IPv6."""
    made = probes(Stage(UP, NO_NETWORK), tmp_path, *NETWORK)

    assert {name: made[name].works for name in NETWORK} == dict.fromkeys(NETWORK, True)


def test_no_loopback(tmp_path: Path) -> None:
    """Where the loopback interface is down servers may listen everywhere, and are not reached."""
    made = probes(Stage("", NO_NETWORK), tmp_path, *NETWORK)

    assert made["loopback-ipv4"].error == "ENETUNREACH: Network is unreachable"
    assert made["loopback-ipv6"].error == "EADDRNOTAVAIL: Cannot assign requested address"
    assert (made["wildcard-ipv4"].works, made["wildcard-ipv6"].works) == (True, True)


def test_no_ipv6(tmp_path: Path) -> None:
    """Where IPv6 is switched off its loopback is refused, and IPv4's is not."""
    off = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"

    made = probes(Stage(f"{UP}\n{off}", NO_NETWORK), tmp_path, *NETWORK)

    assert made["loopback-ipv6"].works is False
    assert made["loopback-ipv6"].error == "EADDRNOTAVAIL: Cannot assign requested address"
    assert made["loopback-ipv4"].works is True


def test_user_namespaces(tmp_path: Path) -> None:
    """In a user namespace that may have more of them one is made, and root has rights there."""
    made = probes(Stage("", NAMESPACE), tmp_path, "user-namespaces")["user-namespaces"]

    assert (made.works, made.error) == (True, "")


@pytest.mark.parametrize(
    ("limit", "error"),
    [
        (
            "max_user_namespaces",
            f"unshare(CLONE_NEWUSER): {FULL} (/proc/sys/user/max_user_namespaces is 0)",
        ),
        ("max_mnt_namespaces", f"unshare(CLONE_NEWNS) in it: {FULL}"),
    ],
)
def test_no_user_namespaces(tmp_path: Path, limit: str, error: str) -> None:
    """Where one cannot be made, or gives no rights, the step and the switch are named."""
    stage = Stage(f"echo 0 > /proc/sys/user/{limit}", NAMESPACE)

    made = probes(stage, tmp_path, "user-namespaces")["user-namespaces"]

    assert (made.works, made.error) == (False, error)


def test_child_that_cannot_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Python to start, or with one that fails by itself, nothing was found out."""
    place = Place(tmp_path, machine(), 20.0)
    python = fake_windows.executable(tmp_path / "p", "#!/bin/sh\necho broken >&2; exit 9\n")

    monkeypatch.setattr(sys, "executable", str(python))
    broken = user_namespaces(place)
    monkeypatch.setattr(sys, "executable", "")
    nobody = user_namespaces(place)

    assert (broken.works, broken.error) == (None, "the child ended with 9: broken")
    assert (nobody.works, nobody.error) == (
        None,
        "there is no Python to start: sys.executable is empty",
    )


@pytest.mark.parametrize(
    ("limit", "error"),
    [("instances", "EMFILE: Too many open files"), ("watches", FULL)],
)
def test_inotify_limits(tmp_path: Path, limit: str, error: str) -> None:
    """A limit on inotify reads like another error: the number that it comes from is given."""
    stage = Stage(f"echo 0 > /proc/sys/user/max_inotify_{limit}", NAMESPACE)

    made = probes(stage, tmp_path, "inotify")["inotify"]

    assert made.works is False
    assert made.error.startswith(f"{error} (/proc/sys/fs/inotify/max_user_{limit} is ")
    assert made.error.endswith(f", /proc/sys/user/max_inotify_{limit} is 0)")


def test_inotify_of_another_layer(tmp_path: Path) -> None:
    """Of writes behind the watched directory's back no event comes; another file's is not it."""
    layers = {name: tmp_path / name for name in ("l", "u", "w", "m")}
    for path in layers.values():
        path.mkdir()
    options = f"lowerdir={layers['l']},upperdir={layers['u']},workdir={layers['w']}"
    stage = Stage(f"mount -t overlay -o {options} overlay {layers['m']}", mounting())
    code = (
        "import sys; from pathlib import Path\n"
        "from pytest_wslgo.environment.probes import watching\n"
        "mounted, behind = map(Path, sys.argv[1:])\n"
        "with watching._watched(mounted) as descriptor:\n"
        "    (behind / 'file').write_bytes(b'x')\n"
        "    print(watching._noticed(descriptor, 'file', 0.2))\n"
        "    (mounted / 'other').write_bytes(b'x')\n"
        "    print(watching._noticed(descriptor, 'file', 0.2))\n"
        "    (mounted / 'third').write_bytes(b'x')\n"
        "    print(watching._noticed(descriptor, 'third', 20))\n"
    )

    said = stage.python(code, str(layers["m"]), str(layers["u"]))

    assert said.split() == ["False", "False", "True"]


def test_interop(tmp_path: Path) -> None:
    """A Windows program on PATH is started through binfmt_misc, and its status comes back."""
    fake_windows.cmd_exe(tmp_path / "bin")
    stage = fake_windows.interop(tmp_path).also(f"PATH=$PATH:{tmp_path}/bin")

    made = probes(stage, tmp_path, "interop", interop=True)["interop"]

    assert (made.works, made.error, made.tried) == (True, "", "cmd.exe /c exit 42")


def test_interop_of_the_drive(tmp_path: Path) -> None:
    """The cmd.exe of the Windows drive is taken before another on PATH, and started beside it."""
    system = tmp_path / "drive" / "Windows" / "System32"
    fake_windows.cmd_exe(system, '[ "$PWD" = "${0%/*}" ] && [ "$*" = "/c exit 42" ] && exit 42\n')
    fake_windows.cmd_exe(tmp_path / "bin", "exit 1\n")
    stage = fake_windows.interop(tmp_path).also(f"PATH=$PATH:{tmp_path}/bin")

    drives = (tmp_path / "other", tmp_path / "drive")
    made = probes(stage, tmp_path, "interop", interop=True, drives=drives)["interop"]

    assert (made.works, made.error) == (True, "")


@pytest.mark.parametrize(
    ("init", "error"),
    [
        ("exit 0", "ended with 0, not 42"),
        (
            "echo lost; echo UtilConnectUnix failed >&2; exit 1",
            "ended with 1, not 42: UtilConnectUnix failed",
        ),
        ("cat", "had not ended after 0.5 s"),
    ],
)
def test_interop_that_is_broken(tmp_path: Path, init: str, error: str) -> None:
    """An interpreter that does nothing, complains or hangs is no interop."""
    program = fake_windows.cmd_exe(tmp_path / "bin")
    init = f"#!/bin/sh\n{init}\n" if init != "cat" else f"#!/bin/sh\ncat {tmp_path}/never\n"
    stage = fake_windows.interop(tmp_path, init).also(
        f"PATH=$PATH:{tmp_path}/bin; [ -e {tmp_path}/never ] || mkfifo {tmp_path}/never"
    )
    patience = 0.5 if "0.5" in error else 20.0

    made = probes(stage, tmp_path, "interop", interop=True, patience=patience)["interop"]

    assert (made.works, made.error) == (False, f"{program} {error}")


def test_interop_that_is_gone(tmp_path: Path) -> None:
    """A Windows program that nobody takes is an exec format error."""
    program = fake_windows.cmd_exe(tmp_path / "bin")
    stage = Stage(f"PATH=$PATH:{tmp_path}/bin", NAMESPACE)

    made = probes(stage, tmp_path, "interop", interop=True)["interop"]

    assert (made.works, made.error) == (False, f"{program}: ENOEXEC: Exec format error")


def test_no_interop(tmp_path: Path) -> None:
    """Where nothing is registered nothing is started, and the evidence is given."""
    made = Prober(machine()).probe("interop", tmp_path)

    assert (made.works, made.error) == (
        False,
        "no interpreter for Windows programs is registered (the test says so of interop)",
    )


def test_no_windows_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any cmd.exe interop is not tried."""
    monkeypatch.setenv("PATH", str(tmp_path))

    made = Prober(machine(str(tmp_path), interop=True)).probe("interop")

    assert (made.works, made.error) == (None, "there is no cmd.exe on a Windows drive or on PATH")


def drive(tmp_path: Path, script: str) -> tuple[Path, Stage]:
    """A drive whose cmd.exe writes as the script does, and the stage for it."""
    place = tmp_path / "drive"
    (place / "place").mkdir(parents=True)
    fake_windows.cmd_exe(place / "Windows" / "System32", script)
    return place, fake_windows.interop(tmp_path)


def test_inotify_from_windows(tmp_path: Path) -> None:
    """What a Windows program writes is noticed where it writes as Linux programs do."""
    place, stage = drive(tmp_path, fake_windows.CMD)
    name = "inotify-from-windows"

    made = probes(stage, place / "place", name, interop=True, drives=(place,))[name]

    assert (made.works, made.error) == (True, "")


def test_inotify_misses_windows(tmp_path: Path) -> None:
    """What a Windows program writes behind Linux's back is not noticed: a failure, as on drives."""
    behind, name = tmp_path / "behind", "inotify-from-windows"
    place, stage = drive(tmp_path, f'echo x > "{behind}/place/${{PWD##*/}}/file"\n')
    for directory in (behind, tmp_path / "work"):
        directory.mkdir()
    options = f"lowerdir={place},upperdir={behind},workdir={tmp_path}/work"
    stage = stage.also(f"mount -t overlay -o {options} overlay {place}")

    made = probes(stage, place / "place", name, interop=True, drives=(place,))[name]

    assert made.works is False
    assert made.error == "no event came within 3 s for a file that Windows wrote"


@pytest.mark.parametrize(
    ("script", "interop", "error"),
    [
        ("exit 0", True, "the Windows program wrote no file"),
        ("exit 5", True, "Windows programs do not run: {} ended with 5, not 0"),
        ("exit 0", False, "Windows programs do not run: no interpreter for Windows programs is"),
    ],
)
def test_windows_that_writes_nothing(
    tmp_path: Path, script: str, error: str, *, interop: bool
) -> None:
    """Where Windows writes nothing it was not found out whether it would be noticed."""
    place, stage = drive(tmp_path, f"{script}\n")
    name = "inotify-from-windows"

    made = probes(stage, place / "place", name, interop=interop, drives=(place,))[name]

    assert made.works is None
    assert made.error.startswith(error.format(place / "Windows/System32/cmd.exe"))


def test_not_on_a_windows_drive(tmp_path: Path) -> None:
    """Elsewhere than on a Windows drive there is nothing to find out."""
    made = Prober(machine(str(tmp_path / "drive"), interop=True)).probe(
        "inotify-from-windows", tmp_path
    )

    assert (made.works, made.error) == (None, "the directory is not on a Windows drive")


def test_nothing_of_the_stage_stays(tmp_path: Path) -> None:
    """What is registered for Windows programs on a stage is not registered on this machine."""
    program = fake_windows.cmd_exe(tmp_path)
    fake_windows.interop(tmp_path).run(str(program), "/c", "exit 0")

    with pytest.raises(OSError, match="Exec format error"):
        subprocess.run([program], check=False)
