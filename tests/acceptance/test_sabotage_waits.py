"""Tests that hang, stop half-way, or leave something behind that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject

SHORT = ("--wslgo-timeout=1s",)

CASES = (
    Case(
        "24",
        "The timeout strikes: the test that ran has failed, the next one did not run",
        r"""
func TestQuick(t *testing.T) {}
func TestHangs(t *testing.T) { time.Sleep(time.Hour) }
func TestLater(t *testing.T) {}
""",
        {"TestQuick": "passed", "TestHangs": "failed", "TestLater": "error"},
        args=SHORT,
        texts={"TestHangs": "panic: test timed out after 1s"},
        lines=(
            "FAILED x_test.go::TestHangs - the timeout of 1s struck while TestHangs ran, at *:4",
            "ERROR x_test.go::TestLater - did not run: the timeout of 1s struck while TestHangs *",
        ),
    ),
    Case(
        "24b",
        "Two parallel tests hang: both have failed, whoever has the trace",
        r"""
func TestA(t *testing.T) { t.Parallel(); time.Sleep(time.Hour) }
func TestB(t *testing.T) { t.Parallel(); time.Sleep(time.Hour) }
func TestQuick(t *testing.T) { t.Parallel() }
""",
        {"TestA": "failed", "TestB": "failed", "TestQuick": "passed"},
        args=(*SHORT, "--wslgo-parallel=3"),
    ),
    Case(
        "24c",
        "A subtest hangs: it is named, the one before it has passed",
        r"""
func TestT(t *testing.T) {
	t.Run("quick", func(t *testing.T) {})
	t.Run("hangs", func(t *testing.T) { time.Sleep(time.Hour) })
}
""",
        {"TestT": "failed", "TestT [hangs]": "failed"},
        args=SHORT,
        lines=("FAILED x_test.go::TestT - the timeout of 1s struck while TestT/hangs ran, at *:5",),
    ),
    Case(
        "24d",
        "A test that waits for a lock hangs, and is told so at its own line",
        r"""
func TestLock(t *testing.T) { var m sync.Mutex; m.Lock(); m.Lock() }
""",
        {"TestLock": "failed"},
        args=SHORT,
        texts={"TestLock": "x_test.go:3"},
    ),
    Case(
        "24e",
        "A cleanup hangs",
        r"""
func TestT(t *testing.T) { t.Cleanup(func() { time.Sleep(time.Hour) }) }
func TestLater(t *testing.T) {}
""",
        {"TestT": "failed", "TestLater": "error"},
        args=SHORT,
    ),
    Case(
        "24f",
        "An expected failure that hangs takes the next one along: that was not expected",
        r"""
func TestHangs(t *testing.T) { time.Sleep(time.Hour) }
func TestLater(t *testing.T) {}
-- conftest.py --
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.xfail)
""",
        {"TestHangs": "xfailed", "TestLater": "error"},
        args=SHORT,
    ),
    Case(
        "25",
        "FailNow on a parent: its next subtests never ran, and are not reported",
        r"""
func TestParent(t *testing.T) {
	t.Run("a", func(t *testing.T) { t.Error("a is wrong") })
	if t.Failed() { t.Fatal("giving up") }
	t.Run("b", func(t *testing.T) {})
}
""",
        {"TestParent": "failed", "TestParent [a]": "failed"},
        texts={"TestParent": ("a is wrong", "giving up")},
    ),
    Case(
        "25b",
        "FailNow on a parent whose parallel subtests wait for its end: they run all the same",
        r"""
func TestParent(t *testing.T) {
	t.Run("good", func(t *testing.T) { t.Parallel() })
	t.Run("bad", func(t *testing.T) { t.Parallel(); t.Error("bad, too") })
	t.Fatal("the parent")
}
""",
        {"TestParent": "failed", "TestParent [bad]": "failed"},
        texts={"TestParent": ("the parent", "bad, too")},
    ),
    Case(
        "25c",
        "FailNow in a goroutine fails the test, and ends the goroutine alone",
        r"""
func TestT(t *testing.T) {
	done := make(chan bool)
	go func() { defer close(done); t.FailNow() }()
	<-done
	t.Log("went on")
}
func TestLater(t *testing.T) {}
""",
        {"TestT": "failed", "TestLater": "passed"},
        texts={"TestT": "went on"},
    ),
    Case(
        "25d",
        "A subtest that calls FailNow on its parent, and the next test runs",
        r"""
func TestT(t *testing.T) {
	t.Run("sub", func(*testing.T) { t.FailNow() })
}
func TestLater(t *testing.T) {}
""",
        {"TestT": "failed", "TestT [sub]": "failed", "TestLater": "passed"},
        texts={"TestT": "subtest may have called FailNow on a parent test"},
    ),
    Case(
        "25e",
        "A skip after a failure is a failure",
        r"""
func TestT(t *testing.T) {
	t.Run("sub", func(t *testing.T) { t.Error("wrong") })
	t.Skip("rather not")
}
func TestU(t *testing.T) { t.Error("wrong"); t.SkipNow() }
""",
        {"TestT": "failed", "TestT [sub]": "failed", "TestU": "failed"},
    ),
    Case(
        "27",
        "-failfast: what was left out is no pass",
        r"""
func TestA(t *testing.T) { t.Error("wrong") }
func TestB(t *testing.T) {}
-- z/x_test.go --
func TestZ(t *testing.T) {}
""",
        {"TestA": "failed", "TestB": "error", "z/x_test.go::TestZ": "error"},
        args=("--wslgo-args=-failfast", "--wslgo-jobs=1"),
        versions={
            "1.24": {  # it went on with the next package
                "outcomes": {"TestA": "failed", "TestB": "error", "z/x_test.go::TestZ": "passed"}
            }
        },
    ),
    Case(
        "31",
        "A child that holds stdout for a while: the package waits for it, and passes",
        r"""
func TestStarts(t *testing.T) {
	child := exec.Command("sleep", "0.3")
	child.Stdout = os.Stdout
	if err := child.Start(); err != nil { t.Fatal(err) }
}
""",
        {"TestStarts": "passed"},
        status=0,
    ),
    Case(
        "31b",
        "A child that holds stdout for long: Go gives up, and the package has failed",
        r"""
func TestStarts(t *testing.T) {
	child := exec.Command("sleep", "15")
	child.Stdout = os.Stdout
	if err := child.Start(); err != nil { t.Fatal(err) }
}
func TestLater(t *testing.T) {}
""",
        {"TestStarts": "passed", "TestLater": "passed error"},
        texts={"TestLater": "Test I/O incomplete 5s after exiting"},
        slow=True,  # Go waits five seconds for the child
    ),
    Case(
        "31d",
        "The same behind an expected failure: Go says nothing of the child then",
        r"""
func TestKnown(t *testing.T) {
	child := exec.Command("sleep", "15")
	child.Stdout = os.Stdout
	if err := child.Start(); err != nil { t.Fatal(err) }
	t.Error("known")
}
-- conftest.py --
import pytest

def pytest_collection_modifyitems(items):
    items[0].add_marker(pytest.mark.xfail)
""",
        {"TestKnown": "xfailed"},
        status=0,
        slow=True,  # Go waits five seconds for the child
    ),
    Case(
        "31c",
        "A child that goes on writing results after the test binary has ended",
        r"""
func TestStarts(t *testing.T) {
	child := exec.Command("sh", "-c", "sleep 0.3; printf '\\026--- FAIL: TestLater (0.00s)\\n'")
	child.Stdout = os.Stdout
	if err := child.Start(); err != nil { t.Fatal(err) }
}
func TestLater(t *testing.T) {}
""",
        {"TestStarts": "passed", "TestLater": "passed error"},
    ),
    Case(
        "32",
        "A test that kills the process that started `go`: the run is lost, and that is said",
        r"""
func TestKills(t *testing.T) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", os.Getppid()))
	var pid, runner int
	var name, state string
	fmt.Sscan(string(status), &pid, &name, &state, &runner)
	syscall.Kill(runner, syscall.SIGKILL)
	time.Sleep(time.Hour)
}
func TestLater(t *testing.T) {}
""",
        {"TestKills": "error", "TestLater": "error"},
        terminal=("the runner process died",),
        alone=True,
    ),
    Case(
        "32b",
        "A test that removes the cache directory with the journal in it",
        r"""
func TestCleans(t *testing.T) { os.RemoveAll(".pytest_cache") }
func TestFails(t *testing.T) { t.Error("unheard") }
""",
        {"TestCleans": "error", "TestFails": "error"},
        alone=True,
    ),
    Case(
        "32c",
        "A test that removes the whole module",
        r"""
-- p/x_test.go --
func TestCleans(t *testing.T) {
	for _, name := range []string{"../go.mod", "x_test.go"} { os.Remove(name) }
}
func TestFails(t *testing.T) { t.Error("and fails") }
""",
        {"p/x_test.go::TestCleans": "passed", "p/x_test.go::TestFails": "failed"},
        lines=("FAILED p/x_test.go::TestFails - and fails",),
    ),
)


@run(CASES)
def test_wait(case: Case, project: GoProject) -> None:
    """Whoever hangs has failed; whoever never came to run is not green."""
    check(case, project)
