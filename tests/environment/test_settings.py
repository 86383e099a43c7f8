from __future__ import annotations

import pytest

from pytest_wslgo.environment.misread import misread
from pytest_wslgo.environment.wsl_config import parse_wsl_conf, parse_wslconfig

CONF = """\
[Automount]
ENABLED = False
mountfstab = 0
options = "metadata,umask=022"
[boot]
initTimeout=0x10
"""


def test_values() -> None:
    """Values have their types, in the order of the file, by the names of the documentation."""
    settings = parse_wsl_conf(CONF)

    assert settings.written == (
        ("automount.enabled", False),
        ("automount.mountFsTab", False),
        ("automount.options", "metadata,umask=022"),
        ("boot.initTimeout", 16),
    )
    assert settings.troubles == ()


def test_defaults() -> None:
    """What is not written has WSL's default."""
    settings = parse_wsl_conf("[automount]\nroot=/\n")

    assert settings.get("automount.root") == "/"
    assert settings.get("automount.enabled") is True
    assert settings.get("boot.systemd") is False
    assert settings.get("automount.cgroups") == "v2"
    assert settings.says("boot.systemd") is None
    with pytest.raises(KeyError):
        settings.get("boot.sytemd")


@pytest.mark.parametrize(
    ("line", "code", "remedy"),
    [
        ("mountFlags=metadata", "WG101", "options of drives belong in automount.options"),
        ("automount=true", "WG101", "the key is automount.enabled"),
        ("memory=4GB", "WG101", "wsl2.memory belongs in .wslconfig, on the Windows side"),
        (
            "kernelCommandLine=x",
            "WG101",
            "wsl2.kernelCommandLine belongs in .wslconfig",
        ),
        ("enable=true", "WG101", "did you mean automount.enabled?"),
        ("colour=blue", "WG101", "WSL has no such key"),
        ("enabled=yes", "WG102", "it is true or false"),
        ("cgroups=2", "WG102", "it is one of v1, v2"),
        ("enabled true", "WG103", "neither a [section] nor a key of letters"),
        ("root=/mnt\nROOT=/drives", "WG104", "line 2 counts"),
    ],
)
def test_misread(line: str, code: str, remedy: str) -> None:
    """What WSL passes over in silence is a finding with the line and what to write instead."""
    settings = parse_wsl_conf(f"[automount]\n{line}\n")

    (finding,) = misread(settings, stops=True)

    assert finding.code == code
    assert finding.remedy.startswith(remedy)
    number = 1 + len(line.split("\n"))
    assert finding.evidence.startswith(f"/etc/wsl.conf, line {number}: ")
    assert finding.severity == "warning"


def test_nothing_behind() -> None:
    """WSL stops reading wsl.conf at a line that it cannot read, and the finding says so."""
    settings = parse_wsl_conf("[boot]\nsystemd\n[automount]\nenabled=false\n")

    assert settings.written == ()
    (finding,) = misread(settings, stops=True)
    assert "reads nothing behind it" in finding.text


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("memory=8GB", "memory", 8 << 30),
        ("memory=512M", "memory", 512 << 20),
        ("memory=1024", "memory", 1024),
        ("memory=7B", "memory", 7),
        ("swap=0", "swap", 0),
        ("processors=4", "processors", 4),
        ("networkingMode=Mirrored", "networkingMode", "mirrored"),
        ("memory=8gb", "memory", None),
        ("memory=8 GB", "memory", None),
        ("memory=50%", "memory", None),
        ("processors=four", "processors", None),
        ("processors=99999999999", "processors", None),
        ("networkingMode=bridge", "networkingMode", None),
    ],
)
def test_wslconfig(line: str, key: str, value: object) -> None:
    """Sizes, numbers and modes of .wslconfig are WSL's; others are a finding."""
    settings = parse_wslconfig(f"\ufeff[wsl2]\n{line}\n", "/mnt/c/Users/x/.wslconfig")

    assert settings.says(f"wsl2.{key}") == value
    codes = [finding.code for finding in misread(settings, stops=False)]
    assert codes == ([] if value is not None else ["WG102"])


def test_formerly_experimental() -> None:
    """A key that has left [experimental] is still read there; a second one does not count."""
    text = "[experimental]\nnetworkingMode=mirrored\n[wsl2]\nnetworkingMode=nat\n"

    settings = parse_wslconfig(text, "x")

    assert settings.written == (("wsl2.networkingMode", "mirrored"),)
    assert [trouble.problem for trouble in settings.troubles] == ["twice"]


def test_many() -> None:
    """Of a file that is none of WSL's, as many findings are given as can be read."""
    settings = parse_wsl_conf("".join(f"key{number}=1\n" for number in range(5000)))

    assert len(list(misread(settings, stops=True))) == 20
    assert len(settings.troubles) == 5000


def test_absent() -> None:
    """Without a file there is nothing to misread."""
    assert list(misread(None, stops=True)) == []
