"""Off means off."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest
    from go_project import GoProject

PYTHON_TEST = "def test_python(): pass"


def test_nothing_collected(project: GoProject) -> None:
    """Without --wslgo a Go project has no items, and pytest says so by its exit status."""
    project.write_noting("", "TestA")

    result = project.run(off=True)

    assert result.ret == 5
    assert project.executed() == []
    assert "wslgo:" not in result.stdout.str()


def test_no_process(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --wslgo no `go` is started, whatever else is run."""
    project.write_noting("", "TestA")
    project.write({"test_p.py": PYTHON_TEST})
    calls = project.path / "calls"
    project.write({"bin/go": f'#!/bin/sh\necho "$@" >> "{calls}"\nexit 1\n'})
    (project.path / "bin/go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{project.path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    result = project.run("-v", off=True, alone=True)

    result.assert_outcomes(passed=1)
    assert not calls.exists()


def test_on_starts_it(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --wslgo the same recorder is called: the claim above does not hold by accident."""
    project.write_noting("", "TestA")
    calls = project.path / "calls"
    project.write({"bin/go": f'#!/bin/sh\necho "$@" >> "{calls}"\nexit 1\n'})
    (project.path / "bin/go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{project.path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    project.run()

    assert calls.exists()


def test_imports(project: GoProject) -> None:
    """Without --wslgo the modules that run Go are not even imported."""
    project.write(
        {
            "test_p.py": """
                import sys

                HEAVY = {"active", "session", "collection", "private", "site", "goenviron",
                         "tempdirs", "machine"}

                def test_modules():
                    heavy = {f"pytest_wslgo.plugin.{name}" for name in HEAVY}
                    rooms = {"pytest_wslgo.toolchain", "pytest_wslgo.execution",
                             "pytest_wslgo.discovery",
                             "pytest_wslgo.environment", "pytest_wslgo.outcomes"}
                    assert "pytest_wslgo.plugin" in sys.modules
                    assert not (heavy | rooms) & sys.modules.keys()
            """
        }
    )

    result = project.run("-p", "no:xdist", off=True, alone=True)

    result.assert_outcomes(passed=1)
