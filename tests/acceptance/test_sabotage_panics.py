"""Panics and the runtime's fatal errors, wherever they strike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject


CASES = (
    Case(
        "19",
        "A panic in a goroutine fails the test that started it, and later tests did not run",
        r"""
func TestBefore(t *testing.T) {}
func TestBoom(t *testing.T) {
	go func() { panic("boom") }()
	select {}
}
func TestLater(t *testing.T) {}
""",
        {"TestBefore": "passed", "TestBoom": "failed", "TestLater": "error"},
        texts={"TestBoom": ("panic: boom", "goroutine ")},
        lines=(
            "FAILED x_test.go::TestBoom - panic: boom",
            "ERROR x_test.go::TestLater - did not run: the package crashed in TestBoom (panic: *",
        ),
    ),
    Case(
        "19b",
        "A goroutine of an ended test that panics in another: the one on the stack has the trace",
        r"""
var started = make(chan bool)
func TestStarts(t *testing.T) {
	go func() { <-started; panic("late") }()
}
func TestVictim(t *testing.T) { close(started); select {} }
""",
        {"TestStarts": "passed error", "TestVictim": "error"},
        texts={"TestVictim": ("panic: late", "TestStarts.func1")},
        lines=("ERROR x_test.go::TestVictim - did not run to its end: *TestStarts*panic: late*",),
    ),
    Case(
        "19c",
        "A test that fails after its end is a panic that names it",
        r"""
var started, done = make(chan bool), make(chan bool)
func TestEarly(t *testing.T) {
	go func() { <-started; for { t.Error("too late"); <-done } }()
}
func TestVictim(t *testing.T) { close(started); select {} }
""",
        {"TestEarly": "passed error", "TestVictim": "error"},
        texts={"TestVictim": "panic: Fail in goroutine after TestEarly has completed"},
    ),
    Case(
        "19j",
        "A message to a test when all are over is a panic after the tests",
        r"""
var saved *testing.T
func TestMain(m *testing.M) { m.Run(); saved.Log("too late") }
func TestEarly(t *testing.T) { saved = t }
""",
        {"TestEarly": "passed error"},
        texts={"TestEarly": "panic: Log in goroutine after TestEarly has completed: too late"},
    ),
    Case(
        "19d",
        "A panic of nobody's goroutine stands under the tests that were running",
        r"""
var ready = make(chan bool)
func start() { go func() { ready <- true; panic("nobody") }() }
func TestA(t *testing.T) { t.Parallel(); start(); select {} }
func TestB(t *testing.T) { t.Parallel(); <-ready; select {} }
""",
        {"TestA": "error", "TestB": "error"},
        args=("--wslgo-parallel=2",),
        texts={
            "TestA": ("did not run to its end: panic: nobody", "m.start.func1"),
            "TestB": ("did not run to its end: panic: nobody", "shown under x_test.go::TestA"),
        },
    ),
    Case(
        "19e",
        "A panic in a cleanup fails its test, though the body had passed",
        r"""
func TestBoom(t *testing.T) { t.Cleanup(func() { panic("in the cleanup") }) }
func TestLater(t *testing.T) {}
""",
        {"TestBoom": "failed", "TestLater": "error"},
        lines=("FAILED x_test.go::TestBoom - panic: in the cleanup",),
    ),
    Case(
        "19f",
        "A cleanup that fails fails its test",
        r"""
func TestDirty(t *testing.T) { t.Cleanup(func() { t.Error("left a file") }) }
func TestLater(t *testing.T) {}
""",
        {"TestDirty": "failed", "TestLater": "passed"},
        lines=("FAILED x_test.go::TestDirty - left a file",),
    ),
    Case(
        "19g",
        "A test that prints what a panic begins with, and passes, explains nobody's failure",
        r"""
func TestRecovers(t *testing.T) {
	defer func() { fmt.Printf("panic: %v\n", recover()) }()
	panic("as planned")
}
func TestFails(t *testing.T) { t.Error("on its own") }
""",
        {"TestRecovers": "passed", "TestFails": "failed"},
        lines=("FAILED x_test.go::TestFails - on its own",),
    ),
    Case(
        "19h",
        "An exit is not explained by what a test before it printed",
        r"""
func TestRecovers(t *testing.T) { fmt.Println("panic: as planned") }
func TestExits(t *testing.T) { os.Exit(3) }
func TestLater(t *testing.T) {}
""",
        {"TestRecovers": "passed", "TestExits": "failed", "TestLater": "error"},
        lines=("FAILED x_test.go::TestExits - the test binary ended while it ran*",),
    ),
    Case(
        "19i",
        "A runtime error is a panic with its own words",
        r"""
func TestNil(t *testing.T) { var m map[string]int; m["a"] = 1 }
func TestLater(t *testing.T) {}
""",
        {"TestNil": "failed", "TestLater": "error"},
        lines=("FAILED x_test.go::TestNil - panic: assignment to entry in nil map*",),
    ),
    Case(
        "20",
        "A subtest's panic: its trace is its test's, and a paused parallel test did not run",
        r"""
func TestPaused(t *testing.T) { t.Parallel() }
func TestParent(t *testing.T) {
	t.Run("fine", func(t *testing.T) {})
	t.Run("boom", func(t *testing.T) { panic("deep") })
	t.Run("never", func(t *testing.T) {})
}
""",
        {"TestPaused": "error", "TestParent": "failed", "TestParent [boom]": "failed"},
        texts={"TestParent": "panic: deep", "TestParent [boom]": "panic: deep"},
        lines=("ERROR x_test.go::TestPaused - did not run: the package crashed in TestParent*",),
    ),
    Case(
        "20b",
        "A panic in one of several parallel subtests",
        r"""
func TestParent(t *testing.T) {
	t.Run("waits", func(t *testing.T) { t.Parallel(); select {} })
	t.Run("boom", func(t *testing.T) { t.Parallel(); panic("deep") })
}
""",
        {
            "TestParent": "failed",
            "TestParent [boom]": "failed",
            "TestParent [waits]": "failed",
        },
        texts={"TestParent": "panic: deep"},
        args=("--wslgo-parallel=2",),
    ),
    Case(
        "20c",
        "runtime.Goexit is no way to pass",
        r"""
func TestLeaves(t *testing.T) { runtime.Goexit() }
func TestLater(t *testing.T) {}
""",
        {"TestLeaves": "failed", "TestLater": "error"},
        texts={"TestLeaves": "test executed panic(nil) or runtime.Goexit"},
    ),
    Case(
        "20d",
        "Maps written by two goroutines: a fatal error, which no test can recover from",
        r"""
func TestMaps(t *testing.T) {
	m := map[int]int{}
	for i := 0; i < 4; i++ {
		go func() { defer func() { recover() }(); for { m[1]++ } }()
	}
	select {}
}
func TestLater(t *testing.T) {}
""",
        {"TestMaps": "failed", "TestLater": "error"},
        lines=("FAILED x_test.go::TestMaps - fatal error: concurrent map*",),
    ),
    Case(
        "20e",
        "A deadlock that the runtime sees",
        r"""
func TestStuck(t *testing.T) { var m sync.Mutex; m.Lock(); m.Lock() }
func TestLater(t *testing.T) {}
""",
        {"TestStuck": "failed", "TestLater": "error"},
        args=("--wslgo-timeout=0",),
        lines=("FAILED x_test.go::TestStuck - fatal error: all goroutines are asleep - deadlock!",),
    ),
    Case(
        "20f",
        "A stack without end",
        r"""
func deeper(n int) int { return deeper(n+1) + 1 }
func TestDeep(t *testing.T) { debug.SetMaxStack(1 << 16); deeper(0) }
func TestLater(t *testing.T) {}
""",
        {"TestDeep": "failed", "TestLater": "error"},
        texts={"TestDeep": ("stack exceeds 65536-byte limit", "fatal error: stack overflow")},
    ),
    Case(
        "20g",
        "No memory left",
        r"""
var kept [][]byte
func TestGreedy(t *testing.T) {
	limit := syscall.Rlimit{Cur: 1 << 28, Max: 1 << 28}
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil { t.Skip(err) }
	for { kept = append(kept, make([]byte, 1<<24)) }
}
func TestLater(t *testing.T) {}
""",
        {"TestGreedy": "failed", "TestLater": "error"},
        texts={"TestGreedy": "out of memory"},
    ),
    Case(
        "20h",
        "A fatal error that is no panic: unlocking what is not locked",
        r"""
func TestUnlocks(t *testing.T) { defer func() { recover() }(); new(sync.Mutex).Unlock() }
func TestLater(t *testing.T) {}
""",
        {"TestUnlocks": "failed", "TestLater": "error"},
        lines=("FAILED x_test.go::TestUnlocks - fatal error: sync: unlock of unlocked mutex",),
    ),
    Case(
        "20i",
        "A panic with a text of several lines and one that looks like a result",
        r"""
func TestBoom(t *testing.T) { panic("first\n\x16--- PASS: TestBoom (0.00s)\nPASS\nlast") }
""",
        {"TestBoom": "failed"},
        texts={"TestBoom": "first"},
    ),
)


@run(CASES)
def test_panic(case: Case, project: GoProject) -> None:
    """The test that died has the trace; none that it took along is green."""
    check(case, project)
