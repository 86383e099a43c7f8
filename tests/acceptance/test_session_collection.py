"""What is collected: node IDs, lines, folders, files left out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from go_project import errors, output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from go_project import GoProject

PYTHON_TEST = "def test_python(): pass"


def test_node_ids(project: GoProject) -> None:
    """Items are named path/to/file_test.go::TestX, in the order of the files and their lines."""
    project.write_noting("", "TestB", "TestA", "FuzzC")
    project.write_noting("internal/foo", "TestD")

    found = project.collect()

    assert found == [
        "a_test.go::TestB",
        "a_test.go::TestA",
        "a_test.go::FuzzC",
        "internal/foo/a_test.go::TestD",
    ]


def test_lines(project: GoProject) -> None:
    """Each item knows its file and the line of its function, 0-based as pytest counts."""
    project.write_noting("p", "TestA", "TestB")

    items, _ = project.pytester.inline_genitems("--wslgo")

    places = [item.reportinfo() for item in items]
    file = project.path / "p/a_test.go"
    assert places == [(file, 4, "TestA"), (file, 5, "TestB")]
    assert [item.location for item in items] == [
        ("p/a_test.go", 4, "TestA"),
        ("p/a_test.go", 5, "TestB"),
    ]


def test_collecting_executes_nothing(project: GoProject) -> None:
    """--collect-only starts no test and compiles nothing: TestMain and init do not run."""
    project.write_noting("", "TestA")
    project.write({"x_test.go": 'package m\n\nfunc init() { panic("init ran") }\n'})

    result = project.run("--collect-only", "--wslgo-journal=j")

    assert result.ret == 0
    assert project.executed() == []
    assert project.processes(project.path / "j") == []


@pytest.mark.parametrize("folder", ["build", "dist", "venv", "node_modules", "x.egg"])
def test_folders_that_pytest_leaves_out(project: GoProject, folder: str) -> None:
    """A Go package below a folder that pytest leaves out by its name is found."""
    project.write_noting(f"go/{folder}/inner", "TestA")

    assert project.collect() == [f"go/{folder}/inner/a_test.go::TestA"]


def test_stray_python_tests(project: GoProject) -> None:
    """Python tests below such a folder stay left out, those in other folders do not."""
    project.write_noting("build", "TestA")
    project.write_noting("lib", "TestB")
    project.write(
        {
            "build/test_stray.py": PYTHON_TEST,
            "build/deeper/test_stray2.py": PYTHON_TEST,
            "lib/test_mine.py": PYTHON_TEST,
        }
    )

    assert project.collect() == [
        "build/a_test.go::TestA",
        "lib/a_test.go::TestB",
        "lib/test_mine.py::test_python",
    ]


def test_virtual_environment(project: GoProject) -> None:
    """A real virtual environment stays left out, though a Go package lies in it."""
    project.write_noting("venv/pkg", "TestA")
    project.write_noting("p", "TestB")
    project.write({"venv/pyvenv.cfg": "home = /usr/bin\n"})

    assert project.collect() == ["p/a_test.go::TestB"]


@pytest.mark.parametrize("ignored", ["build", "p"])
def test_ignore(project: GoProject, ignored: str) -> None:
    """--ignore leaves a folder out, be its name one that pytest leaves out by itself or not."""
    for folder in ("build", "p"):
        project.write_noting(folder, "TestA")

    found = project.collect(f"--ignore={ignored}")

    assert found == [f"{'p' if ignored == 'build' else 'build'}/a_test.go::TestA"]


def test_ignore_file(project: GoProject) -> None:
    """--ignore leaves a single test file out, and its tests are not executed."""
    project.write_noting("", "TestA")
    project.write(
        {"b_test.go": 'package m\n\nimport "testing"\n\nfunc TestB(t *testing.T) { note(t) }\n'}
    )

    result = project.run("--ignore=b_test.go")

    result.assert_outcomes(passed=1)
    assert project.executed() == ["m.TestA"]


def test_collect_ignore(project: GoProject) -> None:
    """collect_ignore and collect_ignore_glob of a conftest.py leave Go folders out."""
    for folder in ("build", "old", "p"):
        project.write_noting(folder, "TestA")
    project.write({"conftest.py": 'collect_ignore = ["build"]\ncollect_ignore_glob = ["ol*"]\n'})

    assert project.collect() == ["p/a_test.go::TestA"]


@pytest.mark.parametrize("folder", ["testdata", "_x", ".x", "vendor/example.com/dep"])
def test_folders_that_go_leaves_out(project: GoProject, folder: str) -> None:
    """What Go leaves out is no package: testdata, _x, .x and vendor."""
    project.write_noting(folder, "TestA")
    project.write_noting("p", "TestB")
    if folder.startswith("vendor"):
        project.write({"vendor/modules.txt": ""})

    assert project.collect() == ["p/a_test.go::TestB"]


def test_python_package_beside(project: GoProject) -> None:
    """Go files beside an __init__.py are collected, as are the Python tests there."""
    project.write_noting("pkg", "TestA")
    project.write({"pkg/__init__.py": "", "pkg/test_p.py": PYTHON_TEST})

    result = project.run("-v")

    result.assert_outcomes(passed=2)
    assert project.executed() == ["pkg.TestA"]


def test_build_constraint(project: GoProject) -> None:
    """A file that its build constraint leaves out is not collected; --wslgo-tags brings it in."""
    tagged = '//go:build special\n\npackage m\n\nimport "testing"\n\nfunc TestT(t *testing.T) {}\n'
    project.write_noting("", "TestA")
    project.write({"tagged_test.go": tagged})

    without = project.collect()
    result = project.run("--wslgo-tags=special,other")

    assert without == ["a_test.go::TestA"]
    result.assert_outcomes(passed=2)


def test_excluded_file_named(project: GoProject) -> None:
    """Naming a file that build constraints leave out is an error that says so."""
    project.write_noting("", "TestA")
    project.write({"x_plan9_test.go": "package m\n"})

    result = project.run("x_plan9_test.go")

    assert result.ret == 4
    [line] = errors(result)
    assert "x_plan9_test.go: build constraints leave this file out on " in line
    assert "--wslgo-tags" in line


def test_left_out_but_named(project: GoProject) -> None:
    """A package that ./... leaves out can be named, as for Go."""
    project.write_noting("testdata/p", "TestA")

    result = project.run("testdata/p/a_test.go")

    result.assert_outcomes(passed=1)


def test_file_outside_named(project: GoProject) -> None:
    """Naming a test file in no module is an error that says so."""
    project.write({"p/a_test.go": "package p\n"}, go_mod="")

    result = project.run("p/a_test.go")

    assert result.ret == 4
    [line] = errors(result)
    assert "names no package with this file" in line


@pytest.mark.parametrize("spelling", ["./internal/...", "internal/...", "./internal", "internal/"])
def test_ellipsis(project: GoProject, spelling: str) -> None:
    """./internal/... and its like mean what they mean to Go."""
    for folder in ("internal/foo", "internal/bar", "other"):
        project.write_noting(folder, "TestA")

    found = project.collect(spelling)

    assert found == ["internal/bar/a_test.go::TestA", "internal/foo/a_test.go::TestA"]


def test_ellipsis_everything(project: GoProject) -> None:
    """./... is the module without the modules in it, as for Go; without it they are found too."""
    project.write_noting("p", "TestA")
    project.write_noting("nested/q", "TestB")
    project.write({"nested/go.mod": "module example.com/nested\n\ngo 1.21\n"})

    as_go = project.collect("./...")
    as_pytest = project.collect()

    assert as_go == ["p/a_test.go::TestA"]
    assert as_pytest == ["nested/q/a_test.go::TestB", "p/a_test.go::TestA"]


def test_one_package(project: GoProject) -> None:
    """./internal/foo is that folder and what lies below."""
    for folder in ("internal/foo", "internal/foo/deep", "internal/bar"):
        project.write_noting(folder, "TestA")

    result = project.run("./internal/foo")

    result.assert_outcomes(passed=2)
    assert project.executed() == ["deep.TestA", "foo.TestA"]


def test_missing_argument(project: GoProject) -> None:
    """A path that does not exist is pytest's usual error."""
    project.write_noting("", "TestA")

    result = project.run("./nowhere/...")

    assert result.ret == 4
    assert "file or directory not found" in output(result)


def test_symlinked_rootdir(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that is entered through a symbolic link is found and run."""
    project.write_noting("p", "TestA", "TestBFails")
    link = project.path.parent / f"{project.path.name}-link"
    link.symlink_to(project.path)
    monkeypatch.chdir(link)
    monkeypatch.setenv("PWD", str(link))

    result = project.run(str(link))

    result.assert_outcomes(passed=1, failed=1)
    assert "p/a_test.go" in output(result)


def test_spaces(project: GoProject) -> None:
    """A folder above the module may have a space and other odd characters in its name."""
    project.write({"my folder (1)/go.mod": "module example.com/m\n\ngo 1.21\n"}, go_mod="")
    project.write_noting("my folder (1)/p", "TestA", "TestBFails")

    result = project.run("-rA")

    result.assert_outcomes(passed=1, failed=1)
    assert "my folder (1)/p/a_test.go::TestA" in output(result)


@pytest.fixture
def locked(project: GoProject) -> Iterator[Path]:
    """A directory that cannot be read."""
    directory = project.path / "locked"
    directory.mkdir(mode=0o000)
    try:
        if os.access(directory, os.R_OK):
            pytest.skip("this user may read every directory")
        yield directory
    finally:
        directory.chmod(0o755)


def test_unreadable_directory(project: GoProject, locked: Path) -> None:
    """A directory that cannot be read may hold tests: an error that says what helps."""
    project.write_noting("p", "TestA")

    result = project.run()

    assert result.ret != 0
    assert f"cannot look for Go modules in {locked}" in output(result)
    assert "Traceback" not in output(result)


@pytest.mark.usefixtures("locked")
def test_beside_unreadable_directory(project: GoProject) -> None:
    """Where what is named lies beside it, it does not matter."""
    project.write_noting("p", "TestA")

    result = project.run("p")

    result.assert_outcomes(passed=1)


def test_no_go_here(project: GoProject) -> None:
    """Without any Go module --wslgo leaves Python tests as they are."""
    project.write({"test_p.py": PYTHON_TEST}, go_mod="")

    result = project.run()

    assert result.ret == 0
    result.assert_outcomes(passed=1)


def test_internal_and_external(project: GoProject) -> None:
    """Tests of the package and of its external test package are told apart by their files."""
    test = 'import "testing"\n\nfunc Test{name}(t *testing.T) {{ {body} }}\n'
    project.write(
        {
            "a.go": "package m\n",
            "a_test.go": "package m\n\n" + test.format(name="In", body=""),
            "x_test.go": "package m_test\n\n" + test.format(name="Ex", body="t.Fail()"),
        }
    )

    result = project.run("-rA")

    result.assert_outcomes(passed=1, failed=1)
    assert "PASSED a_test.go::TestIn" in output(result)
    assert "FAILED x_test.go::TestEx" in output(result)


def test_same_name_twice_in_a_package(project: GoProject) -> None:
    """The same test name in both test packages: both are collected, neither hides a failure."""
    test = 'import "testing"\n\nfunc TestSame(t *testing.T) {{ {body} }}\n'
    project.write(
        {
            "a.go": "package m\n",
            "a_test.go": "package m\n\n" + test.format(body=""),
            "x_test.go": "package m_test\n\n" + test.format(body="t.Fail()"),
        }
    )

    result = project.run()

    assert project.collect() == ["a_test.go::TestSame", "x_test.go::TestSame"]
    assert result.ret == 1


def test_names_in_two_packages(project: GoProject) -> None:
    """The same test name in two packages: each has its own outcome."""
    project.write_noting("p", "TestSame")
    project.write(
        {
            "q/q_test.go": """
        package q

        import "testing"

        func TestSame(t *testing.T) { t.Fatal("only here") }
    """
        }
    )

    result = project.run("-rA")

    result.assert_outcomes(passed=1, failed=1)
    assert "PASSED p/a_test.go::TestSame" in output(result)
    assert "FAILED q/q_test.go::TestSame" in output(result)


def test_unicode(project: GoProject) -> None:
    """Names beyond ASCII are names as others are, also when they are selected."""
    project.write_noting("", "TestÄ", "Test世界", "TestA")

    result = project.run("a_test.go::TestÄ", "a_test.go::Test世界")

    result.assert_outcomes(passed=2)
    assert project.executed() == sorted(["m.TestÄ", "m.Test世界"])


def test_syntax_error(project: GoProject) -> None:
    """A test file that is not valid Go fails the session and names the place."""
    project.write_noting("p", "TestA")
    project.write_noting("q", "TestB")
    project.write({"p/b_test.go": "package p\n\nfunc TestBroken(t *testing.T) {\n"})

    result = project.run()

    assert result.ret == 1
    assert "p/b_test.go:3:" in output(result)
    assert "Traceback" not in output(result)


def test_wrong_signature(project: GoProject) -> None:
    """A test with a wrong signature fails its package with vet's words, not silently."""
    project.write_noting("p", "TestA")
    project.write({"p/b_test.go": "package p\n\nfunc TestWrong(n int) {}\n"})

    result = project.run()

    assert result.ret == 1
    assert "wrong signature for TestWrong" in output(result)
