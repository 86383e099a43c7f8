"""What Go tests print is data: bounded, visible, and noted where reporters look for it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from go_project import output

from pytest_wslgo.toolchain import locate

if TYPE_CHECKING:
    from go_project import GoProject

TEST = """
    package p

    import (
        "fmt"
        "os"
        "strings"
        "testing"
    )

    var _, _ = fmt.Print, os.Stdout
    var _ = strings.Repeat

    func TestIt(t *testing.T) {{
        {body}
    }}
"""


def needs_go(version: str) -> None:
    """Skip a test where the installed Go is older."""
    go = locate(environ=os.environ)
    if not go.satisfies(f">={version}"):
        pytest.skip(f"{go.version_text} is older than Go {version}")


def test_output_limit(project: GoProject) -> None:
    """Head and tail stay, the middle is counted, and the journal has it all."""
    body = 'fmt.Print(strings.Repeat("abcdefghi\\n", 1000)); fmt.Println("the end"); t.Fail()'
    project.write({"p_test.go": TEST.format(body=body)})

    result = project.run("--wslgo-output-limit=1k", "--wslgo-journal=j")

    shown = output(result)
    result.stdout.fnmatch_lines(["*characters left out; the journal has them*", "the end"])
    assert 90 <= shown.count("abcdefghi") <= 103
    raw = next((project.path / "j").rglob("0.stdout")).read_text()
    assert raw.count("abcdefghi") == 1000


def test_output_without_a_limit(project: GoProject) -> None:
    """``none`` keeps everything."""
    body = 'fmt.Print(strings.Repeat("abcdefghi\\n", 50_000)); t.Fail()'
    project.write({"p_test.go": TEST.format(body=body)})

    result = project.run("--wslgo-output-limit=none")

    assert output(result).count("abcdefghi") == 50_000 + len(["in the summary"])


@pytest.mark.parametrize("wrong", ["", "0", "12x", "-1", "1.5M"])
def test_a_limit_that_is_none(project: GoProject, wrong: str) -> None:
    """A size that cannot be read is refused with what can."""
    result = project.run(f"--wslgo-output-limit={wrong}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--wslgo-output-limit=*such as 64k or 1M; none means no limit"])


def test_control_characters(project: GoProject) -> None:
    """Nothing that a test prints or skips with steers the terminal; colours stay, and end."""
    body = (
        'fmt.Println("\\x1b[31mred \\x1b[2J\\x1b]0;title\\a\\x00\\u202e\\xff"); '
        't.Fatal("why\\x1b[2J\\r!")'
    )
    project.write({"p_test.go": TEST.format(body=body)})
    file = project.path / "junit.xml"

    result = project.run(f"--junitxml={file}", "-rA")

    shown = output(result)
    if locate(environ=os.environ).satisfies(">=1.27"):  # its test2json swallows escapes itself
        assert "[31mred [2J]0;title\\x07\\x00\\u202e\ufffd\n" in shown
    else:
        assert "\x1b[31mred \\x1b[2J\\x1b]0;title\\x07\\x00\\u202e\ufffd\n" in shown
        assert "\x1b[0m\n" in shown
    assert "FAILED p_test.go::TestIt - why\\x1b[2J\\r!\n" in shown
    assert not re.search(r"\x1b(?!\[(?:31|0)m)", shown)
    assert "title" in ET.tostring(ET.parse(file).getroot(), encoding="unicode")


def test_source_lines(project: GoProject) -> None:
    """A compiler's message has the line of source below it, and a caret under the column."""
    body = 'var number int = "text"\n        _ = number'
    project.write({"sub/p_test.go": TEST.format(body=body)})

    result = project.run()

    result.stdout.fnmatch_lines(
        [
            "sub/p_test.go:14:22: cannot use *",
            '    14 | *    var number int = "text"',
            "       | *                     ^",
        ]
    )


def test_attributes(project: GoProject) -> None:
    """``t.Attr`` is a property of the test case, a subtest's under its name."""
    needs_go("1.25")
    body = 't.Attr("owner", "me"); t.Run("sub", func(t *testing.T) { t.Attr("key", "a b") })'
    project.write({"p_test.go": TEST.format(body=body)}, go_mod="module m\n\ngo 1.25\n")

    case = project.junit()["p_test.go::TestIt"]

    assert [(each.get("name"), each.get("value")) for each in case.iter("property")] == [
        ("owner", "me"),
        ("sub: key", "a b"),
    ]


@pytest.mark.parametrize("chosen", [True, False])
def test_artifacts(project: GoProject, chosen: bool) -> None:
    """What a test writes into its ArtifactDir is kept and listed; other packages stay cached."""
    needs_go("1.26")
    body = 'os.WriteFile(t.ArtifactDir()+"/trace.txt", []byte("kept"), 0o644)'
    files = {"a/p_test.go": TEST.format(body=body), "b/p_test.go": TEST.format(body="")}
    project.write(files, go_mod="module m\n\ngo 1.26\n")
    project.run()
    where = [f"--wslgo-artifacts={project.path}/kept"] if chosen else ["--wslgo-journal=j"]

    result = project.run(*where)

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["cached: 1 of 2 packages", "artifacts of m/a.TestIt: *_artifacts/*"]
    )
    (file,) = (project.path / ("kept" if chosen else "j")).rglob("trace.txt")
    assert file.read_text() == "kept"
    assert str(file.parent.relative_to(project.path)) in output(result)
