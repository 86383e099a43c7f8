"""Kinds of machine, drives and platforms as facts in a report; what `xfail_on` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.plugin.markers.checks import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.environment import Environment


def kind(environment: Environment) -> str:
    """What the machine is, with the evidence."""
    return f"this is {KINDS[environment.kind]}{_because(environment, 'kind')}"


def drive(environment: Environment, directory: Path) -> str:
    r"""Which Windows drive a directory is on: ``/mnt/c/src is a Windows drive (9p, aname=drvfs)``.

    Of a 9p mount the name in the super options tells a drive from other mounts of WSL's
    (``aname=drvfs;path=C:\;uid=1000``), of others the source (``C:``, ``drvfsC0``).
    """
    mount = environment.mount_of(directory)
    if mount is None:
        return f"{directory} is a Windows drive"
    names = [option for option in mount.super_options if option.startswith("aname=")]
    which = names[0].partition(";")[0] if names else mount.source
    return f"{directory} is a Windows drive ({mount.fstype}, {which})"


def where_it_applies(
    word: str, environment: Environment, source: Path, platform: str, *, race: bool | None
) -> str:
    """The fact that makes one word of `xfail_on` true here; empty where it is not.

    A container on WSL2 is a container; it is not WSL2, whose systemd, drives and interop it lacks.
    """
    if word in ("drvfs", "root", "ci", "race"):
        return _state(word, environment, source, race=race)
    kinds: set[str] = {environment.kind}
    if environment.wsl:
        kinds.add("wsl")
    if environment.kind == "container-on-wsl2":
        kinds.add("container")
    if word in kinds:
        return kind(environment)
    system, _, architecture = word.partition("/")
    built_system, _, built_architecture = platform.partition("/")
    # The word linux alone is a kind of machine: everything else here is Linux as well.
    same = system == built_system and word != "linux"
    if same and architecture in ("", "*", built_architecture):
        return f"the platform is {platform}"
    return ""


def _state(word: str, environment: Environment, source: Path, *, race: bool | None) -> str:
    if word == "drvfs" and environment.is_windows_drive(source):
        return drive(environment, source)
    if word == "root" and environment.root:
        return f"the user is root (uid {environment.facts.process.uid})"
    if word == "ci" and environment.ci:
        return f"this is a job of {environment.ci}{_because(environment, 'ci')}"
    if word == "race" and race:
        return "the run uses the race detector"
    return ""


def _because(environment: Environment, about: str) -> str:
    why = environment.why(about)
    return f" ({why})" if why else ""
