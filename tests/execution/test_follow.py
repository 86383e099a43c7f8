"""Following a journal: what is told of the deadline and of the counters, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from execution_fakes import Kept, finish, python, started, until

from pytest_wslgo.execution import Invocation, Journal
from pytest_wslgo.execution.follow import Follower

if TYPE_CHECKING:
    from pathlib import Path

STRUCK = b"struck after 5m, started"
LEFT_OUT = b"struck after 5m, left out"


def journal(directory: Path, count: int = 1) -> Journal:
    """A journal whose first process has started."""
    journal = Journal(directory)
    journal.create([Invocation(("go",), "/m", {})] * count, {})
    journal.note(event="start", invocation=0, pid=2**22 + 2, created=1.0)
    return journal


def say(journal: Journal, text: bytes) -> None:
    """Have the first process write something."""
    with journal.stdout(0).open("ab") as file:
        file.write(text)


def strike(journal: Journal) -> None:
    """Note the deadline, as it is noted before anything is done to the tests."""
    size = journal.stdout(0).stat().st_size
    journal.note(event="deadline", invocation=0, limit="5m", stdout_size=size)


def end(journal: Journal, **more: Any) -> None:
    """Note the end of the first process, and of the run."""
    journal.note(event="end", invocation=0, returncode=1, stopped="", error="", **more)
    journal.note(event="done", stopped="")


def test_the_deadline_comes_between_the_lines(tmp_path: Path) -> None:
    """Read all at once, as `report` does: what was said before it is fed before it."""
    log = journal(tmp_path)
    say(log, b"before\n")
    strike(log)
    say(log, b"after\n")
    end(log)
    sink = Kept()

    Follower(log, [sink]).poll()

    assert sink.stdout == [b"before\n", STRUCK, b"after\n"]
    assert sink.closed == [(1, "", "")]


def test_the_deadline_is_known_before_what_it_caused(tmp_path: Path) -> None:
    """Written between a look at the log and a look at the output: it is not missed."""
    log = journal(tmp_path)
    say(log, b"before\n")
    sink = Kept()
    follower = Follower(log, [sink])
    look = follower._read_ahead
    looked: list[bool] = []

    def after_the_first_look() -> None:
        look()
        if not looked:
            looked.append(True)
            strike(log)
            say(log, b"after\n")
            end(log)

    follower._read_ahead = after_the_first_look  # type: ignore[method-assign]
    follower.poll()
    follower.poll()

    assert sink.stdout == [b"before\n", STRUCK, b"after\n"]
    assert sink.closed == [(1, "", "")]


def test_processes_that_were_never_started_are_told(tmp_path: Path) -> None:
    """They hear of the deadline before their end, and that they were left out."""
    log = journal(tmp_path, 2)
    say(log, b"before\n")
    strike(log)
    end(log)
    sinks = [Kept(), Kept()]

    Follower(log, sinks).poll()

    assert sinks[0].stdout == [b"before\n", STRUCK]
    assert (sinks[1].stdout, sinks[1].closed) == ([LEFT_OUT], [(None, "", "")])


def test_a_run_that_begins_after_the_deadline(tmp_path: Path) -> None:
    """Nothing of it is started, and its tests hear why."""
    deadline = {"limit": "5m", "at": 0.0}
    code = f"open({str(tmp_path / 'ran')!r}, 'w')"
    run, [sink] = started(tmp_path / "journal", [python(code, tmp_path)], deadline=deadline)

    finish(run)

    assert (sink.stdout, sink.closed) == ([LEFT_OUT], [(None, "", "")])
    assert run.struck == "5m"
    assert not (tmp_path / "ran").exists()


def test_counters_of_start_and_end_are_kept(tmp_path: Path) -> None:
    """The end's are known before the last lines are fed, which they explain."""
    log = journal(tmp_path)
    log.note(event="start", invocation=0, pid=5, created=1.0, counters={"oom_kill": 3})
    say(log, b"last\n")
    end(log, signs={"oom_kill": 1})
    known = []
    sink = Kept()
    follower = Follower(log, [sink])
    sink.feed = lambda line: known.append((line, follower.signs(0)))  # type: ignore[method-assign]

    follower.poll()

    assert follower.counters(0) == {"oom_kill": 3}
    assert known == [(b"last\n", {"oom_kill": 1})]


def test_an_older_journal_has_no_counters(tmp_path: Path) -> None:
    """It is read as ever."""
    log = journal(tmp_path)
    end(log)
    follower = Follower(log, [Kept()])

    follower.poll()

    assert (follower.signs(0), follower.counters(0), follower.damaged) == (None, None, 0)
    assert follower.done


@pytest.mark.parametrize("signs", [[], {"oom_kill": "1"}, {"oom_kill": -1}, {"oom_kill": True}, 1])
def test_counters_that_are_none_are_damage(tmp_path: Path, signs: object) -> None:
    """A reader never trips over what a bad disk made of the figures."""
    log = journal(tmp_path)
    end(log, signs=signs)
    follower = Follower(log, [Kept()])

    follower.poll()

    assert follower.damaged == 1


def test_the_runner_notes_counters(tmp_path: Path) -> None:
    """Each process's start and end have them, as far as the system has them."""
    run, _ = started(tmp_path / "journal", [python("", tmp_path)])

    finish(run)

    signs = run.signs(0)
    assert signs is not None
    assert set(signs) == set(run._follower.counters(0) or ())


def test_counters_are_read_while_a_process_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that fails before the process ends need not wait for what is noted then."""
    run, _ = started(tmp_path / "journal", [python("import time; time.sleep(600)", tmp_path)])
    until(lambda: run.poll() and run._follower.counters(0) is not None, "the start")
    before = dict(run._follower.counters(0) or {})
    now = {**before, "machine_oom_kill": before.get("machine_oom_kill", 0) + 2}
    monkeypatch.setattr("pytest_wslgo.execution.counters.Counters.read", lambda _: now)

    signs = run.signs(0)

    run.stop("enough")
    finish(run)
    assert signs is not None
    assert signs["machine_oom_kill"] == 2
