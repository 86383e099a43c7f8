"""pytest's own options, the environment and the caches, against tests that crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject

XFAIL = """
-- conftest.py --
import pytest

def pytest_collection_modifyitems(items):
    items[0].add_marker(pytest.mark.xfail)
"""
CRASH = r"""
func TestBoom(t *testing.T) { panic("boom") }
func TestLater(t *testing.T) {}
"""
STALE = r"""
//wslgo:uncached
func TestStat(t *testing.T) {
	if _, err := os.Stat("../outside.txt"); err != nil { t.Skip("there is no file") }
	t.Error("there is a file")
}
-- conftest.py --
def pytest_unconfigure(config):
    (config.rootpath.parent / "outside.txt").touch()
"""
COVER = ("--wslgo-cover=on",)

XFAIL_KNOWN = """-- conftest.py --
import pytest

def pytest_itemcollected(item):
    if item.name == "TestKnown":
        item.add_marker(pytest.mark.xfail)
"""

CASES = (
    Case(
        "32d",
        "An expected failure that crashes takes the next one along: that was not expected",
        CRASH + XFAIL,
        {"TestBoom": "xfailed", "TestLater": "error"},
    ),
    Case(
        "32e",
        "An expected failure that ends the test binary, alone in its package",
        r"""
func TestExits(t *testing.T) { os.Exit(3) }
"""
        + XFAIL,
        {"TestExits": "xfailed"},
        status=0,
    ),
    Case(
        "32f",
        "An expected failure that ends with status 0 unseen has not failed, nor passed",
        r"""
func TestExits(t *testing.T) { syscall.Exit(0) }
"""
        + XFAIL,
        {"TestExits": "error"},
    ),
    Case(
        "32g",
        "A strict expected failure that passes",
        "func TestPasses(t *testing.T) {}\n" + XFAIL.replace("xfail)", "xfail(strict=True))"),
        {"TestPasses": "failed"},
    ),
    Case(
        "32h",
        "An expected failure does not excuse a package that does not build",
        "func TestA(t *testing.T) { missing() }\n" + XFAIL,
        {"TestA": "error"},
        texts={"TestA": "undefined: missing"},
    ),
    Case(
        "32i",
        "--deselect of the test that crashes: it is not executed, the others pass",
        CRASH,
        {"TestLater": "passed"},
        args=("--deselect", "x_test.go::TestBoom"),
        status=0,
        absent=("boom",),
    ),
    Case(
        "32j",
        "-x with a crash: what is known by then is reported, and nothing is green",
        CRASH,
        {"TestBoom": "failed", "TestLater": "error"},
        args=("-x",),
        lines=("FAILED x_test.go::TestBoom - panic: boom",),
    ),
    Case(
        "32k",
        "--maxfail=2 counts a test that did not run",
        CRASH + "func TestLast(t *testing.T) {}\n",
        {"TestBoom": "failed", "TestLater": "error", "TestLast": "error"},
        args=("--maxfail=2",),
    ),
    Case(
        "32l",
        "--reruns of a crash: another attempt that crashes is no pass",
        CRASH,
        {"TestBoom": "rerun failed", "TestLater": "rerun passed"},
        args=("--reruns=1",),
        alone=True,
    ),
    Case(
        "32m",
        "Two workers: an exit with status 3 is seen by both, and reported once",
        r"""
-- a/x_test.go --
func TestExits(t *testing.T) { os.Exit(3) }
-- b/x_test.go --
func TestFine(t *testing.T) {}
""",
        {"a/x_test.go::TestExits": "failed", "b/x_test.go::TestFine": "passed"},
        args=("-n2",),
        alone=True,
    ),
    Case(
        "32n",
        "A race of a test that has passed, behind an expected failure that leaves the process",
        r"""
var v int
func TestLeak(t *testing.T) { go func() { time.Sleep(50 * time.Millisecond); v++ }(); v++ }
func TestKnown(t *testing.T) { time.Sleep(300 * time.Millisecond); os.Exit(3) }
"""
        + XFAIL_KNOWN,
        {"TestLeak": "passed error", "TestKnown": "xfailed"},
        race=True,
        texts={"TestLeak": ("data race: ", "found after TestLeak had passed")},
    ),
    Case(
        "32o",
        "A signal after the tests, behind an expected failure",
        r"""
func TestMain(m *testing.M) { m.Run(); syscall.Kill(os.Getpid(), syscall.SIGKILL) }
func TestFine(t *testing.T) {}
func TestKnown(t *testing.T) { t.Fatal("known") }
"""
        + XFAIL_KNOWN,
        {"TestFine": "passed", "TestKnown": "xfailed error"},
        texts={"TestKnown": "killed (SIGKILL"},
    ),
    Case(
        "32p",
        "A failure that was not selected, behind an expected one",
        r"""
func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.run", "")
	flag.Set("test.skip", "")
	os.Exit(m.Run())
}
func TestOther(t *testing.T) { t.Fatal("not selected") }
func TestKnown(t *testing.T) { t.Fatal("known") }
"""
        + XFAIL_KNOWN,
        {"TestKnown": "xfailed error"},
        args=("--deselect=x_test.go::TestOther",),
        texts={"TestKnown": "the package failed in TestOther, which was not selected"},
    ),
    Case(
        "32q",
        "--stepwise with -x: the first failure is reported, and the next session goes on there",
        r"""
func TestA(t *testing.T) {}
func TestB(t *testing.T) { t.Fatal("real") }
func TestC(t *testing.T) {}
""",
        {"TestB": "failed"},
        args=("-x", "--stepwise"),
        runs=2,
        status=1,
    ),
    Case(
        "33",
        "A skip for want of a file is not repeated from the cache: the test says //wslgo:uncached",
        STALE,
        {"TestStat": "failed"},
        runs=2,
        texts={"TestStat": "there is a file"},
    ),
    Case(
        "34",
        "An unchanged pass from the cache is a pass, a failure is never cached",
        r"""
func TestFine(t *testing.T) {}
-- b/x_test.go --
func TestFails(t *testing.T) { t.Error("each time") }
""",
        {"TestFine": "passed", "b/x_test.go::TestFails": "failed"},
        runs=2,
        texts={"b/x_test.go::TestFails": "each time"},
    ),
    Case(
        "35",
        "A foreign GOARCH that nothing here can execute: an error with the system's words",
        "func TestA(t *testing.T) {}\nfunc TestB(t *testing.T) {}\n",
        {"TestA": "error", "TestB": "error"},
        environ={"GOARCH": "s390x"},
        texts={"TestA": "exec format error"},
        slow=True,  # where the standard library has not been built for it
    ),
    Case(
        "35b",
        "-exec by a program that does nothing: status 0, and no test is green",
        "func TestA(t *testing.T) {}\n",
        {"TestA": "error"},
        args=("--wslgo-args=-exec=true",),
    ),
    Case(
        "35c",
        "-exec by a program that says PASS",
        "func TestA(t *testing.T) {}\n",
        {"TestA": "error"},
        args=("--wslgo-args=-exec='echo PASS'",),
    ),
    Case(
        "35d",
        "GOFLAGS that would leave a test out are left out themselves",
        'func TestA(t *testing.T) { t.Error("really") }\nfunc TestB(t *testing.T) {}\n',
        {"TestA": "failed", "TestB": "passed"},
        environ={"GOFLAGS": "-run=TestB"},
        terminal=("WG403 warning: GOFLAGS without -run=TestB",),
    ),
    Case(
        "35e",
        "GOFLAGS that tell Go to build only are left out",
        'func TestA(t *testing.T) { t.Error("really") }\n',
        {"TestA": "failed"},
        environ={"GOFLAGS": "-c"},
        terminal=("WG403 warning: GOFLAGS without -c",),
    ),
    Case(
        "35f",
        "GOFLAGS with a second round, in which the test fails",
        r"""
var round int
func TestA(t *testing.T) { round++; if round == 2 { t.Error("the second time") } }
""",
        {"TestA": "failed"},
        environ={"GOFLAGS": "-count=2"},
        texts={"TestA": "the second time"},
    ),
    Case(
        "35g",
        "GOFLAGS with a second processor count, at which the test fails",
        r"""
func TestA(t *testing.T) { if runtime.GOMAXPROCS(0) == 2 { t.Error("two are too many") } }
func TestB(t *testing.T) {}
""",
        {"TestA": "failed", "TestB": "passed"},
        environ={"GOFLAGS": "-cpu=1,2"},
    ),
    Case(
        "36",
        "A package that panics has no profile: the total says that it is without it",
        r"""
-- a/a.go --
package a

func A() int { return 1 }
-- a/x_test.go --
func TestBoom(t *testing.T) { A(); panic("boom") }
-- b/b.go --
package b

func B() int { return 1 }
-- b/x_test.go --
func TestFine(t *testing.T) { B() }
""",
        {"a/x_test.go::TestBoom": "failed", "b/x_test.go::TestFine": "passed"},
        args=COVER,
        terminal=("coverage: 100.0% of statements, without example.com/m/a",),
    ),
    Case(
        "37",
        "-coverpkg repeats each block for each test binary: it counts once",
        r"""
-- a/a.go --
package a

func A() int { return 1 }
func B() int { return 2 }
-- b/x_test.go --
package b

import (
	"testing"

	"example.com/m/a"
)

func TestFine(t *testing.T) { a.A() }
-- c/x_test.go --
package c

import (
	"testing"

	"example.com/m/a"
)

func TestFine(t *testing.T) { a.A() }
""",
        {"b/x_test.go::TestFine": "passed", "c/x_test.go::TestFine": "passed"},
        status=0,
        args=(*COVER, "--wslgo-args=-coverpkg=./..."),
        terminal=("coverage: 50.0% of statements",),
    ),
    Case(
        "38",
        "Code that was made from another file: the place that it names need not exist",
        r"""
-- a.go --
package m

func A() int {
//line gen.y:10
	return 1
}
-- x_test.go --
package m

import "testing"

//line gen_test.y:5
func TestA(t *testing.T) { t.Error(A()) }
""",
        {"TestA": "failed"},
        args=COVER,
        texts={"TestA": "gen_test.y:5: 1"},
    ),
    Case(
        "39",
        "A GOCOVERDIR that is not there is no matter of the tests",
        "func TestFine(t *testing.T) {}\n",
        {"TestFine": "passed"},
        status=0,
        args=COVER,
        environ={"GOCOVERDIR": "{project}/gone"},
    ),
    Case(
        "40",
        "A profile of an earlier session is not taken for this one's",
        r"""
-- a.go --
package m

func A() int { return 1 }
-- x_test.go --
func TestA(t *testing.T) { A(); panic("boom") }
-- c.out --
mode: atomic
example.com/m/a.go:3.14,3.25 1 7
""",
        {"TestA": "failed"},
        args=(*COVER, "--wslgo-coverprofile=c.out"),
        absent=("100.0%",),
    ),
)


@run(CASES)
def test_session(case: Case, project: GoProject) -> None:
    """Whatever pytest is told, what did not pass is not green."""
    check(case, project)
