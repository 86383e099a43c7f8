"""Data races, wherever they are reported; the race detector is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject

RACE = """
func race() {
	x, done := 0, make(chan bool)
	go func() { x++; close(done) }()
	x++
	<-done
	_ = x
}
"""

CASES = (
    Case(
        "28",
        "A race in a test fails it, and no other",
        RACE
        + r"""
func TestRaces(t *testing.T) { race() }
func TestFine(t *testing.T) {}
""",
        {"TestRaces": "failed", "TestFine": "passed"},
        race=True,
        texts={"TestRaces": ("WARNING: DATA RACE", "race detected during execution of test")},
    ),
    Case(
        "28b",
        "A race in a subtest is its subtest's and its test's",
        RACE
        + r"""
func TestT(t *testing.T) {
	t.Run("fine", func(t *testing.T) {})
	t.Run("races", func(t *testing.T) { race() })
}
func TestFine(t *testing.T) {}
""",
        {"TestT": "failed", "TestT [races]": "failed", "TestFine": "passed"},
        race=True,
        texts={"TestT": "WARNING: DATA RACE"},
    ),
    Case(
        "28c",
        "A race in a test that skips itself is a failure",
        RACE
        + r"""
func TestRaces(t *testing.T) { race(); t.Skip("rather not") }
""",
        {"TestRaces": "failed"},
        race=True,
    ),
    Case(
        "28d",
        "Races have status 0 by GORACE: a test that raced has failed all the same",
        RACE
        + r"""
func TestRaces(t *testing.T) { race() }
func TestFine(t *testing.T) {}
""",
        {"TestRaces": "failed", "TestFine": "passed"},
        race=True,
        environ={"GORACE": "exitcode=0"},
    ),
    Case(
        "29",
        "A race after the tests: an error at the last one's teardown",
        RACE
        + r"""
func TestMain(m *testing.M) { m.Run(); race() }
func TestFine(t *testing.T) {}
""",
        {"TestFine": "passed error"},
        race=True,
        texts={"TestFine": ("WARNING: DATA RACE", "data race: ", "; outside of its tests")},
    ),
    Case(
        "29b",
        "A race before the tests",
        RACE
        + r"""
func init() { race() }
func TestFine(t *testing.T) {}
""",
        {"TestFine": "passed error"},
        race=True,
        texts={"TestFine": ("WARNING: DATA RACE", "data race: ", "; outside of its tests")},
    ),
    Case(
        "29c",
        "A race after the tests has status 0 by GORACE: it was seen, and is not green",
        RACE
        + r"""
func TestMain(m *testing.M) { m.Run(); race() }
func TestFine(t *testing.T) {}
""",
        {"TestFine": "passed error"},
        race=True,
        environ={"GORACE": "exitcode=0"},
        texts={"TestFine": "WARNING: DATA RACE"},
    ),
    Case(
        "29d",
        "A race after an expected failure was not expected",
        RACE
        + r"""
func TestMain(m *testing.M) { m.Run(); race() }
func TestKnown(t *testing.T) { t.Error("known") }
-- conftest.py --
import pytest

def pytest_collection_modifyitems(items):
    items[0].add_marker(pytest.mark.xfail)
""",
        {"TestKnown": "xfailed error"},
        race=True,
        texts={"TestKnown": "WARNING: DATA RACE"},
    ),
    Case(
        "29e",
        "A race that ends the process: its test has failed, the next did not run",
        RACE
        + r"""
func TestRaces(t *testing.T) { race() }
func TestLater(t *testing.T) {}
""",
        {"TestRaces": "failed", "TestLater": "error"},
        race=True,
        environ={"GORACE": "halt_on_error=1"},
        texts={"TestRaces": "WARNING: DATA RACE"},
    ),
    Case(
        "29f",
        "Reports of races that go to a file: the failure is there without them",
        RACE
        + r"""
func TestMain(m *testing.M) { m.Run(); race() }
func TestFine(t *testing.T) {}
""",
        {"TestFine": "passed error"},
        race=True,
        environ={"GORACE": "log_path={project}/race"},
    ),
    Case(
        "30",
        "What only prints that it is a race is none",
        r"""
func TestPrints(t *testing.T) { fmt.Println("WARNING: DATA RACE") }
func TestFails(t *testing.T) { t.Error("on its own") }
""",
        {"TestPrints": "passed", "TestFails": "failed"},
    ),
)


@run(CASES)
def test_race(case: Case, project: GoProject) -> None:
    """A race is red, and stands where it happened."""
    check(case, project)
