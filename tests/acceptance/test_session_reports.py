"""How outcomes read: on the terminal, and in JUnit's XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from go_project import output

if TYPE_CHECKING:
    from go_project import GoProject

TESTS = """
    package p

    import (
        "testing"
        "time"
    )

    func TestPasses(t *testing.T) { t.Log("a log of a passing test") }

    func TestSlow(t *testing.T) { time.Sleep(150 * time.Millisecond) }

    func TestSkipped(t *testing.T) {
        t.Skip("no database here")
    }

    func TestFails(t *testing.T) {
        t.Log("before it")
        t.Errorf("got %d, want %d", 1, 2)
    }
"""
FAIL_LINE = 18
SKIP_LINE = 13

SUBTESTS = """
    package p

    import "testing"

    func TestTable(t *testing.T) {
        t.Run("good", func(t *testing.T) {})
        t.Run("bad", func(t *testing.T) { t.Error("bad one") })
        t.Run("left out", func(t *testing.T) { t.Skip("not today") })
    }

    func TestAllGood(t *testing.T) {
        t.Run("one", func(t *testing.T) {})
        t.Run("two", func(t *testing.T) { t.Run("deep", func(t *testing.T) {}) })
    }
"""


@pytest.fixture
def four(project: GoProject) -> GoProject:
    """Tests that pass, take a while, are skipped and fail."""
    project.write({"p/p_test.go": TESTS})
    return project


@pytest.fixture
def table(project: GoProject) -> GoProject:
    """Tests with subtests."""
    project.write({"p/p_test.go": SUBTESTS})
    return project


def test_verbose(four: GoProject) -> None:
    """-v has a line for each test, and -rA one for each in the summary."""
    result = four.run("-v", "-rA")

    result.assert_outcomes(passed=2, skipped=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "p/p_test.go::TestPasses PASSED*",
            "p/p_test.go::TestSlow PASSED*",
            "p/p_test.go::TestSkipped SKIPPED (no database here)*",
            "p/p_test.go::TestFails FAILED*",
        ]
    )
    result.stdout.fnmatch_lines_random(
        [
            "PASSED p/p_test.go::TestPasses",
            f"SKIPPED [[]1[]] p/p_test.go:{SKIP_LINE}: no database here",
            "FAILED p/p_test.go::TestFails - got 1, want 2",
        ]
    )
    assert "a log of a passing test" in output(result)


def test_failure_text(four: GoProject) -> None:
    """A failure shows Go's words once, with a path that exists where pytest was started."""
    result = four.run()

    text = result.stdout.str()
    assert re.search(rf"^ +p/p_test\.go:{FAIL_LINE}: got 1, want 2$", text, re.MULTILINE)
    assert text.count("before it") == 1
    assert text.count("--- FAIL: TestFails") == 1
    assert str(four.path / "p") not in text


def test_paths_from_a_subdirectory(four: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started in a subdirectory, pytest shows paths that exist from there."""
    four.write({"pytest.ini": "[pytest]\n"})
    monkeypatch.chdir(four.path / "p")

    result = four.run("-rfs")

    assert re.search(rf"^ +p_test\.go:{FAIL_LINE}: got 1, want 2$", output(result), re.MULTILINE)
    assert f"SKIPPED [1] p_test.go:{SKIP_LINE}: no database here" in output(result)
    assert "FAILED p_test.go::TestFails" in output(result)


def test_paths_from_a_sibling(four: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started beside the package, pytest shows paths that exist from there too."""
    four.write({"pytest.ini": "[pytest]\n", "other/x.txt": ""})
    monkeypatch.chdir(four.path / "other")

    result = four.run("../p")

    [line] = [line for line in result.outlines if line.endswith("got 1, want 2") and ":18" in line]
    shown = line.strip().partition(":")[0]
    assert (four.path / "other" / shown).resolve() == four.path / "p/p_test.go"


def test_durations(four: GoProject) -> None:
    """--durations shows Go's own time of a test, and counts no waiting to another."""
    result = four.run("--durations=0", "-vv", "--wslgo-journal=j")

    calls = re.findall(r"^(\d+\.\d\d)s call +p/p_test\.go::(\w+)$", output(result), re.MULTILINE)
    told = four.elapsed(four.path / "j")
    assert {name: float(seconds) for seconds, name in calls} == told
    assert told["TestSlow"] >= 0.15
    setups = re.findall(r"^(\d+\.\d\d)s setup", output(result), re.MULTILINE)
    assert all(float(seconds) < 0.3 for seconds in setups)


@pytest.mark.parametrize("style", ["no", "short", "line", "native", "long"])
def test_tracebacks(four: GoProject, style: str) -> None:
    """--tb=no shows no text, the others Go's words; line ends with the place and the message."""
    result = four.run(f"--tb={style}")

    result.assert_outcomes(passed=2, skipped=1, failed=1)
    section = output(result).partition("= FAILURES")[2].partition("short test summary")[0]
    if style == "no":
        assert not section
    elif style == "line":
        lines = section.strip("= \n").splitlines()
        assert lines[-1] == f"p/p_test.go:{FAIL_LINE}: got 1, want 2"
    else:
        assert f"p/p_test.go:{FAIL_LINE}: got 1, want 2" in section


def test_quiet(four: GoProject) -> None:
    """-q leaves the header out, and the failure stays."""
    result = four.run("-q")

    assert "wslgo: go" not in output(result)
    assert "got 1, want 2" in output(result)
    assert result.ret == 1


@pytest.mark.parametrize("option", ["no:terminal", "no:cacheprovider", "no:junitxml", "no:xdist"])
def test_without_plugins(four: GoProject, option: str) -> None:
    """It works without pytest's own plugins that one can do without."""
    result = four.run("-p", option)

    assert result.ret == 1
    if option != "no:terminal":
        result.assert_outcomes(passed=2, skipped=1, failed=1)
    assert "INTERNALERROR" not in output(result)


def test_without_summary(four: GoProject) -> None:
    """--no-summary is accepted, and the counts stay."""
    result = four.run("--no-summary")

    result.assert_outcomes(passed=2, skipped=1, failed=1)


def test_colour(four: GoProject) -> None:
    """--color=yes colours as usual, and writes no live line where there is no terminal."""
    result = four.run("--color=yes", "-v")

    text = result.stdout.str()
    assert "\x1b[31mFAILED\x1b[0m" in text
    assert "\x1b[2K" not in text
    assert "Go tests finished" not in text


def test_subtests_verbose(table: GoProject) -> None:
    """With -v each subtest has a line: SUBPASSED, SUBFAILED, SUBSKIPPED with its reason."""
    result = table.run("-v")

    text = output(result)
    assert re.search(r"p/p_test\.go::TestTable SUBFAILED\[bad\]", text) or "[bad] SUBFAILED" in text
    assert "SUBPASSED" in text
    assert "SUBSKIPPED" in text
    assert "not today" in text


def test_subtests_counted(table: GoProject) -> None:
    """Quiet about subtests that passed; the failed one counts beside its test."""
    result = table.run()

    result.assert_outcomes(passed=1, failed=2)
    assert "SUBPASSED" not in output(result)
    assert "subtests passed" not in output(result)
    assert re.search(r"SUBFAILED\[bad\] p/p_test\.go::TestTable - bad one", output(result))


def test_subtests_text(table: GoProject) -> None:
    """A failed subtest's message stands under its test, with its place."""
    result = table.run()

    assert "--- FAIL: TestTable/bad (0.00s)" in output(result)
    assert re.search(r"^ +p/p_test\.go:7: bad one$", output(result), re.MULTILINE)


def test_junit_cases(four: GoProject) -> None:
    """JUnit has one test case for each Go test, with Go's time, and nothing else."""
    cases = four.junit("--wslgo-journal=j", "-o", "junit_duration_report=call")

    times = {name: float(case.get("time", "-1")) for name, case in cases.items()}
    told = four.elapsed(four.path / "j")
    assert times == {f"p.p_test.go::{name}": seconds for name, seconds in told.items()}
    assert len(told) == 4


def test_junit_failure(four: GoProject) -> None:
    """JUnit has a failure's text once, and its message as an attribute."""
    cases = four.junit()

    case = cases["p.p_test.go::TestFails"]
    [failure] = case.findall("failure")
    assert failure.get("message") == "got 1, want 2"
    everything = "".join(case.itertext())
    assert everything.count("before it") == 1
    assert everything.count("got 1, want 2") == 1


def test_junit_skip(four: GoProject) -> None:
    """JUnit has a skip's reason, and no failure beside it."""
    cases = four.junit()

    [skipped] = cases["p.p_test.go::TestSkipped"]
    assert skipped.tag == "skipped"
    assert skipped.get("message") == "no database here"
    assert f"p_test.go:{SKIP_LINE}" in (skipped.text or "")


def test_junit_subtests(table: GoProject) -> None:
    """Subtests are in their test's case: a failed one fails it, and adds no case and no time."""
    cases = table.junit()

    assert set(cases) == {"p.p_test.go::TestTable", "p.p_test.go::TestAllGood"}
    assert [child.tag for child in cases["p.p_test.go::TestTable"]] == ["failure"]
    assert "bad one" in "".join(cases["p.p_test.go::TestTable"].itertext())
    assert cases["p.p_test.go::TestAllGood"].find("failure") is None
    assert cases["p.p_test.go::TestAllGood"].find("skipped") is None


def test_junit_control_characters(project: GoProject) -> None:
    """Escape and NUL bytes in a test's output do not break the XML."""
    project.write(
        {
            "p_test.go": r"""
                package p

                import (
                    "fmt"
                    "testing"
                )

                func TestA(t *testing.T) {
                    fmt.Println("\x1b[31mred\x00\x16 \xff")
                    t.Error("no \x1b[0m")
                }
            """
        }
    )

    cases = project.junit()

    assert list(cases) == ["p_test.go::TestA"]
    assert "red" in "".join(cases["p_test.go::TestA"].itertext())


def test_header(four: GoProject) -> None:
    """The header says which Go it is and why, and what is on."""
    result = four.run()

    line = next(line for line in result.outlines if line.startswith("wslgo: "))
    assert re.fullmatch(
        r"wslgo: go\S+ from .+ \(.*go\); race off: --wslgo-race=off; coverage off", line
    )


def test_log_only_failure(project: GoProject) -> None:
    """A failure without a message says so, and is not an empty text."""
    project.write_noting("", "TestFails")

    result = project.run()

    assert "FAILED a_test.go::TestFails - failed without a message" in output(result)


def test_skip_without_a_reason(project: GoProject) -> None:
    """t.SkipNow has no reason: the report says that, at the test's line."""
    project.write(
        {"a_test.go": 'package m\n\nimport "testing"\n\nfunc TestA(t *testing.T) { t.SkipNow() }\n'}
    )

    result = project.run("-rs")

    assert "SKIPPED [1] a_test.go:5: skipped without a reason" in output(result)


def test_long_output(project: GoProject) -> None:
    """A line that Go splits into many events is whole in the report."""
    project.write(
        {
            "a_test.go": """
                package m

                import (
                    "fmt"
                    "strings"
                    "testing"
                )

                func TestA(t *testing.T) {
                    fmt.Println(strings.Repeat("x", 20000))
                    t.Fatal("end")
                }
            """
        }
    )

    result = project.run()

    assert "x" * 20000 in output(result)


def test_one_line_for_each_failure(project: GoProject) -> None:
    """With --tb=line a failure is its place and message, and nothing more."""
    project.write(
        {
            "p_test.go": """
                package p

                import "testing"

                func TestBad(t *testing.T) { t.Error("first\\nsecond") }
            """
        }
    )

    result = project.run("--tb=line")

    expected = ["*= FAILURES =*", "p_test.go:5: first", "*= short test summary*"]
    result.stdout.fnmatch_lines(expected, consecutive=True)
