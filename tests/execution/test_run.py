"""Runs with real processes: their ends, their output, and that nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from execution_fakes import Kept, family, finish, gone, pids, python, started, until

from pytest_wslgo.errors import JournalError, RunnerError
from pytest_wslgo.execution import Invocation, Journal, Run
from pytest_wslgo.execution import run as run_module
from pytest_wslgo.outcomes import Ledger, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_output_and_exit_status_reach_the_sinks(tmp_path: Path) -> None:
    """Each process's lines and end go to its own sink, a last line without an end too."""
    first = python("import sys; print('out'); print('err', file=sys.stderr)", tmp_path)
    second = python("import os; os.write(1, b'no newline'); os._exit(3)", tmp_path)
    run, sinks = started(tmp_path / "journal", [first, second])

    finish(run)

    assert sinks[0] == Kept([b"out\n"], [b"err\n"], [(0, "", "")])
    assert sinks[1] == Kept([b"no newline"], [], [(3, "", "")])


def test_a_go_that_cannot_be_started_is_told_of(tmp_path: Path) -> None:
    """The sink hears which program it was and why; the next process is run all the same."""
    missing = Invocation((str(tmp_path / "no-go"),), str(tmp_path), {})
    run, sinks = started(tmp_path / "journal", [missing, python("print(1)", tmp_path)])

    finish(run)

    assert sinks[0].closed == [
        (None, "", f"cannot start {tmp_path}/no-go in {tmp_path}: No such file or directory")
    ]
    assert sinks[1].closed == [(0, "", "")]


def test_stop_ends_deaf_and_hidden_processes_within_2_seconds(tmp_path: Path) -> None:
    """Children that ignore signals, have their own session or are orphans end with the run."""
    invocation, file = family(tmp_path)
    run, sinks = started(tmp_path / "journal", [invocation])
    processes = pids(file, 4)
    alive_before = not gone(processes)

    began = time.monotonic()
    run.stop("enough")
    finish(run)

    assert time.monotonic() - began < 2.5
    assert alive_before
    until(lambda: gone(processes), "the processes' end")
    assert [end[1] for end in sinks[0].closed] == ["enough"]


def test_a_stop_leaves_out_the_processes_to_come(tmp_path: Path) -> None:
    """What was not started yet is closed with the same reason and never started."""
    invocation, file = family(tmp_path)
    later = python("import pathlib; pathlib.Path('later').touch()", tmp_path)
    run, sinks = started(tmp_path / "journal", [invocation, later])
    pids(file, 4)

    run.stop("enough")
    finish(run)

    assert sinks[1].closed == [(None, "enough", "")]
    assert not (tmp_path / "later").exists()


def test_the_end_of_the_watched_process_ends_the_run(tmp_path: Path) -> None:
    """A session that is killed without a word leaves no process behind."""
    invocation, file = family(tmp_path)
    watched = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    run, sinks = started(tmp_path / "journal", [invocation], watched.pid)
    processes = pids(file, 4)

    watched.kill()
    watched.wait()
    finish(run)

    assert [end[1] for end in sinks[0].closed] == ["its session ended without a word"]
    until(lambda: gone(processes), "the processes' end")


def test_a_killed_runner_is_noticed_and_its_leftovers_are_killed(tmp_path: Path) -> None:
    """Its tests are not green; `go` is gone, and all children, wherever they hid."""
    file = tmp_path / "pids"
    code = (
        "import subprocess, sys, os, time\n"
        "argv = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "near, far = subprocess.Popen(argv), subprocess.Popen(argv, start_new_session=True)\n"
        f"open({str(file)!r}, 'w').write(f'{{os.getpid()}} {{near.pid}} {{far.pid}}')\n"
        "time.sleep(600)\n"
    )
    run, sinks = started(tmp_path / "journal", [python(code, tmp_path)])
    processes = pids(file, 3)
    until(lambda: run.poll() or run._follower.open_processes(), "the start in the log")

    os.kill(run._follower.runner_pid, signal.SIGKILL)
    finish(run)

    assert "the runner process died" in sinks[0].closed[0][2]
    until(lambda: gone(processes), "the processes' end")


def test_leftovers_without_their_leader_are_killed(tmp_path: Path) -> None:
    """The runner and `go` are killed, as by the system in want of memory: their group goes too."""
    file = tmp_path / "pids"
    code = (
        "import subprocess, sys, os, time\n"
        f"p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(file)!r}, 'w').write(f'{{os.getpid()}} {{p.pid}}')\n"
        "time.sleep(600)\n"
    )
    run, sinks = started(tmp_path / "journal", [python(code, tmp_path)])
    leader, child = pids(file, 2)
    until(lambda: run.poll() or run._follower.open_processes(), "the start in the log")

    os.kill(run._follower.runner_pid, signal.SIGKILL)
    leader.kill()
    finish(run)

    until(lambda: gone([leader, child]), "the processes' end")
    assert sinks[0].closed[0][2]


def test_a_stop_before_the_runner_is_up_is_a_stop(tmp_path: Path) -> None:
    """A run that is stopped at once has been stopped, not lost."""
    run, sinks = started(tmp_path / "journal", [python("import time; time.sleep(600)", tmp_path)])

    run.stop("changed my mind")
    finish(run)

    assert [(end[1], end[2]) for end in sinks[0].closed] == [("changed my mind", "")]


def test_a_runner_that_was_never_started_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the starter died between the plan and the start, nobody waits for ever."""
    monkeypatch.setattr(run_module, "START_LIMIT", 0.0)
    journal = Journal(tmp_path / "journal")
    journal.create([python("", tmp_path)], {"watched_pid": os.getpid()})
    sink = Kept()

    finish(Run(journal, [sink]))

    assert "the runner process was never started" in sink.closed[0][2]


def test_a_runner_that_cannot_be_started_leaves_no_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others of the session must not join a run that nobody carries out."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))

    with pytest.raises(RunnerError, match="No such file"):
        started(tmp_path / "journal", [python("", tmp_path)])

    assert not Journal(tmp_path / "journal").plan_file.exists()


def test_a_journal_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A file stands where the directory shall be: the message names it and the way out."""
    (tmp_path / "journal").touch()

    with pytest.raises(JournalError, match=r"journal: .*--wslgo-journal"):
        started(tmp_path / "journal", [])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    directory = tmp_path / "disk"
    directory.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(directory)]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"a small disk needs the mount command: {error}")
    if done.returncode:
        pytest.skip(f"a small disk needs the right to mount: {done.stderr.strip()}")
    yield directory
    subprocess.run(["umount", "-l", str(directory)], check=True)


def test_a_read_only_disk_is_an_error(small_disk: Path) -> None:
    """The journal says where it could not be written, and why."""
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    with pytest.raises(JournalError, match="Read-only file system"):
        started(small_disk / "journal", [])


def test_a_full_disk_is_an_error(small_disk: Path) -> None:
    """A plan that does not fit leaves no half of it."""
    fill = ["dd", "if=/dev/zero", f"of={small_disk}/ballast", "bs=4096"]
    subprocess.run(fill, stderr=subprocess.DEVNULL, check=False)

    with pytest.raises(JournalError, match="No space left on device"):
        started(small_disk / "journal", [python("#" * 100_000, small_disk)])

    assert not (small_disk / "journal" / "plan.json").exists()


def test_a_disk_that_fills_up_is_never_green(small_disk: Path, tmp_path: Path) -> None:
    """`go` says that all passed where no byte fits any more, and exits with 0: nothing passed."""
    code = (
        "import os\n"
        'event = b\'{"Action":"output","Package":"m","Test":"TestA","Output":"%s"}\\n\'\n'
        "try:\n"
        "    while True: os.write(1, event % (b'x' * 1000))\n"
        "except OSError: pass\n"
        'try: os.write(1, b\'{"Action":"pass","Package":"m","Test":"TestA"}\\n\')\n'
        "except OSError: pass\n"
    )
    run, _ = started(small_disk / "journal", [python(code, tmp_path)])
    ledger = Ledger({"m": ("TestA",)})
    run = Run(run.journal, [ledger])

    finish(run)

    end = ledger.end("m")
    assert end is not None
    outcome = ledger.outcomes["m", "TestA"]
    assert (end.state, outcome.state) == (State.ERRORED, State.DID_NOT_RUN)
    assert re.search(r"no space is left|No space left", outcome.reason), outcome.reason


def test_two_openers_start_one_runner(tmp_path: Path) -> None:
    """Processes that open the same run at once share it: `go` starts once, all hear of it."""
    code = f"""
import os, sys
from pathlib import Path
from pytest_wslgo.execution import Invocation
from pytest_wslgo.plugin.gorun import GoRun
tmp = Path({str(tmp_path)!r})
touch = "import os; open('starts', 'a').write('x')"
run = GoRun.open(
    tmp / "journal",
    lambda journal: [Invocation((sys.executable, "-c", touch), str(tmp), {{"m": ("TestA",)}})],
    environ=dict(os.environ), about={{}}, watched_pid={os.getpid()}, output_limit=1000,
)
while not run.done:
    run.poll()
print(run.outcome((run.invocations[0].cwd, "m", "TestA")).state.value)
"""
    openers = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    said = [opener.communicate()[0].strip() for opener in openers]

    assert (tmp_path / "starts").read_text() == "x"
    assert said == ["errored"] * 3
