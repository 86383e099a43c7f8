"""Reports of the race detector: on the test that they name, in the summary, in JUnit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from go_project import output

from pytest_wslgo.toolchain import locate

if TYPE_CHECKING:
    from go_project import GoProject

LEAKS = """
    package p

    import "testing"

    var v int
    var start, done = make(chan bool), make(chan bool)

    func TestLeak(t *testing.T) { leak() }

    func TestFine(t *testing.T) {}

    func leak() { go func() { <-start; v = 1; done <- true }() }
"""
AFTER_ALL = """
    func TestMain(m *testing.M) { code := m.Run(); close(start); v = 2; <-done; os.Exit(code) }
"""
IN_PARALLEL = """
    package p

    import "testing"

    var v int

    // TestQuiet is the last one named when the others race.
    func TestRaces(t *testing.T) {
        t.Parallel()
        t.Run("inner", func(t *testing.T) {
            done := make(chan bool)
            go func() { v = 1; done <- true }()
            v = 2
            <-done
        })
    }
    func TestPasses(t *testing.T) {}
"""
RULER = "=" * 18


@pytest.fixture(autouse=True)
def race(project: GoProject) -> None:
    """What the tests here need."""
    assert project
    support = locate(environ=os.environ).race
    if not support.ok:
        pytest.skip(f"no race detector here: {support.reason}")


def test_it_is_a_state_of_its_own(project: GoProject) -> None:
    """A race is named with its places, said behind FAILED, counted, and kept under its subtest."""
    project.write({"p_test.go": IN_PARALLEL})

    result = project.run("-v", "--wslgo-race=on")

    result.stdout.fnmatch_lines(
        [
            "p_test.go::TestRaces FAILED (data race) *",
            "    --- FAIL: TestRaces/inner (*",
            RULER,
            "WARNING: DATA RACE",
            "Write at * by goroutine *:",
            "  example.com/m.TestRaces.func1*()",
            "      p_test.go:1? *",
            "data races: 1 report, in example.com/m.TestRaces",
            "FAILED p_test.go::TestRaces - data race: write at p_test.go:1?, *",
        ]
    )


def test_in_junit(project: GoProject) -> None:
    """The failure's message and a property of the test case tell it."""
    project.write({"p_test.go": IN_PARALLEL})

    case = project.junit("--wslgo-race=on")["p_test.go::TestRaces"]

    failure = case.find("failure")
    assert failure is not None
    assert failure.attrib["message"].startswith("data race: write at p_test.go:")
    assert "WARNING: DATA RACE" in (failure.text or "")
    assert [each.attrib for each in case.iter("property")] == [{"name": "data races", "value": "1"}]


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["alone", "workers"])
def test_after_the_last_test(project: GoProject, workers: tuple[str, ...]) -> None:
    """A race of a test that had passed is an error of that test, not of the last one."""
    text = LEAKS.replace('import "testing"', 'import (\n        "os"\n        "testing"\n    )')
    project.write({"p_test.go": text + AFTER_ALL})

    result = project.run("--wslgo-race=on", *workers, alone=bool(workers))

    assert result.ret == 1
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of TestLeak*",
            "example.com/m: data race: * at p_test.go:1?, * found after TestLeak had passed",
            "data races: 1 report, in example.com/m.TestLeak",
            "ERROR p_test.go::TestLeak - *",
        ]
    )


def test_under_another_test(project: GoProject) -> None:
    """A report that came under a running test names the one that leaked; both are red."""
    text = LEAKS + "    func TestVictim(t *testing.T) { close(start); v++; <-done }\n"
    project.write({"p_test.go": text.replace("v = 1", "leaked()") + "func leaked() { v = 1 }\n"})

    result = project.run("--wslgo-race=on")

    assert result.ret == 1
    result.assert_outcomes(passed=2, failed=1)
    assert "data race: " in output(result)
    assert "in example.com/m.TestVictim" in output(result)


def test_a_report_that_a_test_prints(project: GoProject) -> None:
    """Words that look like a report make nothing red where Go is content."""
    project.write(
        {
            "p_test.go": f"""
                package p

                import (
                    "fmt"
                    "testing"
                )

                func TestPrints(t *testing.T) {{
                    fmt.Println("{RULER}")
                    fmt.Println("WARNING: DATA RACE")
                    fmt.Println("Write at 0x00c0000 by goroutine 1:")
                    fmt.Println("  example.com/m.TestPrints()")
                    fmt.Println("{RULER}")
                    fmt.Println("after")
                }}
            """
        }
    )

    result = project.run("-rP")

    result.assert_outcomes(passed=1)
    assert "data races" not in output(result)
    result.stdout.fnmatch_lines([RULER, "WARNING: DATA RACE", RULER, "after"])
