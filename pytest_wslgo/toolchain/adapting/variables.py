"""Variables that break a run or its results: GODEBUG, GOFLAGS, a Windows Go on PATH."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment import Finding
from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain.adapting.model import Adaptation
from pytest_wslgo.toolchain.goenv import flag_words, join_command

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
    rest, text = harmless(value)
    if not text:
        return Adaptation()
    finding = Finding("WG403", "warning", text, f"from {origin}", "take it out of GOFLAGS")
    return Adaptation({"GOFLAGS": rest}, told=(text,), findings=(finding,))


def harmless(goflags: str) -> tuple[str, str]:
    """A value of GOFLAGS without what would keep selected tests from running.

    Returns:
        What is left, never empty; and what was left out, with the reasons. Empty if nothing was.

    Raises:
        ToolchainError: an overlay replaces test files: tests are collected from those on disk.
    """
    words = flag_words(goflags)
    for word in words:
        _refuse_overlay(word)
    bad = {word: why for word in words if (why := _harm(word))}
    if not bad or not all(word.startswith("-") for word in words):
        return goflags, ""  # go itself refuses what is no flag, and says so
    rest = join_command(word for word in words if word not in bad)
    why = "; ".join(dict.fromkeys(bad.values()))
    # An empty value counts as none, and then the file of `go env -w` has its say: a flag that
    # changes nothing fills the place.
    return rest or "-a=false", f"GOFLAGS without {' '.join(bad)}: {why}"


def _refuse_overlay(word: str) -> None:
    name, _, file = word.lstrip("-").partition("=")
    if name != "overlay":
        return
    try:
        replaced = json.loads(Path(file).read_bytes())["Replace"]
        tests = [path for path in replaced if path.endswith("_test.go")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return  # Go refuses it, and says why
    if tests:
        raise ToolchainError(
            f"GOFLAGS has {word}, which replaces {tests[0]}: tests are collected from the files on "
            "disk, and others would be executed: take it out of GOFLAGS"
        )


def _harm(word: str) -> str:
    name, _, value = word.lstrip("-").partition("=")
    name = name.removeprefix("test.")
    if name == "count" and value == "0":
        return "it runs no test"
    return _HARMFUL.get(name, "")


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
