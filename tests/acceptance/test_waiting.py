"""While pytest waits for Go: who runs beside whom, whose clock ticks, and what a terminal shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from stage import eventually

if TYPE_CHECKING:
    from stage import Stage

SLOW = "time.Sleep(200 * time.Millisecond)"
PYTHON_SLEEPS = "import time\n\ndef test_p(): time.sleep(30)"


def test_python_runs_beside_go(stage: Stage) -> None:
    """Python tests run while Go does: a Go test waits for what a Python test does, and back."""
    stage.gate("from_python", "from_go")
    stage.go("z", TestA='wait("from_python"); say("go has it"); wait("from_go")')
    stage.write(
        {
            "test_a.py": """
                from stage_side import open_gate

                def test_there(): open_gate("from_python")
                def test_back(): open_gate("from_go")
            """
        }
    )

    result = stage.run("test_a.py", "z_test.go")

    result.assert_outcomes(passed=3)
    assert stage.events() == ["go has it"]


def test_report_as_soon_as_finished(stage: Stage) -> None:
    """A Go test is reported when it has ended, while a later one of its package still runs."""
    stage.gate("end")
    stage.go("a", TestA="", TestB='wait("end")')

    session = stage.start()
    eventually(lambda: stage.outcomes() == {"a_test.go::TestA": "passed"})
    stage.open("end")
    result = session.end()

    result.assert_outcomes(passed=2)


def _slow_tests(stage: Stage, name: str, above: str = "") -> None:
    tests = "\n".join(
        f"{above}\nfunc Test_{name}{number}(t *testing.T) {{ {SLOW} }}" for number in range(4)
    )
    stage.write({f"{name}_test.go": f'package m\n\nimport ("testing"; "time")\n\n{tests}\n'})


SLOW_FIXTURES = """
    import pytest

    @pytest.fixture(scope="session")
    def of_session(): yield

    @pytest.fixture(scope="module")
    def of_module(): yield

    def pytest_collection_finish(session):
        # The module's tests are split: its fixture goes down while the rest of its run goes on.
        session.items.sort(key=lambda item: item.name in ("Test_m1", "Test_m2", "Test_m3"))
"""


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_pytest_timeout_spares_the_wait(stage: Stage, method: str) -> None:
    """A limit of pytest-timeout that no Go test exceeds does not fire for pytest's waiting."""
    stage.write({"conftest.py": SLOW_FIXTURES})
    _slow_tests(stage, "a")
    _slow_tests(stage, "m", "//wslgo:usefixtures of_module")
    _slow_tests(stage, "s", "//wslgo:usefixtures of_session")

    result = stage.run("--timeout=0.5", f"--timeout-method={method}")

    result.assert_outcomes(passed=12)
    assert result.ret == 0


def test_pytest_timeout_of_python(stage: Stage) -> None:
    """Beside Go tests that waited in their setup, a Python test that is too slow is timed out."""
    stage.write({"conftest.py": SLOW_FIXTURES, "test_p.py": PYTHON_SLEEPS})
    stage.go("s", TestS="//wslgo:usefixtures of_session\n")

    result = stage.run("--timeout=0.5", "s_test.go", "test_p.py")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*Timeout*0.5s*"])


def test_durations(stage: Stage) -> None:
    """--durations shows Go's own times, and no waiting, with and without fixtures."""
    stage.write({"conftest.py": SLOW_FIXTURES})
    _slow_tests(stage, "a")
    _slow_tests(stage, "s", "//wslgo:usefixtures of_session")

    stage.run("--durations=0", "-vv").assert_outcomes(passed=8)

    for report in stage.reports():
        name = report.node_id
        if report.when == "call":
            assert 0.2 <= report.duration < 0.35, name
        else:
            assert report.duration < 0.2, name


def test_no_live_line_without_a_terminal(stage: Stage) -> None:
    """Where output is no terminal there is no live line, and no control sequence."""
    stage.gate("end")
    stage.go("a", TestA='say("runs"); wait("end")')

    session = stage.start()
    stage.hear("runs")
    stage.open("end")
    result = session.end()

    assert "\x1b" not in result.stdout.str()
    assert "Go tests finished" not in result.stdout.str()


def test_live_line(stage: Stage) -> None:
    """On a terminal a line tells how far Go is, and the final screen has no remains of it."""
    stage.gate("end")
    stage.go("a", TestA="", TestB='wait("end")')

    session = stage.start("-p", "no:cacheprovider", terminal=True, TERM="xterm")
    eventually(lambda: b"1 of 2 Go tests finished" in session.screen())
    eventually(lambda: b"running: example.com/m.TestB" in session.screen())
    stage.open("end")
    result = session.end()

    assert result.ret == 0
    assert b"Go tests finished" in session.screen()
    assert not any("Go tests finished" in line for line in final_screen(session.screen()))


def test_live_line_after_ctrl_c(stage: Stage) -> None:
    """Ctrl-C while the live line is shown leaves nothing of it on the screen."""
    stage.gate("end")
    stage.go("a", TestA="", TestB='wait("end")')

    session = stage.start(terminal=True, TERM="xterm")
    eventually(lambda: b"1 of 2 Go tests finished" in session.screen())
    session.type(b"\x03")
    result = session.end()

    assert result.ret == 2
    assert not any("Go tests finished" in line for line in final_screen(session.screen()))


_CONTROL = re.compile(r"\x1b\[([\d;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]")


def final_screen(data: bytes) -> list[str]:
    """What a terminal without end would show: it obeys the few sequences that pytest uses."""
    lines = [""]
    row = column = 0
    for match in _CONTROL.finditer(data.decode()):
        text, (argument, command) = match.group(), match.groups(default="")
        number = int(argument.partition(";")[0] or 0)
        if text == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif text == "\r":
            column = 0
        elif command == "A":
            row -= max(number, 1)
        elif command == "G":
            column = max(number, 1) - 1
        elif command == "K":
            lines[row] = "" if number == 2 else lines[row][:column]
        elif not command:
            line = lines[row].ljust(column)
            lines[row] = line[:column] + text + line[column + 1 :]
            column += 1
        else:
            assert command == "m", f"a sequence that is not emulated: {text!r}"
    return lines
