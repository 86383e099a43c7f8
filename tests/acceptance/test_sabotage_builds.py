"""What does not build or does not vet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject

FINE = """
-- fine/x_test.go --
func TestFine(t *testing.T) {}
"""
FINE_PASSED = {"fine/x_test.go::TestFine": "passed"}
FINE_NOT_RUN = {"fine/x_test.go::TestFine": "error"}
"""Before Go 1.24 `go test` ran nothing at all where it could not load one of the packages."""

CASES = (
    Case(
        "2",
        "A package that does not compile: plain text before Go 1.24, events since; the same report",
        r"""
-- a/a.go --
package a

var A int = missing
-- a/x_test.go --
func TestA(t *testing.T) {}
func TestB(t *testing.T) {}
"""
        + FINE,
        {"a/x_test.go::TestA": "error", "a/x_test.go::TestB": "error", **FINE_PASSED},
        texts={
            "a/x_test.go::TestA": ("# example.com/m/a", "a.go:3:13: undefined: missing"),
            "a/x_test.go::TestB": "(the text is shown under a/x_test.go::TestA)",
        },
        lines=("ERROR a/x_test.go::TestA - does not build: *undefined: missing",),
    ),
    Case(
        "2b",
        "The same with Go's plain text asked for",
        r"""
-- a/x_test.go --
func TestA(t *testing.T) { missing() }
"""
        + FINE,
        {"a/x_test.go::TestA": "error", **FINE_PASSED},
        environ={"GODEBUG": "gotestjsonbuildtext=1"},
        texts={"a/x_test.go::TestA": "undefined: missing"},
    ),
    Case(
        "3",
        "Only the external test package does not compile: the inner tests share its fate",
        r"""
-- a/x_test.go --
func TestIn(t *testing.T) {}
-- a/out_test.go --
package a_test

import "testing"

func TestOut(t *testing.T) { missing() }
"""
        + FINE,
        {"a/x_test.go::TestIn": "error", "a/out_test.go::TestOut": "error", **FINE_PASSED},
    ),
    Case(
        "4",
        "A dependency without tests that does not compile sinks what needs it, and is named",
        r"""
-- dep/dep.go --
package dep

var X int = missing
-- a/x_test.go --
package a

import (
	"testing"

	_ "example.com/m/dep"
)

func TestA(t *testing.T) {}
"""
        + FINE,
        {"a/x_test.go::TestA": "error", "dep": "error", **FINE_PASSED},
        texts={"a/x_test.go::TestA": "undefined: missing"},
    ),
    Case(
        "4b",
        "A module that is not required",
        r"""
-- a/x_test.go --
package a

import (
	"testing"

	_ "example.invalid/x"
)

func TestA(t *testing.T) {}
"""
        + FINE,
        {"a/x_test.go::TestA": "error", **FINE_PASSED},
        texts={"a/x_test.go::TestA": "example.invalid/x"},
    ),
    Case(
        "4c",
        "A required module without its go.sum entry",
        r"""
-- a/x_test.go --
package a

import (
	"testing"

	_ "example.invalid/x"
)

func TestA(t *testing.T) {}
-- go.mod --
module example.com/m

go 1.21

require example.invalid/x v1.0.0
"""
        + FINE,
        {"a/x_test.go::TestA": "error", **FINE_PASSED},
        texts={"a/x_test.go::TestA": "missing go.sum entry"},
    ),
    Case(
        "4d",
        "An import cycle",
        r"""
-- a/a.go --
package a

import _ "example.com/m/b"
-- a/x_test.go --
func TestA(t *testing.T) {}
-- b/b.go --
package b

import _ "example.com/m/a"
"""
        + FINE,
        {"a/x_test.go::TestA": "error", "b": "error", **FINE_PASSED},
        texts={"a/x_test.go::TestA": "import cycle not allowed"},
        versions={
            "1.24": {"outcomes": {"a/x_test.go::TestA": "error", "b": "error", **FINE_NOT_RUN}}
        },
    ),
    Case(
        "4e",
        "A syntax error in a test file: its tests cannot be known, and that is an error",
        r"""
-- a/x_test.go --
package a

import "testing"

func TestA(t *testing.T) {
"""
        + FINE,
        {"a/x_test.go::TestA": "error", **FINE_PASSED},
    ),
    Case(
        "4f",
        "A test file that is empty",
        r"""
-- a/a_test.go --
func TestA(t *testing.T) {}
-- a/empty_test.go --
package
"""
        + FINE,
        {"a/a_test.go::TestA": "error", **FINE_PASSED},
    ),
    Case(
        "4g",
        "Two packages in one directory",
        r"""
-- a/a.go --
package a
-- a/b.go --
package b
-- a/x_test.go --
func TestA(t *testing.T) {}
"""
        + FINE,
        {"a/x_test.go::TestA": "error", **FINE_PASSED},
        texts={"a/x_test.go::TestA": "found packages a (a.go) and b (b.go)"},
        versions={"1.24": {"outcomes": {"a/x_test.go::TestA": "error", **FINE_NOT_RUN}}},
    ),
    Case(
        "4h",
        "An embedded file that is not there",
        r"""
-- a/a.go --
package a

import _ "embed"

//go:embed gone.txt
var text string
-- a/x_test.go --
func TestA(t *testing.T) {}
"""
        + FINE,
        {"a/x_test.go::TestA": "error", **FINE_PASSED},
        texts={"a/x_test.go::TestA": "gone.txt: no matching files found"},
        versions={"1.24": {"outcomes": {"a/x_test.go::TestA": "error", **FINE_NOT_RUN}}},
    ),
    Case(
        "4i",
        "A C compiler's error",
        r"""
-- a/a.go --
package a

// #error this does not compile
import "C"
-- a/x_test.go --
func TestA(t *testing.T) {}
"""
        + FINE,
        {"a/x_test.go::TestA": "error", **FINE_PASSED},
        texts={"a/x_test.go::TestA": "this does not compile"},
        cgo=True,
    ),
    Case(
        "4j",
        "A program that does not link",
        r"""
-- a/a.go --
package a

func gone()

func A() { gone() }
-- a/a.s --
-- a/x_test.go --
func TestA(t *testing.T) { A() }
"""
        + FINE,
        {"a/x_test.go::TestA": "error", **FINE_PASSED},
        texts={"a/x_test.go::TestA": "relocation target example.com/m/a.gone not defined"},
    ),
    Case(
        "4k",
        "A folder whose name cannot be in an import path: what Go refuses is not passed over",
        r"""
-- with space/x_test.go --
package space

import "testing"

func TestA(t *testing.T) { t.Error("never seen") }
"""
        + FINE,
        {"with space/x_test.go::TestA": "error", **FINE_PASSED},
        texts={"with space/x_test.go::TestA": "malformed import path"},
    ),
    Case(
        "4l",
        "A folder whose name is not ASCII",
        r"""
-- größe/x_test.go --
func TestA(t *testing.T) { t.Error("never seen") }
"""
        + FINE,
        {"größe/x_test.go::TestA": "error", **FINE_PASSED},
        texts={"größe/x_test.go::TestA": "malformed import path"},
    ),
    Case(
        "4m",
        "A go.work that names a module that is not there",
        r"""
func TestA(t *testing.T) {}
-- go.work --
go 1.21

use (
	.
	./gone
)
""",
        {".": "error"},
        status=2,
        texts={".": "gone"},
    ),
    Case(
        "5",
        "What vet refuses fails to build",
        r"""
-- a/x_test.go --
func TestA(t *testing.T) { t.Logf("%d", "one") }
"""
        + FINE,
        {"a/x_test.go::TestA": "error", **FINE_PASSED},
        texts={"a/x_test.go::TestA": "format %d has arg"},
    ),
    Case(
        "5b",
        "An example of something that does not exist",
        r"""
-- a/x_test.go --
func TestA(t *testing.T) {}
func ExampleMissing() {
	fmt.Println("x")
	// Output: x
}
"""
        + FINE,
        {
            "a/x_test.go::TestA": "error",
            "a/x_test.go::ExampleMissing": "error",
            **FINE_PASSED,
        },
        texts={"a/x_test.go::TestA": "ExampleMissing refers to unknown identifier: Missing"},
        versions={
            "1.24": {  # its vet for tests did not look for that
                "outcomes": {
                    "a/x_test.go::TestA": "passed",
                    "a/x_test.go::ExampleMissing": "passed",
                    **FINE_PASSED,
                },
                "texts": {},
                "status": 0,
            }
        },
    ),
    Case(
        "5c",
        "A test with a wrong signature sinks its package",
        r"""
-- a/x_test.go --
func TestA(t *testing.T) {}
func TestWrong(n int) {}
"""
        + FINE,
        {
            "a/x_test.go::TestA": "error",
            "a/x_test.go::TestWrong": "error",
            **FINE_PASSED,
        },
        texts={"a/x_test.go::TestA": "wrong signature for TestWrong"},
    ),
)


@run(CASES)
def test_build(case: Case, project: GoProject) -> None:
    """What cannot be built is an error of exactly the tests that it sinks."""
    check(case, project)
