"""Sessions on another machine than this one: what tests put into `config.stash` for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from go_project import GoProject

_MADE: Final = Path(__file__).parents[1] / "plugin" / "made_machine.py"

_CONFTEST: Final = """
import pytest
from made_machine import Limits, booted, machine, prober, with_drive
from pytest_wslgo.plugin.keys import ENVIRONMENT, PROBER

@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    config.stash[ENVIRONMENT] = {environment}
    config.stash[PROBER] = {prober}
"""


def put(
    project: GoProject, environment: str = "machine()", prober: str = "prober()", more: str = ""
) -> None:
    """Have the project's sessions believe that they run on a machine.

    Args:
        project: which.
        environment: the machine as an expression over `made_machine`.
        prober: what works there, likewise.
        more: what else is in the project's conftest.py.
    """
    made = _MADE.read_text(encoding="utf-8")
    conftest = _CONFTEST.format(environment=environment, prober=prober)
    project.write({"made_machine.py": made, "conftest.py": f"{conftest}\n{more}"})


def write_marked(project: GoProject, *directives: str) -> None:
    """A package with TestMarked (line 8 with one directive) and TestOther, which has none."""
    write_all(project, {"TestOther": [], "TestMarked": [*directives]})


def write_all(project: GoProject, tests: dict[str, list[str]]) -> None:
    """A package of tests under directives; each notes that it was executed."""
    project.write_noting("")
    text = 'package m\n\nimport "testing"\n'
    for name, directives in tests.items():
        lines = "".join(f"//wslgo:{each}\n" for each in directives)
        text += f"\n{lines}func {name}(t *testing.T) {{ note(t) }}\n"
    project.write({"a_test.go": text})
