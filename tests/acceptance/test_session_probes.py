"""A whole session on a machine that was made for it: what plugins and tests are told of it."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
import staged_machines

if TYPE_CHECKING:
    from pathlib import Path

TEST = """
    from pytest_wslgo.plugin.machine import environment_of, prober_of

    def test_machine(request):
        assert environment_of(request.config).kind == "wsl2"

    def test_interop(request):
        probe = prober_of(request.config).probe("interop")
        assert (probe.works, probe.error) == (True, "")

    def test_remembered(request):
        first = prober_of(request.config).probe("exec", "/mnt/c/work")
        assert first.works is True
        assert prober_of(request.config).probe("exec", "/mnt/c/work/../work") is first
"""


@pytest.mark.skipif("not staged_machines.detects()", reason="detect() is not there yet")
def test_wsl(tmp_path: Path) -> None:
    """In a session on WSL2 the machine is known and tried, once, whoever asks."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "test_it.py").write_text(textwrap.dedent(TEST), encoding="utf-8")
    stage = staged_machines.wsl(tmp_path)

    argv = ("-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={project}", str(project))
    done = stage.run(sys.executable, *argv)

    assert "3 passed" in done.stdout
