"""Markers against machines: the condition, the fact and the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from made_machine import booted, machine, prober, with_drive
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from pytest_wslgo.environment import Evidence
from pytest_wslgo.environment.model import Kernel
from pytest_wslgo.environment.network import WayOut
from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.plugin.markers.judging import Scene, Verdict, judge
from pytest_wslgo.plugin.markers.use import bind
from pytest_wslgo.toolchain.model import Capability

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_wslgo.environment import Environment, Kind
    from pytest_wslgo.environment.probes import Prober
    from pytest_wslgo.toolchain import Toolchain


class Go:
    """A Toolchain as far as markers look at it."""

    version_text = "go1.23rc2"
    source = "PATH"
    go = Path("/opt/go/bin/go")

    def satisfies(self, specifier: str) -> bool:
        """As a Toolchain does it."""
        return SpecifierSet(specifier).contains(Version("1.23rc2"), prereleases=True)


def no_go() -> Toolchain:
    """What happens where there is none."""
    raise ToolchainError("no Go: not on PATH")


def scene(
    environment: Environment,
    *,
    tried: Prober | None = None,
    toolchain: Callable[[], Toolchain] = lambda: cast("Toolchain", Go()),
    race: bool | None = None,
    offline: bool = False,
    way_out: WayOut = WayOut(exists=True, evidence="default route over eth0 (/proc/net/route)"),  # noqa: B008 - frozen
    ok: bool = True,
    platform: str = "linux/amd64",
) -> Scene:
    """A test in /src/app, with all that it may need but for what is said."""
    return Scene(
        environment=environment,
        prober=tried or prober(),
        toolchain=toolchain,
        proved=lambda _, what: Capability(ok, f"{what} was tried", None if ok else "get gcc"),
        source=Path("/src/app"),
        tmp=Path("/tmp"),
        platform=platform,
        race=race,
        offline=offline,
        way_out=lambda: way_out,
    )


def verdict(name: str, *args: object, at: Scene, **kwargs: object) -> Verdict:
    """What becomes of a test with a mark."""
    return judge(bind(name, args, kwargs), at)


def test_systemd() -> None:
    """Without systemd the reason is what PID 1 is, and where that was read."""
    here = verdict("requires_systemd", at=scene(machine()))

    assert not here.met
    assert here.reason == "requires_systemd: PID 1 is init (/proc/1/comm)"
    assert verdict("requires_systemd", at=scene(booted())).met


def test_systemd_that_was_not_booted() -> None:
    """PID 1 may be called systemd without systemd being the init system."""
    here = verdict("requires_systemd", at=scene(machine(init="systemd", evidence=())))

    assert here.reason == (
        "requires_systemd: PID 1 is systemd, and was not booted as such "
        "(/run/systemd/system does not exist)"
    )


def test_systemd_cure() -> None:
    """On WSL there is something to do about it."""
    assert "/etc/wsl.conf" in verdict("requires_systemd", at=scene(machine(kind="wsl2"))).cure
    assert verdict("requires_systemd", at=scene(machine())).cure == ""


def test_drvfs() -> None:
    """The test's directory is named with the mount that makes it a Windows drive."""
    here = verdict("skip_on_drvfs", at=scene(with_drive("/src")))

    assert here.reason == "skip_on_drvfs: /src/app is a Windows drive (9p, aname=drvfs)"
    assert verdict("skip_on_drvfs", at=scene(with_drive("/mnt/c"))).met


def test_drvfs_tmp() -> None:
    """``directory="tmp"`` asks for the temporary directory, and for it alone."""
    assert verdict("skip_on_drvfs", directory="tmp", at=scene(with_drive("/src"))).met
    here = verdict("skip_on_drvfs", directory="tmp", at=scene(with_drive("/tmp")))

    assert here.reason == "skip_on_drvfs: /tmp is a Windows drive (9p, aname=drvfs)"


@pytest.mark.parametrize(
    ("kind", "version", "met"),
    [
        ("wsl1", None, True),
        ("wsl2", None, True),
        ("container-on-wsl2", None, False),
        ("linux", None, False),
        ("wsl1", 1, True),
        ("wsl1", 2, False),
        ("wsl2", "2", True),
    ],
)
def test_wsl(kind: Kind, version: object, met: bool) -> None:
    """requires_wsl and skip_on_wsl are opposites, on each machine; a container is no WSL."""
    at = scene(machine(kind=kind))

    assert verdict("requires_wsl", version=version, at=at).met is met
    assert verdict("skip_on_wsl", version=version, at=at).met is not met


def test_wsl_reason() -> None:
    """The reason has the version that was asked for, what the machine is, and the user's words."""
    evidence = (Evidence("kind", "/proc/version", "Linux version 4.4.0-19041-Microsoft"),)
    at = scene(machine(kind="wsl1", evidence=evidence))
    here = verdict("skip_on_wsl", version=1, reason="no netlink", at=at)

    assert here.reason == (
        "skip_on_wsl(version=1): this is WSL1 (/proc/version: Linux version 4.4.0-19041-Microsoft)"
        "; no netlink"
    )


def test_kernel() -> None:
    """The kernel's leading numbers are compared; the reason has all of its name."""
    at = scene(machine())
    here = verdict("requires_kernel", ">=6.99", at=at)

    assert here.reason == (
        'requires_kernel(">=6.99"): this is 6.1.0-18-amd64 (/proc/sys/kernel/osrelease)'
    )
    assert verdict("requires_kernel", ">=5.15,<6.2", at=at).met


def test_kernel_that_is_not_known() -> None:
    """A kernel whose version cannot be read satisfies nothing."""
    here = verdict("requires_kernel", ">=1", at=scene(machine(kernel=Kernel())))

    assert not here.met
    assert "is not known" in here.reason


def test_go() -> None:
    """A release candidate is below its release; the reason says which Go this is."""
    at = scene(machine())
    here = verdict("requires_go", ">=1.23", at=at)

    assert here.reason == ('requires_go(">=1.23"): this is go1.23rc2 from PATH (/opt/go/bin/go)')
    assert verdict("requires_go", ">=1.22", at=at).met


@pytest.mark.parametrize(
    ("name", "args"), [("requires_go", (">=1",)), ("requires_cgo", ()), ("requires_race", ())]
)
def test_no_go(name: str, args: tuple[str, ...]) -> None:
    """Without a Go nothing of Go's is there, and the reason is why there is none."""
    here = verdict(name, *args, at=scene(machine(), toolchain=no_go))

    assert not here.met
    assert here.reason.endswith("no Go: not on PATH")


@pytest.mark.parametrize("what", ["cgo", "race"])
def test_proved(what: str) -> None:
    """For cgo and race the toolchain was proved; a failure comes with its cure."""
    here = verdict(f"requires_{what}", at=scene(machine(), ok=False))

    assert here.reason == f"requires_{what}: {what} was tried"
    assert here.cure == "get gcc"
    assert verdict(f"requires_{what}", at=scene(machine())).met


def test_race_that_is_off() -> None:
    """For a Go test the run's own state counts too; a Python test has none."""
    here = verdict("requires_race", at=scene(machine(), race=False))

    assert here.reason == "requires_race: the run is without the race detector (--wslgo-race=off)"
    assert verdict("requires_race", at=scene(machine(), race=True)).met
    assert verdict("requires_race", at=scene(machine(), race=None)).met


def test_capability() -> None:
    """Capabilities are tried in the temporary directory; the reason has those that are lacking."""
    tried = prober({"symlink": "EPERM: Operation not permitted", "flock": "ENOLCK: No locks"})
    here = verdict(
        "requires_capability", "symlink", "exec", "flock", at=scene(machine(), tried=tried)
    )

    assert here.reason == (
        'requires_capability("symlink", "flock"): symlink in /tmp: EPERM: Operation not permitted'
        ", flock in /tmp: ENOLCK: No locks"
    )
    assert here.names == ("requires_capability", "symlink", "flock")
    assert verdict("requires_capability", "exec", at=scene(machine(), tried=tried)).met


def test_capability_of_the_source() -> None:
    """``directory="source"`` has it tried where the test's file is."""
    tried = prober({"symlink": "EPERM"})
    here = verdict(
        "requires_capability", "symlink", directory="source", at=scene(machine(), tried=tried)
    )

    assert here.reason == 'requires_capability("symlink"): symlink in /src/app: EPERM'


def test_capability_that_could_not_be_tried() -> None:
    """What could not be tried is not known to work, and the reason says so."""
    here = verdict(
        "requires_capability", "inotify", at=scene(machine(), tried=prober({}, "inotify"))
    )

    assert here.reason == (
        'requires_capability("inotify"): could not be tried: inotify in /tmp: there is no cmd.exe'
    )


def test_interop() -> None:
    """Interop must be registered, and work when it is tried."""
    registered = machine(kind="wsl2", interop=True)
    broken = prober({"interop": "ENOEXEC: Exec format error"})
    absent = verdict("requires_interop", at=scene(machine()))
    fails = verdict("requires_interop", at=scene(registered, tried=broken))

    assert absent.reason == (
        "requires_interop: Windows programs are not registered to run here "
        "(/proc/sys/fs/binfmt_misc has no WSLInterop)"
    )
    assert fails.reason.endswith(": interop in /src/app: ENOEXEC: Exec format error")
    assert absent.names == fails.names == ("requires_interop", "interop")
    assert verdict("requires_interop", at=scene(registered)).met


def test_network() -> None:
    """There must be a way out, and the session must not be offline."""
    none = WayOut(exists=False, evidence="there is no default route (/proc/net/route)")
    here = verdict("requires_network", at=scene(machine(), way_out=none))
    offline = verdict("requires_network", at=scene(machine(), offline=True))

    assert here.reason == "requires_network: there is no default route (/proc/net/route)"
    assert offline.reason == "requires_network: the session is offline (--wslgo-offline)"
    assert verdict("requires_network", at=scene(machine())).met


def test_root() -> None:
    """requires_root and skip_if_root are opposites; the reason has the user's number."""
    user, root = scene(machine(uid=1000)), scene(machine(uid=0))

    assert verdict("requires_root", at=user).reason == (
        "requires_root: the user is not root (uid 1000)"
    )
    assert verdict("skip_if_root", at=root).reason == "skip_if_root: the user is root (uid 0)"
    assert verdict("requires_root", at=root).met
    assert verdict("skip_if_root", at=user).met


@pytest.mark.parametrize(
    ("word", "changes", "more"),
    [
        ("wsl", {"kind": "wsl1"}, {}),
        ("wsl1", {"kind": "wsl1"}, {}),
        ("container", {"kind": "container-on-wsl2"}, {}),
        ("container-on-wsl2", {"kind": "container-on-wsl2"}, {}),
        ("linux", {"kind": "linux"}, {}),
        ("root", {"uid": 0}, {}),
        ("ci", {"ci": "GitHub Actions"}, {}),
        ("race", {}, {"race": True}),
        ("linux/*", {"kind": "vm"}, {}),
        ("linux/386", {}, {"platform": "linux/386"}),
        ("windows", {"kind": "wsl2"}, {"platform": "windows/amd64"}),
        ("windows/amd64", {"kind": "wsl2"}, {"platform": "windows/amd64"}),
    ],
)
def test_xfail_on(word: str, changes: dict[str, Any], more: dict[str, Any]) -> None:
    """Each word that is true of the machine, the platform or the run makes a failure expected."""
    here = verdict("xfail_on", "macos", word, at=scene(machine(**changes), **more))

    assert not here.met
    assert here.reason.startswith(f'xfail_on("macos", "{word}"): ')


@pytest.mark.parametrize(
    ("word", "changes", "more"),
    [
        ("wsl", {"kind": "container-on-wsl2"}, {}),
        ("wsl2", {"kind": "container-on-wsl2"}, {}),
        ("linux", {"kind": "vm"}, {}),
        ("root", {"uid": 1}, {}),
        ("ci", {}, {}),
        ("race", {}, {"race": False}),
        ("race", {}, {}),
        ("linux/386", {}, {}),
        ("windows/*", {}, {}),
        ("drvfs", {}, {}),
    ],
)
def test_xfail_on_elsewhere(word: str, changes: dict[str, Any], more: dict[str, Any]) -> None:
    """Elsewhere no failure is expected."""
    assert verdict("xfail_on", word, at=scene(machine(**changes), **more)).met


def test_xfail_on_drvfs() -> None:
    """A Windows drive is one of the words."""
    here = verdict("xfail_on", "drvfs", reason="renames fail", at=scene(with_drive("/src")))

    assert here.reason == (
        'xfail_on("drvfs"): /src/app is a Windows drive (9p, aname=drvfs); renames fail'
    )
