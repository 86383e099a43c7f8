"""wslgo_marks: markers for Go tests whose files must not be edited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from go_project import errors, output
from marked_machine import put

if TYPE_CHECKING:
    from go_project import GoProject


def three(project: GoProject, *entries: str, toml: bool = False) -> None:
    """Packages m, fs and fs/deep with TestRename, TestRenameTwice and TestOpen each; entries."""
    put(project)
    for directory in ("", "fs", "fs/deep"):
        project.write_noting(directory, "TestRename", "TestRenameTwice", "TestOpen")
    if toml:
        lines = "".join(f"  '{entry}',\n" for entry in entries)
        project.write({"pyproject.toml": f"[tool.pytest]\nwslgo_marks = [\n{lines}]\n"})
    else:
        lines = "".join(f"  {entry}\n" for entry in entries)
        (project.path / "pytest.ini").write_text(f"[pytest]\nwslgo_marks =\n{lines}")


def skipped(project: GoProject, *arguments: str) -> list[str]:
    """The node IDs that are skipped."""
    result = project.run("-v", *arguments)
    return [line.split()[0] for line in result.outlines if re.search("::.* SKIPPED", line)]


@pytest.mark.parametrize("toml", [True, False], ids=["toml", "ini"])
def test_directory_and_name(project: GoProject, toml: bool) -> None:
    """An entry is for the tests of a name in a directory and below; they are not executed."""
    three(project, 'fs/...::TestRename* requires_systemd reason="units"', toml=toml)

    result = project.run("-rs")

    result.assert_outcomes(passed=5, skipped=4)
    assert project.executed() == [
        "deep.TestOpen",
        "fs.TestOpen",
        "m.TestOpen",
        "m.TestRename",
        "m.TestRenameTwice",
    ]
    assert "fs/a_test.go:5: requires_systemd: PID 1 is init (/proc/1/comm); units" in output(result)


def test_patterns(project: GoProject) -> None:
    """A directory alone is itself only, a file is a file, a name alone is for all directories."""
    three(
        project,
        "fs::TestOpen requires_systemd",
        "./fs/deep/a_test.go::TestRename requires_systemd",
        "::TestRenameTwice requires_systemd",
    )

    assert skipped(project) == [
        "a_test.go::TestRenameTwice",
        "fs/a_test.go::TestRenameTwice",
        "fs/a_test.go::TestOpen",
        "fs/deep/a_test.go::TestRename",
        "fs/deep/a_test.go::TestRenameTwice",
    ]


def test_everything(project: GoProject) -> None:
    """``...`` is for all tests."""
    three(project, "... requires_systemd")

    assert len(skipped(project)) == 9


def test_selected_by_mark(project: GoProject) -> None:
    """Marks by pattern are marks: -m chooses by them."""
    three(project, "fs/... requires_systemd")

    found = project.collect("-m", "requires_systemd")

    assert len(found) == 6
    assert all(node_id.startswith("fs/") for node_id in found)


def test_other_directives(project: GoProject) -> None:
    """The other directives work there too: usefixtures, uncached."""
    three(project, "fs::TestOpen usefixtures missing", "... uncached")

    result = project.run("fs")
    again = project.run("fs/deep")

    assert "fixture 'missing' not found" in output(result)
    result.assert_outcomes(passed=5, errors=1)
    assert "cached" not in output(again)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("fs/... skip_on_drfvs", "did you mean skip_on_drvfs?"),
        ("fs/... requires_kernel 5", "'5' is no version specifier"),
        ("fs/...", "write PATTERN NAME [ARGUMENTS]"),
        ("f*/... requires_root", "only ... stands for others"),
        ("/fs requires_root", "name directories relative to the rootdir"),
    ],
)
def test_wrong(project: GoProject, entry: str, message: str) -> None:
    """An entry that cannot be read is a usage error that names it."""
    three(project, entry)

    result = project.run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    [line] = errors(result)
    assert line.startswith(f"wslgo_marks: '{entry}': ")
    assert message in line


STALE = "wslgo_marks: 'fs/...::TestGone requires_root' matches no test here: mend or remove it"


@pytest.mark.parametrize("arguments", [(), ("fs",), ("./...",), ("--lf",), ("-n2",)])
def test_stale(project: GoProject, arguments: tuple[str, ...]) -> None:
    """An entry that matches nothing where all that it could match was collected is noted once."""
    three(project, "fs/...::TestGone requires_root", "::TestOpen requires_systemd")
    if arguments == ("--lf",):
        project.write_noting("lf", "TestFails")
        project.run("lf")

    result = project.run(*arguments)

    assert [line for line in result.outlines if "matches no test" in line] == [STALE]


@pytest.mark.parametrize("arguments", [("fs/deep",), ("a_test.go",), ("fs/a_test.go::TestOpen",)])
def test_not_looked_at(project: GoProject, arguments: tuple[str, ...]) -> None:
    """Where only a part was collected, nobody can know."""
    three(project, "fs/...::TestGone requires_root")

    result = project.run(*arguments)

    assert "matches no test" not in output(result)


@pytest.mark.parametrize("arguments", [("-k", "TestRename"), ("--ignore=fs",), ("--lf",)])
def test_left_out_by_pytest(project: GoProject, arguments: tuple[str, ...]) -> None:
    """What pytest leaves out of this session is there all the same."""
    three(project, "fs/...::TestOpen requires_root")
    project.write_noting("lf", "TestFails")
    if arguments == ("--lf",):
        project.run("lf")

    result = project.run(*arguments)

    assert "matches no test" not in output(result)


def test_for_another_platform(project: GoProject) -> None:
    """A test in a file for another platform is there, for the sessions on that platform."""
    three(project, "fs::TestOnPlan9 skip_on_drvfs", "::BenchmarkB skip_on_drvfs")
    text = 'package fs\n\nimport "testing"\n\n'
    project.write(
        {
            "fs/b_plan9_test.go": f"{text}func TestOnPlan9(t *testing.T) {{}}\n",
            "fs/b_test.go": f"{text}func BenchmarkB(b *testing.B) {{}}\n",
        }
    )

    result = project.run()

    result.assert_outcomes(passed=9)
    assert "matches no test" not in output(result)
