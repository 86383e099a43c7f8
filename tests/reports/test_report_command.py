from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.__main__ import main

if TYPE_CHECKING:
    from tests.reports.conftest import Desk

NO_END = "the run has no end in its journal"


def test_green(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A complete green run: no line for any test, the counts, exit status 0."""
    journal = desk.journal("TestA", "TestB")
    desk.test(journal, "TestA")
    desk.test(journal, "TestB", "skip", "    a_test.go:4: not here\n")
    desk.package(journal)
    desk.end(journal)

    status = main(["report", str(journal.directory)])

    out = capsys.readouterr().out
    assert status == 0
    assert "a_test.go::" not in out
    assert " 1 passed, 1 skipped in " in out


def test_failure(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A failed test: its output, with short paths, and a line with its reason; exit status 1."""
    journal = desk.journal("TestA")
    desk.test(journal, "TestA", "fail", "    /m/a/a_test.go:4: boom\n")
    desk.package(journal, "fail")
    desk.end(journal, 1)

    status = main(["report", str(journal.directory)])

    out = capsys.readouterr().out
    assert status == 1
    assert "--- FAIL: TestA (0.25s)\n    a/a_test.go:4: boom\n" in out
    assert "FAILED a/a_test.go::TestA - boom\n" in out
    assert " 1 failed in " in out


def test_no_end(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A run without an end: what had finished counts; what ran and what was to come does not."""
    journal = desk.journal("TestA", "TestB", "TestC")
    desk.test(journal, "TestA")
    desk.test(journal, "TestB", "")
    with journal.stdout(0).open("ab") as file:
        file.write(b'{"Action":"pass","Package":"ex.com/m/a","Te')

    status = main(["report", str(journal.directory)])

    out = capsys.readouterr().out
    assert status == 1
    assert f"UNFINISHED a/a_test.go::TestB - {NO_END}\n" in out
    assert f"DID NOT RUN a/a_test.go::TestC - {NO_END}\n" in out
    assert f" 1 passed, 2 did not run (interrupted: {NO_END}) in " in out


def test_package_without_an_end(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """All tests passed, and the package was killed before its end: that is not green."""
    journal = desk.journal("TestA")
    desk.test(journal, "TestA")

    status = main(["report", str(journal.directory)])

    assert status == 1
    assert f"ERROR a - {NO_END}\n" in capsys.readouterr().out


def test_stopped(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that its runner ended: the counts say why."""
    journal = desk.journal("TestA", "TestB")
    desk.test(journal, "TestA")
    desk.end(journal, None, "its session ended without a word")

    status = main(["report", str(journal.directory)])

    expected = "1 passed, 1 did not run (interrupted: its session ended without a word) in "
    assert status == 1
    assert expected in capsys.readouterr().out


def test_exit_status_and_events_disagree(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Green events and a bad exit status: a fault, and not green."""
    journal = desk.journal("TestA")
    desk.test(journal, "TestA")
    desk.package(journal)
    desk.end(journal, 1)

    status = main(["report", str(journal.directory)])

    assert status == 1
    assert "ERROR go test - the exit status and the events disagree" in capsys.readouterr().out


def test_build_error_once(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A package that does not build: the compiler's words once, an ERROR line for each test."""
    journal = desk.journal("TestA", "TestB")
    path = "ex.com/m/a [ex.com/m/a.test]"
    desk.write(
        journal,
        {"ImportPath": path, "Action": "build-output", "Output": "a/a_test.go:3:1: undefined: x\n"},
        {"ImportPath": path, "Action": "build-fail"},
        {"Action": "fail", "Package": "ex.com/m/a", "Elapsed": 0, "FailedBuild": path},
    )
    desk.end(journal, 1)

    main(["report", str(journal.directory)])

    out = capsys.readouterr().out
    assert out.count("\na/a_test.go:3:1: undefined: x\n") == 1
    assert "(the text is shown under a/a_test.go::TestA)" in out
    assert out.count("\nERROR a/a_test.go::Test") == 2


def test_steering_a_terminal(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """What steers a terminal is shown and not done, in output, reasons and names."""
    journal = desk.journal("Test\u202eA")
    desk.test(journal, "Test\u202eA", "fail", "    a_test.go:4: \x1b]0;title\x07 \x9b2J \ud800\n")
    desk.package(journal, "fail")
    desk.end(journal, 1)

    main(["report", str(journal.directory)])

    out = capsys.readouterr().out
    assert r"FAILED a/a_test.go::Test\u202eA - \x1b]0;title\x07 \x9b2J \ud800" in out
    assert not set("\x1b\x07\x9b\u202e") & set(out)


def test_poor_encoding(desk: Desk) -> None:
    """A terminal that knows ASCII alone gets the rest in escaped form."""
    journal = desk.journal("TestÄ")

    done = subprocess.run(
        [sys.executable, "-m", "pytest_wslgo", "report", str(journal.directory)],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 1
    assert rb"a_test.go::Test\xc4" in done.stdout
    assert done.stderr == b""


def test_closed_pipe(desk: Desk) -> None:
    """A reader that goes away changes nothing and causes no words."""
    journal = desk.journal("TestA")
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run(
        [sys.executable, "-m", "pytest_wslgo", "report", str(journal.directory)],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)

    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_full_disk(desk: Desk) -> None:
    """Stdout that takes nothing more: one line, exit status 2."""
    journal = desk.journal("TestA")

    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pytest_wslgo", "report", str(journal.directory)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"cannot write the report to stdout" in done.stderr


def test_needs_no_pytest() -> None:
    """The command starts without pytest: a machine that only reads journals need not have it."""
    hidden = "import sys; sys.modules.update(pytest=None, _pytest=None); "

    done = subprocess.run(
        [sys.executable, "-c", f"{hidden} import pytest_wslgo.__main__"],
        capture_output=True,
        check=False,
    )

    assert done.stderr == b""


def test_nothing_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No journal: one line that says what to name instead, exit status 2."""
    status = main(["report", str(tmp_path / "missing")])

    caught = capsys.readouterr()
    assert (status, caught.out, caught.err.count("\n")) == (2, "", 1)
    assert "No such file or directory: name a directory that a run with --wslgo" in caught.err


@pytest.mark.parametrize(
    "plan",
    [
        b"",
        b"[" * 100_000,
        b"[]",
        b'{"version": 2}',
        b'{"version": 1, "invocations": [], "about": []}',
        b'{"version": 1, "invocations": [{"argv": []}], "about": {}}',
        b'{"version": 1, "invocations": [], "about": {"items": [["a_test.go::TestA"]]}}',
        b'{"version": 1, "invocations": [], "about": {"items": 5}}',
        b'{"version": 1, "invocations": [], "about": {"packages": [["a", 5]]}}',
    ],
)
def test_bad_plan(plan: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan that is damaged or newer: one line, exit status 2."""
    (tmp_path / "plan.json").write_bytes(plan)

    status = main(["report", str(tmp_path)])

    caught = capsys.readouterr()
    assert (status, caught.out, caught.err.count("\n")) == (2, "", 1)
    assert "cannot read the journal" in caught.err


def test_one_of_several_is_damaged(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged run does not hide the others, and the exit status tells of it."""
    journal = desk.journal("TestA")
    desk.test(journal, "TestA", "fail", "    a_test.go:4: boom\n")
    damaged = desk.journal("TestB", where="session/main-1-abc")
    damaged.plan_file.write_bytes(b"{")

    status = main(["report", str(desk.root)])

    caught = capsys.readouterr()
    assert status == 2
    assert "FAILED a/a_test.go::TestA - boom" in caught.out
    assert "main-1-abc" in caught.err


def test_foreign_files(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A link in the place of a journal's file is not followed."""
    secret = desk.root / "secret"
    secret.write_text("secret\n")
    journal = desk.journal("TestA")
    journal.stdout(0).symlink_to(secret)

    status = main(["report", str(journal.directory)])

    caught = capsys.readouterr()
    assert (status, caught.out) == (2, "")
    assert "0.stdout is no regular file" in caught.err


def test_pipe_for_a_file(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe in the place of a journal's file is not waited for."""
    journal = desk.journal("TestA")
    journal.log_file.unlink()
    os.mkfifo(journal.log_file)

    status = main(["report", str(journal.directory)])

    assert status == 2
    assert "log.jsonl is no regular file" in capsys.readouterr().err
