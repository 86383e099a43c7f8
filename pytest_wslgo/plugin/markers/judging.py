"""A marker against a machine: does its condition hold there, and what shows that?

Pure in what it is given: a `Scene` says where a test is, and answers what only trying can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packaging.specifiers import SpecifierSet

from pytest_wslgo.errors import WslgoError
from pytest_wslgo.plugin.markers.expectation import drive, kind, where_it_applies

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pytest_wslgo.environment import Environment
    from pytest_wslgo.environment.network import WayOut
    from pytest_wslgo.environment.probes import Prober
    from pytest_wslgo.plugin.markers.use import Use
    from pytest_wslgo.toolchain import Toolchain
    from pytest_wslgo.toolchain.model import Capability


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a test is and what it will meet.

    Attributes:
        environment: of the machine.
        prober: tries things on it.
        toolchain: gives the Go of the test's module; raises ToolchainError where there is none.
        proved: whether that Go can do "cgo" or "race"; called when somebody asks, as it may build.
        source: the directory of the test's file.
        tmp: where the test's temporary directories come from.
        platform: what the test is built for, or Python runs on ("linux/amd64").
        race: whether the run uses the race detector; None for a Python test.
        offline: whether the session was told to do without the network.
        way_out: looks for a way to other machines.
    """

    environment: Environment
    prober: Prober
    toolchain: Callable[[], Toolchain]
    proved: Callable[[Toolchain, str], Capability]
    source: Path
    tmp: Path
    platform: str
    race: bool | None
    offline: bool
    way_out: Callable[[], WayOut]

    def directory(self, word: str) -> Path:
        """The directory that a marker's ``directory=`` names."""
        return self.tmp if word == "tmp" else self.source


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out.

    Attributes:
        met: whether the test can run as any other; if not it is skipped, or expected to fail.
        reason: marker, fact and evidence, and what the user gave as a reason; empty if met.
        names: under which `--wslgo-require` knows it.
        cure: what would help, where that is known.
    """

    met: bool
    reason: str = ""
    names: tuple[str, ...] = ()
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition holds, the fact with its evidence, and more for the `Verdict`.

    Attributes:
        lacking: of several things that were asked for, those that are not there.
    """

    met: bool
    fact: str
    cure: str = ""
    lacking: tuple[str, ...] = ()


_MET: Final = Verdict(met=True)


def judge(use: Use, scene: Scene) -> Verdict:
    """Hold a marker against a scene."""
    answer = _JUDGES[use.marker.name](use, scene)
    if answer.met:
        return _MET
    given = f"; {use['reason']}" if use["reason"] else ""
    label = use.label(answer.lacking if use.marker.name == "requires_capability" else ())
    return Verdict(
        met=False,
        reason=f"{label}: {answer.fact}{given}",
        names=(use.marker.name, *answer.lacking),
        cure=answer.cure,
    )


def _systemd(_: Use, scene: Scene) -> Answer:
    environment = scene.environment
    source = _source(environment, "systemd", environment.init, "/proc/1/comm")
    fact = f"PID 1 is {environment.init or 'not known'} ({source})"
    if environment.init == "systemd":
        why = environment.why("systemd") or "/run/systemd/system does not exist"
        fact = f"PID 1 is systemd, and was not booted as such ({why})"
    cure = ""
    if environment.wsl:
        cure = "write systemd=true under [boot] in /etc/wsl.conf and run `wsl --shutdown`"
    return Answer(environment.systemd, fact, cure)


def _source(environment: Environment, about: str, saw: str | None, default: str) -> str:
    """Where a value was seen: others of the evidence say other things."""
    seen = (each for each in environment.evidence if (each.about, each.saw) == (about, saw))
    return next((each.source for each in seen), default)


def _not_on_drvfs(use: Use, scene: Scene) -> Answer:
    directory = scene.directory(use["directory"])
    met = not scene.environment.is_windows_drive(directory)
    return Answer(met, "" if met else drive(scene.environment, directory))


def _wsl(use: Use, scene: Scene) -> Answer:
    return Answer(_is_wsl(use, scene), kind(scene.environment))


def _not_wsl(use: Use, scene: Scene) -> Answer:
    return Answer(not _is_wsl(use, scene), kind(scene.environment))


def _is_wsl(use: Use, scene: Scene) -> bool:
    version = scene.environment.wsl
    return version == use["version"] if use["version"] else version > 0


def _kernel(use: Use, scene: Scene) -> Answer:
    kernel = scene.environment.kernel
    default = "/proc/sys/kernel/osrelease"
    source = _source(scene.environment, "kernel", kernel.release, default)
    if kernel.version is None:
        return Answer(met=False, fact=f"the kernel's version is not known ({source})")
    met = SpecifierSet(use["specifier"]).contains(kernel.version, prereleases=True)
    return Answer(met, f"this is {kernel.release} ({source})")


def _go(use: Use, scene: Scene) -> Answer:
    try:
        toolchain = scene.toolchain()
    except WslgoError as error:
        return Answer(met=False, fact=str(error))
    fact = f"this is {toolchain.version_text} from {toolchain.source} ({toolchain.go})"
    return Answer(toolchain.satisfies(use["specifier"]), fact)


def _cgo(_: Use, scene: Scene) -> Answer:
    return _proved("cgo", scene)


def _race(_: Use, scene: Scene) -> Answer:
    answer = _proved("race", scene)
    if answer.met and scene.race is False:
        return Answer(met=False, fact="the run is without the race detector (--wslgo-race=off)")
    return answer


def _proved(what: str, scene: Scene) -> Answer:
    try:
        capability = scene.proved(scene.toolchain(), what)
    except WslgoError as error:
        return Answer(met=False, fact=str(error))
    return Answer(capability.ok, capability.reason, capability.cure or "")


def _capability(use: Use, scene: Scene) -> Answer:
    directory = scene.directory(use["directory"])
    return _tried(use["names"], scene, directory)


def _interop(_: Use, scene: Scene) -> Answer:
    environment = scene.environment
    if not environment.interop:
        why = environment.why("interop") or "/proc/sys/fs/binfmt_misc has no WSLInterop"
        fact = f"Windows programs are not registered to run here ({why})"
        return Answer(met=False, fact=fact, lacking=("interop",))
    return _tried(("interop",), scene, scene.source)


def _tried(names: Sequence[str], scene: Scene, directory: Path) -> Answer:
    """Whether all things work; what could not be tried is not known to."""
    probes = [scene.prober.probe(name, directory) for name in names]
    failed = [probe for probe in probes if not probe.works]
    facts = [f"{'' if probe.works is False else 'could not be tried: '}{probe}" for probe in failed]
    lacking = tuple(name for name, probe in zip(names, probes, strict=True) if not probe.works)
    return Answer(not failed, ", ".join(facts), lacking=lacking)


def _network(_: Use, scene: Scene) -> Answer:
    if scene.offline:
        return Answer(met=False, fact="the session is offline (--wslgo-offline)")
    way = scene.way_out()
    return Answer(way.exists, way.evidence)


def _root(_: Use, scene: Scene) -> Answer:
    fact = f"the user is not root (uid {_uid(scene)})"
    return Answer(scene.environment.root, fact, "run as root")


def _not_root(_: Use, scene: Scene) -> Answer:
    fact = f"the user is root (uid {_uid(scene)})"
    return Answer(not scene.environment.root, fact, "run as another user")


def _uid(scene: Scene) -> int:
    return scene.environment.facts.process.uid


def _expected(use: Use, scene: Scene) -> Answer:
    facts = [
        where_it_applies(word, scene.environment, scene.source, scene.platform, race=scene.race)
        for word in use["where"]
    ]
    found = ", ".join(fact for fact in facts if fact)
    return Answer(not found, found)


_JUDGES: Final[dict[str, Callable[[Use, Scene], Answer]]] = {
    "requires_systemd": _systemd,
    "skip_on_drvfs": _not_on_drvfs,
    "requires_wsl": _wsl,
    "skip_on_wsl": _not_wsl,
    "requires_kernel": _kernel,
    "requires_go": _go,
    "requires_cgo": _cgo,
    "requires_race": _race,
    "requires_capability": _capability,
    "requires_interop": _interop,
    "requires_network": _network,
    "requires_root": _root,
    "skip_if_root": _not_root,
    "xfail_on": _expected,
}
