from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.errors import JournalError
from pytest_wslgo.outcomes import State
from pytest_wslgo.reports import read_session

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.reports import SessionResult
    from tests.reports.conftest import Desk

FIRST, SECOND = "20260101-100000.000000001-99", "20260101-100000.000000002-11"


def states(session: SessionResult) -> dict[str, str]:
    """The state of each test, by the name of its node ID."""
    return {
        result.node_id.partition("::")[2]: result.outcome.state.value for result in session.results
    }


def test_newest_session(desk: Desk) -> None:
    """Of the journals' root the newest session is taken, whatever its process ID."""
    desk.journal("TestOld", where=f"{FIRST}/shared")
    desk.journal("TestNew", where=f"{SECOND}/shared")

    session = read_session(desk.root)

    assert list(states(session)) == ["TestNew"]


def test_session_of_workers(desk: Desk) -> None:
    """Runs in the directories of xdist's workers are of one session; groups are told apart."""
    desk.journal("TestA", where=f"{FIRST}/0a1b2c3d/shared")
    desk.journal("TestA", where=f"{FIRST}/ffffffff/shared")

    session = read_session(desk.root / FIRST)

    assert sorted(result.group for result in session.results) == ["0a1b2c3d", "ffffffff"]


def test_last_attempt_counts(desk: Desk) -> None:
    """A test that ran again in a later run has that run's outcome."""
    first = desk.journal("TestA", where="session/shared")
    desk.test(first, "TestA", "fail", "    a_test.go:4: boom\n")
    desk.package(first, "fail")
    desk.end(first, 1)
    again = desk.journal("TestA", where="session/main-1-abc")
    desk.test(again, "TestA")
    desk.package(again)
    desk.end(again)

    session = read_session(desk.root / "session")

    assert [(each.outcome.state, each.reruns) for each in session.results] == [(State.PASSED, 1)]


def test_file_of_the_plan(desk: Desk) -> None:
    """The plan's own path stands for its run."""
    journal = desk.journal("TestA")

    session = read_session(journal.plan_file)

    assert list(states(session)) == ["TestA"]


def test_an_end_is_said_twice(desk: Desk) -> None:
    """A pass event without Go's own line is no pass: one of them is damage."""
    journal = desk.journal("TestA")
    desk.test(journal, "TestA", "pass", frame="FAIL")
    desk.package(journal)
    desk.end(journal)

    session = read_session(desk.root)

    assert states(session) == {"TestA": "did not run"}
    assert not session.green


def test_own_words_do_not_count(desk: Desk) -> None:
    """A test that prints a line like Go's own has passed all the same."""
    journal = desk.journal("TestA")
    desk.test(journal, "TestA", "pass", "--- FAIL: TestA (0.00s)\n")
    desk.package(journal)
    desk.end(journal)

    session = read_session(desk.root)

    assert session.green


@pytest.mark.parametrize(
    "line",
    [
        '{"Action":"pass","Package":"ex.com/m/a","Test":"TestA","Elapsed":"long"}',
        '{"Action":"pass","Package":["ex.com/m/a"],"Test":"TestA"}',
        '{"Action":"output","Package":"ex.com/m/a","Test":"TestA","Output":5}',
        '{"Action":"pass","Package":"ex.com/m/a","Test":{},"Elapsed":NaN}',
        '{"Action":"output","x":' + "[" * 100_000,
        '"Action":"pass","Package":"ex.com/m/a","Test":"TestA"}',
    ],
)
def test_damaged_event(line: str, desk: Desk) -> None:
    """An event that is none is counted, and the run is not green."""
    journal = desk.journal("TestA")
    desk.test(journal, "TestA")
    desk.append(journal.stdout(0), line)
    desk.package(journal)
    desk.end(journal)

    session = read_session(desk.root)

    assert states(session) == {"TestA": "passed"}
    assert [fault.reason for fault in session.faults] == [
        "0.stdout is damaged: 1 of its lines cannot be read"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "\0\0\0",
        '{"event": "end", "invocation": 7, "returncode": 0, "stopped": "", "error": ""}',
        '{"event": "stopping", "invocation": -9, "stdout_size": 0}',
        '{"event": "start", "invocation": "0", "pid": 1, "created": 1}',
        '{"event": "done"}',
        '{"event": "runner", "pid": 1, "time": []}',
        "[" * 100_000,
    ],
)
def test_damaged_log(line: str, desk: Desk) -> None:
    """An entry of the log that is none is counted, and the run is not green."""
    journal = desk.journal("TestA")
    desk.test(journal, "TestA")
    desk.package(journal)
    desk.append(journal.log_file, line)
    desk.end(journal)

    session = read_session(desk.root)

    assert states(session) == {"TestA": "passed"}
    assert [fault.reason for fault in session.faults] == [
        "log.jsonl is damaged: 1 of its lines cannot be read"
    ]


def test_repetition_that_was_cut_off(desk: Desk) -> None:
    """A test that shall run several times and was killed after the first has not passed."""
    journal = desk.journal("TestA", repeats=True)
    desk.test(journal, "TestA")

    session = read_session(desk.root)

    assert states(session) == {"TestA": "did not run"}


def test_another_process_with_the_number(desk: Desk) -> None:
    """A living process that has the runner's number now is not taken for it."""
    journal = desk.journal("TestA")
    journal.note(event="runner", pid=1)

    session = read_session(desk.root)

    assert not session.running


def test_impossible_runner(desk: Desk) -> None:
    """A process ID that no system has is that of no runner."""
    journal = desk.journal("TestA")
    journal.note(event="runner", pid=2**70)

    session = read_session(desk.root)

    assert not session.running


@pytest.mark.parametrize(
    ("items", "why"),
    [
        (
            [["a_test.go::TestA", "/m", "ex.com/m/a", "TestA"]],
            "its items are not those of its processes",
        ),
        (
            [["a_test.go::TestC", "/m", "ex.com/m/a", "TestA"]],
            "'a_test.go::TestC' is no node ID of TestA",
        ),
        (
            [["a_test.go::TestA", "/m", path, "TestA"] for path in ("ex.com/m/a", "ex.com/m/b")],
            "two tests have one node ID",
        ),
    ],
)
def test_plan_that_contradicts_itself(items: list[list[str]], why: str, desk: Desk) -> None:
    """Node IDs that cannot be those of the selected tests: the plan is damaged."""
    names = ["TestA", "TestB"] if "processes" in why else ["TestA"]
    journal = desk.journal(*names, items=items)
    if "two" in why:
        plan = journal.plan_file.read_text()
        more = plan.replace(
            '{"ex.com/m/a": ["TestA"]}', '{"ex.com/m/a": ["TestA"], "ex.com/m/b": ["TestA"]}'
        )
        journal.plan_file.write_text(more)

    session = read_session(journal.directory)

    assert why in session.unreadable[0]


def test_nothing_below(tmp_path: Path) -> None:
    """A directory without runs is named in the error."""
    with pytest.raises(JournalError, match=r"there is no plan\.json in it or below it"):
        read_session(tmp_path)
