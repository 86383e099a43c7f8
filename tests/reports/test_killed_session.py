"""Real sessions: killed without a word, and still going."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from pytest_wslgo.__main__ import main

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.reports.conftest import Blocked


def test_killed(blocked: Blocked, capsys: pytest.CaptureFixture[str]) -> None:
    """Session and runner are killed: what had finished is told, what had not is named."""
    blocked.kill()

    status = main(["report", str(blocked.journals)])

    out = capsys.readouterr().out
    why = "the run has no end in its journal"
    assert status == 1
    assert "FAILED sub/m_test.go::TestB - boom\n" in out
    assert f"UNFINISHED sub/m_test.go::TestF - {why}\n" in out
    assert f"DID NOT RUN sub/m_test.go::TestG - {why}\n" in out
    assert f" 1 passed, 3 failed, 1 skipped, 2 did not run (interrupted: {why}) in " in out


def test_still_running(blocked: Blocked, capsys: pytest.CaptureFixture[str]) -> None:
    """While the run goes on, the report says so, and what runs."""
    status = main(["report", str(blocked.journals)])

    out = capsys.readouterr().out
    assert status == 1
    assert "FAILED sub/m_test.go::TestB - boom\n" in out
    assert "RUNNING sub/m_test.go::TestF - it runs\n" in out
    assert "TestG" not in out
    assert " 1 passed, 3 failed, 1 skipped, 2 not finished yet (still running) in " in out


def test_same_junit(tmp_path: Path, real: Callable[..., subprocess.Popen[bytes]]) -> None:
    """A run that came to its end: the same cases with the same results as in pytest's own JUnit."""
    real(tmp_path, "--junit-xml=own.xml").wait(timeout=120)

    main(
        [
            "report",
            str(tmp_path / ".pytest_cache" / "d" / "wslgo"),
            "--junit",
            str(tmp_path / "j.xml"),
        ]
    )

    own, ours = (
        [
            (case.get("classname"), case.get("name"), case.get("time"), [part.tag for part in case])
            for case in ET.parse(tmp_path / name).iter("testcase")
        ]
        for name in ("own.xml", "j.xml")
    )
    assert [case[:2] + case[3:] for case in ours] == [case[:2] + case[3:] for case in own]
