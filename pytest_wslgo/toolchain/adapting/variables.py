"""Variables that break a run or its results: GODEBUG, GOFLAGS, a Windows Go on PATH."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment import Finding
from pytest_wslgo.toolchain.adapting.model import Adaptation

if TYPE_CHECKING:
    from pytest_wslgo.toolchain.adapting.model import Scene

# What each does to a session; seen with Go 1.26. Flags that have the same meaning for the plugin
# (-short, -tags, -count, …) or that its own replace (-json, -coverprofile, …) are not here.
_HARMFUL: Final = {
    "bench": "benchmarks that nobody selected would run",
    "c": "it builds without running",
    "fuzz": "it would fuzz what nobody selected",
    "list": "it lists tests without running them",
    "n": "it prints commands without running them",
    "run": "it leaves selected tests out",
    "skip": "it leaves selected tests out",
}


def judge_flags(scene: Scene) -> Adaptation:
    """Take out of GOFLAGS what would keep selected tests from running."""
    found = scene.setting("GOFLAGS")
    if found is None:
        return Adaptation()
    value, origin = found
    words = value.split()  # as cmd/go: no quotes (cmd/go/internal/base.InitGOFLAGS)
    bad = {word: name for word in words if (name := _name(word)) in _HARMFUL}
    if not bad or not all(word.startswith("-") for word in words):
        return Adaptation()  # go itself refuses what is no flag, and says so
    rest = " ".join(word for word in words if word not in bad)
    why = "; ".join(dict.fromkeys(_HARMFUL[name] for name in bad.values()))
    finding = Finding(
        "WG403",
        "warning",
        f"GOFLAGS without {shlex.join(bad)}: {why}",
        f"from {origin}",
        "take it out of GOFLAGS",
    )
    # An empty value counts as none, and then the file of `go env -w` has its say: a flag that
    # changes nothing fills the place.
    environ = {"GOFLAGS": rest or "-a=false"}
    return Adaptation(environ, told=(finding.text,), findings=(finding,))


def _name(word: str) -> str:
    return word.lstrip("-").partition("=")[0].removeprefix("test.")


def judge_preemption(scene: Scene) -> Adaptation:
    """Say where goroutines are not preempted: a loop without calls then stops the whole program."""
    value = scene.environ.get("GODEBUG", "")
    if not re.search(r"(^|,)asyncpreemptoff=[^0,]", value):
        return Adaptation()
    finding = Finding(
        "WG401",
        "warning",
        "asyncpreemptoff is set: a tight loop can keep the garbage collector waiting for ever",
        f"GODEBUG={value} in the environment",
        "take asyncpreemptoff out of GODEBUG",
    )
    return Adaptation(findings=(finding,))


def judge_windows_go(scene: Scene) -> Adaptation:
    """Say that PATH has a Windows Go before the one that is used."""
    return Adaptation(
        findings=tuple(
            Finding(
                "WG402",
                "note",
                "a Windows Go comes first on PATH: it was passed over",
                str(refusal),
                "put Linux directories before Windows ones on PATH, or set [interop] "
                "appendWindowsPath=false in /etc/wsl.conf",
            )
            for refusal in scene.toolchain.refused
            if "Windows" in refusal.reason
        )
    )
