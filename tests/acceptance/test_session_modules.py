"""Nested modules, workspaces, and modules that are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from go_project import output

if TYPE_CHECKING:
    from go_project import GoProject

PYTHON_TEST = "def test_python(): pass"


def module(name: str) -> str:
    """A go.mod."""
    return f"module example.com/{name}\n\ngo 1.21\n"


def test_nested(project: GoProject) -> None:
    """Each module below the rootdir is run, a process for each, and each test once."""
    project.write({"go.mod": module("m"), "tools/gen/go.mod": module("gen")})
    project.write_noting("p", "TestA")
    project.write_noting("tools/gen", "TestA")

    result = project.run("--wslgo-journal=j")

    result.assert_outcomes(passed=2)
    assert project.executed() == ["gen.TestA", "p.TestA"]
    folders = [process["cwd"] for process in project.processes(project.path / "j")]
    assert folders == [str(project.path), str(project.path / "tools/gen")]


def test_no_module_at_the_root(project: GoProject) -> None:
    """Modules in folders of a repository whose root is none are found."""
    project.write({"one/go.mod": module("one"), "two/go.mod": module("two")}, go_mod="")
    project.write_noting("one", "TestA")
    project.write_noting("two/p", "TestA")

    assert project.collect() == ["one/a_test.go::TestA", "two/p/a_test.go::TestA"]


def test_workspace(project: GoProject) -> None:
    """A go.work's modules are one process, whose root needs no go.mod; another one is noted."""
    project.write(
        {
            "go.work": "go 1.21\n\nuse ./one\nuse ./two\n",
            "one/go.mod": module("one"),
            "two/go.mod": module("two"),
            "outside/go.mod": module("outside"),
            "two/two.go": "package two\n\nfunc Two() int { return 2 }\n",
            "one/use_test.go": """
                package one

                import (
                    "testing"

                    "example.com/two"
                )

                func TestUse(t *testing.T) { _ = two.Two() }
            """,
        },
        go_mod="",
    )
    for folder in ("two", "outside"):
        project.write_noting(folder, "TestA")

    result = project.run("--wslgo-journal=j")

    result.assert_outcomes(passed=3)
    together, alone = project.processes(project.path / "j")
    assert set(together["selected"]) == {"example.com/one", "example.com/two"}
    assert together["cwd"] == str(project.path)
    assert set(alone["selected"]) == {"example.com/outside"}
    assert alone["environ"]["GOWORK"] == "off"
    [note] = [line for line in result.outlines if "outside" in line and "GOWORK=off" in line]
    assert "go.work" in note


def test_workspace_ellipsis(project: GoProject) -> None:
    """A folder of one module of a workspace can be named, and nothing else is run."""
    project.write(
        {
            "go.work": "go 1.21\n\nuse ./one\nuse ./two\n",
            "one/go.mod": module("one"),
            "two/go.mod": module("two"),
        },
        go_mod="",
    )
    for folder in ("one/p", "two/p"):
        project.write_noting(folder, "TestA")

    assert project.collect("./two/...") == ["two/p/a_test.go::TestA"]


def broken(project: GoProject) -> None:
    """A project with a module that is fine, a broken one, and a Python test."""
    project.write({"good/go.mod": module("good"), "bad/go.mod": "modul bad\n"}, go_mod="")
    for folder in ("good", "bad"):
        project.write_noting(folder, "TestA")
    project.write({"test_p.py": PYTHON_TEST})


def test_broken_go_mod(project: GoProject) -> None:
    """A broken go.mod is a collection error of one paragraph: nothing runs, exit 2."""
    broken(project)

    result = project.run()

    assert result.ret == 2
    result.assert_outcomes(errors=1)
    assert project.executed() == []
    text = result.stdout.str()
    assert "ERROR collecting bad" in text
    assert text.count("unknown directive: modul") == 1 + text.partition("short test summary")[
        2
    ].count("unknown directive: modul")
    assert "Traceback" not in text
    assert "Traceback" not in text


def test_rest_beside_broken_go_mod(project: GoProject) -> None:
    """With --continue-on-collection-errors the other modules and Python tests run."""
    broken(project)

    result = project.run("--continue-on-collection-errors")

    assert result.ret == 1
    result.assert_outcomes(passed=2, errors=1)
    assert project.executed() == ["good.TestA"]


def test_workers_beside_broken_go_mod(project: GoProject) -> None:
    """pytest-xdist runs the rest, as it does for Python: still by one process."""
    broken(project)
    project.write_noting("good", "TestA", "TestB", "TestC")

    result = project.run("-n2", "--wslgo-journal=j", alone=True)

    assert result.ret == 1
    result.assert_outcomes(passed=4, errors=1)
    assert len(project.processes(project.path / "j")) == 1


def test_workspace_beside_an_unlisted_module(project: GoProject) -> None:
    """A root module that its own go.work does not list hides none of the modules that it lists."""
    project.write({"go.work": "go 1.21\n\nuse ./one\n", "one/go.mod": module("one")})
    project.write({"go.mod": module("m")})
    for folder in ("one", "p"):
        project.write_noting(folder, "TestA")

    result = project.run()

    result.assert_outcomes(passed=2)
    assert project.executed() == ["one.TestA", "p.TestA"]


def test_missing_dependency(project: GoProject) -> None:
    """A module that cannot be downloaded fails the package that needs it, and says which."""
    project.write(
        {
            "p/p.go": 'package p\n\nimport _ "example.org/missing/dep"\n',
            "p/p_test.go": 'package p\n\nimport "testing"\n\nfunc TestP(t *testing.T) {}\n',
        }
    )
    project.write_noting("q", "TestQ")

    result = project.run()

    assert result.ret == 1
    assert "ERROR p/p_test.go::TestP" in output(result)
    assert "example.org/missing/dep" in output(result)


def test_go_mod_asks_for_newer_go(project: GoProject) -> None:
    """A module that asks for a Go that is not there is a collection error that says so."""
    project.write({"go.mod": "module example.com/m\n\ngo 1.99\n"})
    project.write_noting("", "TestA")

    result = project.run()

    assert result.ret == 2
    assert "1.99" in output(result)
    assert "Traceback" not in output(result)
