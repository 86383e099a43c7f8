from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from environment_machines import environ, machine, write

from pytest_wslgo.environment import Environment, describe, details, detect

_HOUSE = Path(__file__).parents[2]
PAGE = (_HOUSE / "docs/environment.md").read_text(encoding="utf-8")


def test_codes() -> None:
    """Every code of a finding that is given is in one of two tables, and no other is."""
    given = {
        code
        for module in (_HOUSE / "pytest_wslgo").rglob("*.py")
        for code in re.findall(r'"(WG\d{3})"', module.read_text(encoding="utf-8"))
    }
    adapting = (_HOUSE / "docs/adapting.md").read_text(encoding="utf-8")

    documented = re.findall(r"^\| (WG\d{3}) ", f"{PAGE}\n{adapting}", re.MULTILINE)

    assert sorted(documented) == sorted(given)


@pytest.mark.parametrize("name", [field.name for field in fields(Environment)])
def test_attributes(name: str) -> None:
    """Every attribute of an environment is explained."""
    assert f"`{name}" in PAGE or name == "directory"


def test_output(tmp_path: Path) -> None:
    """What the page shows is what the captured machine gives."""
    name = "wsl2-6.6-systemd"
    conf = re.search(r"```ini\n(.*?)```", PAGE, re.DOTALL)
    assert conf
    root = write(machine(tmp_path, name), {"etc/wsl.conf": conf[1]})

    environment = detect(root, environ(name), platform="linux")

    warnings = [line for line in details(environment) if line.startswith("warning: ")]
    assert f"```\n{describe(environment)}\n```" in PAGE
    assert "```\n" + "\n".join(warnings) + "\n```" in PAGE
