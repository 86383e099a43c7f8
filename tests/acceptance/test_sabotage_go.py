"""Where there is nothing to run, and what `go` itself refuses; what newer versions tell."""

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

CASES = (
    Case(
        "1",
        "A broken go.mod: nothing can be collected, and the parser's words say why",
        r"""
func TestA(t *testing.T) {}
-- go.mod --
module example.com/m

go 1.21

require (
""",
        {".": "error"},
        status=2,
        texts={".": "go.mod:"},
    ),
    Case(
        "1b",
        "-race without cgo is refused before anything runs",
        "func TestA(t *testing.T) {}\n",
        {},
        status=4,
        race=True,
        environ={"CGO_ENABLED": "0"},
        terminal=("--wslgo-race=on: the race detector does not work here: ",),
    ),
    Case(
        "1c",
        "A go.mod that asks for a newer Go than there is",
        r"""
func TestA(t *testing.T) {}
-- go.mod --
module example.com/m

go 1.99
""",
        {".": "error"},
        status=2,
        texts={".": "1.99"},
    ),
    Case(
        "6",
        "Packages without tests: no item, no noise; testdata and constraints leave nothing",
        r"""
-- lib/lib.go --
package lib
-- testdata/broken.go --
package broken (
-- only/only_windows.go --
package only
-- only/x_test.go --
//go:build never

package only

import "testing"

func TestNever(t *testing.T) {}
-- empty/README --
nothing
"""
        + FINE,
        FINE_PASSED,
        status=0,
    ),
    Case(
        "6b",
        "A package without tests that does not compile: its directory has the error",
        r"""
-- lib/lib.go --
package lib

var X int = missing
"""
        + FINE,
        {"lib": "error", **FINE_PASSED},
        texts={"lib": "undefined: missing"},
    ),
    Case(
        "6c",
        "No test at all is no success",
        r"""
-- lib/lib.go --
package lib
-- only/x_test.go --
//go:build never

package only

import "testing"

func TestNever(t *testing.T) {}
""",
        {},
        status=5,
    ),
    Case(
        "7",
        "A flag that `go test` does not know would eat a package: it is refused",
        "func TestA(t *testing.T) {}\n",
        {},
        status=4,
        args=("--wslgo-args=-badflag",),
        terminal=("-badflag",),
    ),
    Case(
        "7b",
        "The same in GOFLAGS",
        "func TestA(t *testing.T) {}\n",
        {".": "error"},
        status=2,
        environ={"GOFLAGS": "-badflag"},
        texts={".": "parsing $GOFLAGS: unknown flag -badflag"},
    ),
    Case(
        "8",
        "Attributes are no output and no outcome",
        r"""
func TestAttr(t *testing.T) { t.Attr("ticket", "W-1"); t.Error("wrong") }
func TestFine(t *testing.T) { t.Attr("owner", "me") }
-- go.mod --
module example.com/m

go 1.25
""",
        {"TestAttr": "failed", "TestFine": "passed"},
        since="1.25",
        lines=("FAILED x_test.go::TestAttr - wrong",),
    ),
    Case(
        "8b",
        "Artifacts",
        r"""
func TestArtifact(t *testing.T) { os.WriteFile(t.ArtifactDir() + "/a.txt", nil, 0o644) }
-- go.mod --
module example.com/m

go 1.26
""",
        {"TestArtifact": "passed"},
        since="1.26",
        status=0,
    ),
    Case(
        "8c",
        "A failure's line is the first that Go marks as an error; before, the last message",
        r"""
func TestTwo(t *testing.T) { t.Error("the cause"); t.Log("closing") }
""",
        {"TestTwo": "failed"},
        lines=("FAILED x_test.go::TestTwo - the cause",),
        versions={"1.27": {"lines": ("FAILED x_test.go::TestTwo - closing",)}},
    ),
)


@run(CASES)
def test_go(case: Case, project: GoProject) -> None:
    """What Go refuses is red with its words; what is not there is no item."""
    check(case, project)
