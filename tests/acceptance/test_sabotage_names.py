"""Names that clash, vanish or mean something else: of subtests, tests and packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject

CASES = (
    Case(
        "13",
        "A subtest's name over 4096 bytes: its events vanish, its failure does not",
        r"""
func TestLongName(t *testing.T) {
	t.Run(strings.Repeat("n", 4200), func(t *testing.T) { t.Error("inside") })
}
func TestLater(t *testing.T) {}
""",
        {"TestLongName": "failed", "TestLater": "passed"},
        texts={"TestLongName": "inside"},
    ),
    Case(
        "13b",
        "A test's own name over 4096 bytes: Go says nothing of it, so it is not green",
        f"func Test{'N' * 4200}(t *testing.T) {{}}\nfunc TestLater(t *testing.T) {{}}\n",
        {f"Test{'N' * 4200}": "error", "TestLater": "passed"},
    ),
    Case(
        "15",
        "A subtest called a/b: its parent T/a is no test",
        r"""
func TestT(t *testing.T) {
	t.Run("a/b", func(t *testing.T) { t.Error("deep") })
	t.Run("c", func(t *testing.T) {})
}
""",
        {"TestT": "failed", "TestT [a/b]": "failed"},
        texts={"TestT": "deep"},
    ),
    Case(
        "15b",
        "A subtest that is called a/b, beside one that is nested so",
        r"""
func TestT(t *testing.T) {
	t.Run("a", func(t *testing.T) { t.Run("b", func(t *testing.T) { t.Error("nested") }) })
	t.Run("a/b", func(t *testing.T) { t.Skip("flat") })
}
""",
        {"TestT": "failed", "TestT [a/b]": "failed", "TestT [a/b#01]": "skipped"},
        texts={"TestT [a/b]": "nested", "TestT [a/b#01]": "flat"},
    ),
    Case(
        "16",
        "Empty, equal and odd names are told apart as Go tells them apart",
        r"""
func TestT(t *testing.T) {
	names := []string{"", "", "dup", "dup", "dup#01", "ü x", "a|b(c", "[p]", "::", "日本"}
	for _, name := range names {
		t.Run(name, func(t *testing.T) { t.Error(name) })
	}
}
""",
        {
            "TestT": "failed",
            **{
                f"TestT [{name}]": "failed"
                for name in "#00 #01 dup dup#01 dup#01#01 ü_x a|b(c [p] :: 日本".split()
            },
        },
    ),
    Case(
        "16b",
        "Three thousand subtests of one name",
        r"""
func TestMany(t *testing.T) {
	for i := 0; i < 3000; i++ {
		t.Run("s", func(t *testing.T) { if t.Name() == "TestMany/s#2999" { t.Error("the last") } })
	}
}
""",
        {"TestMany": "failed", "TestMany [s#2999]": "failed"},
    ),
    Case(
        "17",
        "Of two namesakes in two packages the one that was asked for is run",
        r"""
-- a/x_test.go --
func TestSame(t *testing.T) {}
func TestOther(t *testing.T) { t.Error("not asked for") }
-- b/x_test.go --
func TestSame(t *testing.T) { t.Error("not asked for") }
func TestOther(t *testing.T) {}
""",
        {"a/x_test.go::TestSame": "passed", "b/x_test.go::TestOther": "passed"},
        args=("a/x_test.go::TestSame", "b/x_test.go::TestOther"),
        status=0,
        absent=("not asked for",),
    ),
    Case(
        "17b",
        "-k chooses a test that fails by its name; a longer name is not chosen with it",
        r"""
func TestA(t *testing.T) { t.Error("asked for") }
func TestAB(t *testing.T) { t.Error("not asked for") }
-- b/x_test.go --
func TestAB(t *testing.T) { t.Error("not asked for") }
""",
        {"TestA": "failed"},
        args=("-k", "TestA and not TestAB"),
        absent=("not asked for",),
    ),
    Case(
        "17c",
        "A test and its namesake in the external test package are two items: both have failed",
        r"""
-- a_test.go --
func TestSame(t *testing.T) {}
-- b_test.go --
package m_test

import "testing"

func TestSame(t *testing.T) { t.Error("the outer one") }
""",
        {"a_test.go::TestSame": "failed", "b_test.go::TestSame": "failed"},
    ),
    Case(
        "17d",
        "One of such namesakes cannot be had alone: a failure of the other one shows",
        r"""
-- a_test.go --
func TestSame(t *testing.T) {}
-- b_test.go --
package m_test

import "testing"

func TestSame(t *testing.T) { t.Error("the outer one") }
""",
        {"a_test.go::TestSame": "failed"},
        args=("a_test.go::TestSame",),
        texts={"a_test.go::TestSame": "the outer one"},
    ),
    Case(
        "17f",
        "One of such namesakes ends with status 0 unseen: neither is green",
        r"""
-- a_test.go --
func TestSame(t *testing.T) {}
-- b_test.go --
package m_test

import (
	"syscall"
	"testing"
)

func TestSame(t *testing.T) { syscall.Exit(0) }
""",
        {"a_test.go::TestSame": "error", "b_test.go::TestSame": "error"},
    ),
    Case(
        "17e",
        "A test that does not exist is refused",
        "func TestA(t *testing.T) {}\n",
        {},
        args=("x_test.go::TestGone",),
        status=4,
        terminal=("not found: ", "x_test.go::TestGone"),
    ),
    Case(
        "18",
        "--wslgo-count=2: a test has failed if one of its runs has",
        r"""
var first, second, skips int
func TestFirst(t *testing.T) { first++; if first == 1 { t.Error("the first time") } }
func TestSecond(t *testing.T) { second++; if second == 2 { t.Error("the second time") } }
func TestSkip(t *testing.T) { skips++; if skips == 2 { t.Skip("the second time") } }
func TestFine(t *testing.T) {}
""",
        {
            "TestFirst": "failed",
            "TestSecond": "failed",
            "TestSkip": "passed",
            "TestFine": "passed",
        },
        args=("--wslgo-count=2",),
        texts={"TestFirst": "the first time", "TestSecond": "the second time"},
    ),
    Case(
        "18b",
        "-cpu=1,2: a failure with one of them is a failure",
        r"""
func TestCPU(t *testing.T) { if runtime.GOMAXPROCS(0) == 1 { t.Error("one is too few") } }
func TestFine(t *testing.T) {}
""",
        {"TestCPU": "failed", "TestFine": "passed"},
        args=("--wslgo-args=-cpu=1,2",),
    ),
    Case(
        "18c",
        "An exit in the second round: what has not come to its second end is not green",
        r"""
var round int
func TestA(t *testing.T) { round++; if round == 2 { os.Exit(3) } }
func TestB(t *testing.T) {}
""",
        {"TestA": "failed", "TestB": "error"},
        args=("--wslgo-count=2",),
    ),
    Case(
        "18d",
        "An exit with status 0 in the second round",
        r"""
var round int
func TestA(t *testing.T) { round++; if round == 2 { syscall.Exit(0) } }
func TestB(t *testing.T) {}
""",
        {"TestA": "error", "TestB": "error"},
        args=("--wslgo-count=2",),
    ),
    Case(
        "18e",
        "A test binary that decides to run each test once",
        r"""
func init() { os.Args = append(os.Args, "-test.count=1") }
var round int
func TestA(t *testing.T) {}
""",
        {"TestA": "error"},
        args=("--wslgo-count=2",),
    ),
    Case(
        "18f",
        "Tests in every spelling that Go knows are found, and what only looks like one is not",
        r"""
-- x_test.go --
package m

import (
	. "testing"
	other "testing"
)

type Suite struct{}

func Test(t *other.T)                       {}
func Test_underscore(_ *other.T)            {}
func Test1(*other.T)                        {}
func TestÜmlaut(t *other.T,)                {}
func /* here */ TestComment(t /* and */ *other.T) {}
func TestDot(t *T)                          {}
func TestMain(m *M)                         { m.Run() }
func (Suite) TestMethod(t *other.T)         { panic("no test") }
func helper(t *other.T)                     {}

var text = `
func TestText(t *testing.T) {}
`
// func TestOut(t *testing.T) {}
/* func TestOut2(t *testing.T) {} */
-- y_test.go --
//go:build never

package m

import "testing"

func TestNever(t *testing.T) {}
-- z_windows_test.go --
package m

import "testing"

func TestWindows(t *testing.T) {}
""",
        {f"Test{name}": "passed" for name in ("", "_underscore", "1", "Ümlaut", "Comment", "Dot")},
        status=0,
    ),
    Case(
        "18g",
        "A TestMain that takes a *testing.T is a test like any other",
        r"""
func TestMain(t *testing.T) { t.Error("but it fails") }
""",
        {"TestMain": "failed"},
    ),
)


@run(CASES)
def test_name(case: Case, project: GoProject) -> None:
    """Each name is one item, and its outcome is its own."""
    check(case, project)
