"""Test binaries that leave early, by the front door or by the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject


CASES = (
    Case(
        "21",
        "os.Exit(3) in a test fails it; the next one did not run",
        r"""
func TestBefore(t *testing.T) {}
func TestExits(t *testing.T) { os.Exit(3) }
func TestLater(t *testing.T) {}
""",
        {"TestBefore": "passed", "TestExits": "failed", "TestLater": "error"},
        lines=(
            "FAILED x_test.go::TestExits - the test binary ended while it ran (os.Exit? a signal?)",
            "ERROR x_test.go::TestLater - did not run: *TestExits ran*",
        ),
    ),
    Case(
        "21b",
        "os.Exit(0) in a test is no pass for it, nor for the next",
        r"""
func TestExits(t *testing.T) { os.Exit(0) }
func TestLater(t *testing.T) {}
""",
        {"TestExits": "failed", "TestLater": "error"},
        texts={"TestExits": "unexpected call to os.Exit(0) during test"},
    ),
    Case(
        "21c",
        "os.Exit(0) in a goroutine of a test that waits",
        r"""
func TestExits(t *testing.T) { go os.Exit(0); select {} }
func TestLater(t *testing.T) {}
""",
        {"TestExits": "failed", "TestLater": "error"},
        texts={"TestExits": "unexpected call to os.Exit(0) during test"},
    ),
    Case(
        "21d",
        "An exit with status 0 that Go cannot see: as from C, or by the system call",
        r"""
func TestBefore(t *testing.T) {}
func TestExits(t *testing.T) { syscall.Exit(0) }
func TestLater(t *testing.T) {}
""",
        {"TestBefore": "passed", "TestExits": "error", "TestLater": "error"},
        lines=("ERROR x_test.go::TestExits - did not run to its end: *",),
    ),
    Case(
        "21e",
        "The same at the very end: the last test has no end, and its package no PASS",
        r"""
func TestBefore(t *testing.T) {}
func TestExits(t *testing.T) { t.Cleanup(func() { syscall.Exit(0) }) }
""",
        {"TestBefore": "passed", "TestExits": "error"},
    ),
    Case(
        "21k",
        "The same behind a failure: the failure does not answer for the test that has no end",
        r"""
func TestFails(t *testing.T) { t.Error("wrong") }
func TestExits(t *testing.T) { syscall.Exit(0) }
""",
        {"TestFails": "failed", "TestExits": "error", "go test": "error"},
    ),
    Case(
        "21l",
        "The same behind an expected failure: the session is not green",
        r"""
func TestKnown(t *testing.T) { t.Error("known") }
func TestExits(t *testing.T) { syscall.Exit(0) }
-- conftest.py --
import pytest

def pytest_collection_modifyitems(items):
    items[0].add_marker(pytest.mark.xfail)
""",
        {"TestKnown": "xfailed", "TestExits": "error", "go test": "error"},
    ),
    Case(
        "21m",
        "An exit with status 0 while one test runs and a parallel one waits for its turn",
        r"""
func TestPaused(t *testing.T) { t.Parallel(); t.Error("never seen") }
func TestExits(t *testing.T) { syscall.Exit(0) }
func TestLater(t *testing.T) {}
""",
        {"TestPaused": "error", "TestExits": "error", "TestLater": "error"},
    ),
    Case(
        "21n",
        "An exit with status 0 in a subtest",
        r"""
func TestT(t *testing.T) { t.Run("sub", func(t *testing.T) { syscall.Exit(0) }) }
func TestLater(t *testing.T) { t.Error("never seen") }
""",
        {"TestT": "error", "TestLater": "error"},
    ),
    Case(
        "21f",
        "SIGKILL",
        r"""
func TestKilled(t *testing.T) { syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} }
func TestLater(t *testing.T) {}
""",
        {"TestKilled": "failed", "TestLater": "error"},
        lines=("FAILED x_test.go::TestKilled - the test binary ended, killed (SIGKILL*",),
    ),
    Case(
        "21g",
        "SIGSEGV from outside, as C code would have it: the runtime's words are the test's",
        r"""
func TestKilled(t *testing.T) { syscall.Kill(os.Getpid(), syscall.SIGSEGV); select {} }
func TestLater(t *testing.T) {}
""",
        {"TestKilled": "failed", "TestLater": "error"},
        texts={"TestKilled": "SIGSEGV: segmentation violation"},
    ),
    Case(
        "21h",
        "An exit among parallel tests: none of them is green, and both are named",
        r"""
func TestA(t *testing.T) { t.Parallel(); select {} }
func TestB(t *testing.T) { t.Parallel(); os.Exit(3) }
""",
        {"TestA": "error", "TestB": "error"},
        args=("--wslgo-parallel=2",),
        texts={"TestA": "did not run to its end: the test binary ended while TestA, TestB ran"},
    ),
    Case(
        "21i",
        "A test that kills `go` itself: nothing is known of the rest, and that is said",
        r"""
func TestKills(t *testing.T) { syscall.Kill(os.Getppid(), syscall.SIGKILL); select {} }
func TestLater(t *testing.T) {}
""",
        {"TestKills": "error", "TestLater": "error"},
        alone=True,
    ),
    Case(
        "21j",
        "A test that kills its process group: `go`, and whatever started it in that group",
        r"""
func TestKills(t *testing.T) { syscall.Kill(0, syscall.SIGKILL); select {} }
func TestLater(t *testing.T) {}
""",
        {"TestKills": "error", "TestLater": "error"},
        alone=True,
    ),
    Case(
        "22",
        "A TestMain that exits with 0 before m.Run: Go is content, and no test is green",
        r"""
func TestMain(m *testing.M) { os.Exit(0) }
func TestA(t *testing.T) {}
func TestB(t *testing.T) { t.Error("never seen") }
""",
        {"TestA": "error", "TestB": "error"},
        lines=("ERROR x_test.go::TestA - did not run: *",),
    ),
    Case(
        "22b",
        "A TestMain that returns without m.Run",
        r"""
func TestMain(m *testing.M) {}
func TestA(t *testing.T) {}
""",
        {"TestA": "error"},
    ),
    Case(
        "22c",
        "A TestMain that exits with 0 although a test failed: the test has failed all the same",
        r"""
func TestMain(m *testing.M) { m.Run(); os.Exit(0) }
func TestFails(t *testing.T) { t.Error("hidden") }
func TestPasses(t *testing.T) {}
""",
        {"TestFails": "failed", "TestPasses": "passed", "go test": "error"},
        lines=("FAILED x_test.go::TestFails - hidden",),
    ),
    Case(
        "22d",
        "A TestMain that runs its tests by a filter of its own",
        r"""
func init() { os.Args = append(os.Args, "-test.run=TestB") }
func TestA(t *testing.T) { t.Error("never seen") }
func TestB(t *testing.T) {}
""",
        {"TestA": "error", "TestB": "passed"},
        lines=("ERROR x_test.go::TestA - did not run: *",),
    ),
    Case(
        "22e",
        "An init that has the tests listed instead of run",
        r"""
func init() { os.Args = append(os.Args, "-test.list=.") }
func TestA(t *testing.T) { t.Error("never seen") }
""",
        {"TestA": "error"},
    ),
    Case(
        "22f",
        "An init that has every test run no times",
        r"""
func init() { os.Args = append(os.Args, "-test.count=0") }
func TestA(t *testing.T) { t.Error("never seen") }
""",
        {"TestA": "error"},
    ),
    Case(
        "22h",
        "A TestMain that has the tests run without events: one that fails is not hidden",
        r"""
func TestMain(m *testing.M) { flag.Parse(); flag.Set("test.v", "false"); os.Exit(m.Run()) }
func TestA(t *testing.T) {}
func TestB(t *testing.T) { t.Error("heard by its FAIL alone") }
""",
        {"TestA": "error", "TestB": "failed"},
    ),
    Case(
        "22i",
        "A TestMain that runs what was not selected: its failure is the package's",
        r"""
func TestMain(m *testing.M) { flag.Parse(); flag.Set("test.run", "."); os.Exit(m.Run()) }
func TestA(t *testing.T) {}
func TestB(t *testing.T) { t.Error("not selected, but run") }
""",
        {"TestA": "passed error"},
        args=("x_test.go::TestA",),
        texts={"TestA": ("the package failed in TestB, which was not selected", "but run")},
    ),
    Case(
        "22g",
        "A TestMain that runs the tests until they pass: they have failed once",
        r"""
var round int
func TestMain(m *testing.M) { m.Run(); round++; os.Exit(m.Run()) }
func TestFlaky(t *testing.T) { if round == 0 { t.Error("the first time") } }
""",
        {"TestFlaky": "failed", "go test": "error"},
        texts={"TestFlaky": "the first time"},
    ),
    Case(
        "23",
        "A TestMain that fails after its tests: an error at the last one's teardown",
        r"""
func TestMain(m *testing.M) { m.Run(); fmt.Println("2 connections left"); os.Exit(4) }
func TestA(t *testing.T) {}
func TestB(t *testing.T) {}
""",
        {"TestA": "passed", "TestB": "passed error"},
        texts={"TestB": ("example.com/m: the package failed", "2 connections left")},
    ),
    Case(
        "23g",
        "The same where the last test is skipped by a mark: the one before it carries the fault",
        r"""
func TestMain(m *testing.M) { m.Run(); os.Exit(4) }
func TestA(t *testing.T) {}
func TestB(t *testing.T) {}
-- conftest.py --
import pytest

def pytest_collection_modifyitems(items):
    items[-1].add_marker(pytest.mark.skip(reason="not now"))
""",
        {"TestA": "passed error", "TestB": "skipped"},
    ),
    Case(
        "23h",
        "The same under a fixture of function scope, which gives a test a run of its own",
        r"""
func TestMain(m *testing.M) { m.Run(); os.Exit(4) }
//wslgo:usefixtures database
func TestA(t *testing.T) {}
-- conftest.py --
import pytest

@pytest.fixture
def database():
    yield
""",
        {"TestA": "passed", ".": "error"},
        texts={".": "the package failed"},
    ),
    Case(
        "23i",
        "A failed teardown beside a failed test: what it said is not lost",
        r"""
func TestMain(m *testing.M) { m.Run(); fmt.Println("2 connections left"); os.Exit(4) }
func TestFails(t *testing.T) { t.Error("wrong") }
""",
        {"TestFails": "failed"},
        terminal=("2 connections left",),
    ),
    Case(
        "23b",
        "A panic in init: no test ran, and the trace stands once",
        r"""
func init() { panic("no config") }
func TestA(t *testing.T) {}
func TestB(t *testing.T) {}
""",
        {"TestA": "error", "TestB": "error"},
        texts={"TestA": "panic: no config", "TestB": "(the text is shown under x_test.go::TestA)"},
    ),
    Case(
        "23c",
        "A panic in TestMain after the tests",
        r"""
func TestMain(m *testing.M) { m.Run(); panic("teardown") }
func TestA(t *testing.T) {}
""",
        {"TestA": "passed error"},
        texts={"TestA": "panic: teardown"},
    ),
    Case(
        "23d",
        "A panic in TestMain before the tests",
        r"""
func TestMain(m *testing.M) { panic("setup") }
func TestA(t *testing.T) {}
""",
        {"TestA": "error"},
        texts={"TestA": "panic: setup"},
    ),
    Case(
        "23e",
        "log.Fatal in TestMain: its words are the reason that a reader needs",
        r"""
func TestMain(m *testing.M) { log.Fatal("no database") }
func TestA(t *testing.T) {}
""",
        {"TestA": "error"},
        texts={"TestA": "no database"},
    ),
)


@run(CASES)
def test_exit(case: Case, project: GoProject) -> None:
    """No test is green whose end nobody saw, whatever the exit status."""
    check(case, project)
