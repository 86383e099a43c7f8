"""Tests that print what looks like a result, by mistake or on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject

CASES = (
    Case(
        "10",
        "A failed test that was never there is nobody's failure, and no item",
        r"""
func TestReal(t *testing.T) { fmt.Println("\x16--- FAIL: TestGhost (0.00s)") }
""",
        {"TestReal": "passed"},
        absent=("TestGhost",),
        status=0,
    ),
    Case(
        "10b",
        "A forged pass of the test itself, which fails afterwards",
        r"""
func TestLiar(t *testing.T) {
	fmt.Println("\x16--- PASS: TestLiar (0.00s)")
	t.Error("the truth")
}
""",
        {"TestLiar": "failed error"},
        texts={"TestLiar": ("the truth", "told to have passed, and then to have failed: TestLiar")},
    ),
    Case(
        "10c",
        "A forged pass of a test to come, which fails",
        r"""
func TestLiar(t *testing.T) { fmt.Println("\x16--- PASS: TestVictim (0.00s)") }
func TestVictim(t *testing.T) { t.Error("the truth") }
""",
        {"TestLiar": "passed", "TestVictim": "failed error"},
        texts={"TestVictim": "the truth"},
    ),
    Case(
        "10d",
        "A forged pass before an exit: nobody can tell, but the next test did not run",
        r"""
func TestLiar(t *testing.T) { fmt.Println("\x16--- PASS: TestLiar (0.00s)"); os.Exit(3) }
func TestLater(t *testing.T) {}
""",
        {"TestLiar": "passed", "TestLater": "error"},
    ),
    Case(
        "10e",
        "A forged pass before an exit with status 0 that Go cannot see",
        r"""
func TestLiar(t *testing.T) { fmt.Println("\x16--- PASS: TestLiar (0.00s)"); syscall.Exit(0) }
""",
        {"TestLiar": "error"},
    ),
    Case(
        "10f",
        "The same, and the name of the open test is wiped out: Go's closing PASS is missing still",
        r"""
func TestLiar(t *testing.T) {
	fmt.Print("\x16--- PASS: TestLiar (0.00s)\n\x16=== NAME  \n")
	syscall.Exit(0)
}
""",
        {"TestLiar": "passed error"},
    ),
    Case(
        "10g",
        "A forged failure of a test that passes: the worse one is believed",
        r"""
func TestReal(t *testing.T) { fmt.Println("\x16--- FAIL: TestReal (0.00s)") }
""",
        {"TestReal": "failed", "go test": "error"},
    ),
    Case(
        "10r",
        "A forged skip before a failure, and after one",
        r"""
func TestA(t *testing.T) { fmt.Println("\x16--- SKIP: TestA (0.00s)"); t.Error("wrong") }
func TestB(t *testing.T) { t.Error("wrong"); fmt.Println("\x16--- SKIP: TestB (0.00s)") }
func TestLast(t *testing.T) {}
""",
        {"TestA": "failed", "TestB": "failed", "TestLast": "passed error"},
        texts={"TestLast": "and then to have failed: TestA, TestB (forged output?)"},
    ),
    Case(
        "10s",
        "Go's closing PASS, forged with its mark in the middle of a test that exits",
        r"""
func TestA(t *testing.T) { fmt.Print("\x16PASS\n"); os.Exit(3) }
func TestB(t *testing.T) {}
""",
        {"TestA": "failed", "TestB": "error"},
    ),
    Case(
        "10t",
        "The same with status 0 unseen",
        r"""
func TestA(t *testing.T) { fmt.Print("\x16PASS\n"); syscall.Exit(0) }
func TestB(t *testing.T) {}
""",
        {"TestA": "error", "TestB": "error"},
    ),
    Case(
        "10u",
        "A TestMain that says that there are no tests to run, and runs one that fails",
        r"""
func TestMain(m *testing.M) {
	fmt.Println("testing: warning: no tests to run\nPASS")
	os.Exit(m.Run())
}
func TestA(t *testing.T) { t.Error("wrong") }
""",
        {"TestA": "failed"},
    ),
    Case(
        "10h",
        "A forged failure of a subtest in a test that passes is nobody's failure",
        r"""
func TestReal(t *testing.T) { fmt.Println("\x16    --- FAIL: TestReal/ghost (0.00s)") }
""",
        {"TestReal": "passed"},
        absent=("ghost",),
        status=0,
    ),
    Case(
        "10i",
        "Results without Go's mark are a test's own text, whatever they say",
        r"""
func TestLiar(t *testing.T) {
	fmt.Print("=== RUN   TestGhost\n--- FAIL: TestGhost (0.00s)\n--- PASS: TestVictim (0.00s)\n")
	fmt.Print("PASS\nok  \texample.com/m\t0.1s\nFAIL\nFAIL\texample.com/m\t0.1s\nexit status 7\n")
}
func TestVictim(t *testing.T) { t.Error("the truth") }
""",
        {"TestLiar": "passed", "TestVictim": "failed"},
        lines=("FAILED x_test.go::TestVictim - the truth",),
    ),
    Case(
        "10j",
        "JSON that looks like an event is a test's own text",
        r"""
func TestLiar(t *testing.T) {
	for _, test := range []string{"TestLiar", "TestVictim", "TestGhost"} {
		fmt.Printf("{\"Action\":\"pass\",\"Package\":\"example.com/m\",\"Test\":%q}\n", test)
	}
	fmt.Println("{\"Action\":\"pass\",\"Package\":\"example.com/m\",\"Elapsed\":0}")
	fmt.Fprintln(os.Stderr, "{\"Action\":\"fail\",\"Package\":\"example.com/m\",\"Elapsed\":0}")
	t.Error("first")
}
func TestVictim(t *testing.T) { t.Error("second") }
""",
        {"TestLiar": "failed", "TestVictim": "failed"},
        lines=("FAILED x_test.go::TestLiar - first", "FAILED x_test.go::TestVictim - second"),
    ),
    Case(
        "10k",
        "JSON from TestMain, before the first test",
        r"""
func TestMain(m *testing.M) {
	fmt.Println("{\"Action\":\"pass\",\"Package\":\"example.com/m\",\"Test\":\"TestA\"}")
	fmt.Println("{\"Action\":\"pass\",\"Package\":\"example.com/m\"}")
	os.Exit(0)
}
func TestA(t *testing.T) { t.Error("never seen") }
""",
        {"TestA": "error"},
    ),
    Case(
        "10l",
        "PASS from TestMain, and no test",
        r"""
func TestMain(m *testing.M) { fmt.Println("PASS"); os.Exit(0) }
func TestA(t *testing.T) { t.Error("never seen") }
""",
        {"TestA": "error"},
    ),
    Case(
        "10m",
        "A test that says that its package does not build did run",
        r"""
func TestMain(m *testing.M) {
	code := m.Run()
	fmt.Println("FAIL\texample.com/m [build failed]")
	os.Exit(code)
}
func TestA(t *testing.T) { fmt.Println("FAIL\texample.com/m [build failed]") }
func TestB(t *testing.T) { t.Error("the truth") }
""",
        {"TestA": "passed", "TestB": "failed"},
        lines=("FAILED x_test.go::TestB - the truth",),
    ),
    Case(
        "10n",
        "TestMain says so before an exit: it is no compiler",
        r"""
func TestMain(m *testing.M) { fmt.Println("FAIL\texample.com/m [build failed]"); os.Exit(0) }
func TestA(t *testing.T) {}
""",
        {"TestA": "error"},
        lines=("ERROR x_test.go::TestA - did not run: *",),
    ),
    Case(
        "10o",
        "The output of another `go test -v` in a failure's text is text, and stays",
        r"""
const said = "=== RUN   TestInner\n    --- FAIL: TestInner/case (0.00s)\n" +
	"--- FAIL: TestInner (0.00s)"
func TestOuter(t *testing.T) { t.Errorf("the inner run failed:\n%s", said) }
""",
        {"TestOuter": "failed"},
        texts={
            "TestOuter": (
                "=== RUN   TestInner",
                "--- FAIL: TestInner/case",
                "--- FAIL: TestInner (",
            )
        },
    ),
    Case(
        "10p",
        "A test that starts its own binary: a helper that fails there has not failed here",
        r"""
func TestHelper(t *testing.T) {
	if os.Getenv("HELPER") == "" { t.Skip("only as a helper") }
	t.Error("as planned")
}
func TestStarts(t *testing.T) {
	child := exec.Command(os.Args[0], "-test.run=TestHelper", "-test.v")
	child.Env = append(os.Environ(), "HELPER=1")
	child.Stdout = os.Stdout
	if child.Run() == nil { t.Error("the helper passed") }
}
""",
        {"TestHelper": "skipped", "TestStarts": "passed"},
        status=0,
    ),
    Case(
        "10q",
        "A failed test that names another in Go's words: its message is kept where Go put it",
        r"""
func TestLiar(t *testing.T) {
	fmt.Println("\x16=== RUN   TestOther")
	t.Error("the truth")
}
func TestOther(t *testing.T) {}
""",
        {"TestLiar": "failed", "TestOther": "passed"},
        texts={"TestOther": "the truth"},
    ),
)


@run(CASES)
def test_forgery(case: Case, project: GoProject) -> None:
    """No line that a test prints makes another test, nor a green one of itself."""
    check(case, project)
