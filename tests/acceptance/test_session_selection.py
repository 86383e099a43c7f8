"""What pytest selects is what Go executes, and nothing besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from go_project import GoProject


@pytest.fixture
def two_packages(project: GoProject) -> GoProject:
    """Two packages with different tests, each of which notes that it was executed."""
    project.write_noting("p", "TestOne", "TestTwo")
    project.write_noting("q", "TestThree", "TestFour")
    return project


@pytest.mark.parametrize(
    ("arguments", "executed"),
    [
        (["p"], ["p.TestOne", "p.TestTwo"]),
        (["q/a_test.go"], ["q.TestFour", "q.TestThree"]),
        (["p/a_test.go::TestTwo"], ["p.TestTwo"]),
        (["p/a_test.go::TestTwo", "q/a_test.go::TestFour"], ["p.TestTwo", "q.TestFour"]),
        (["-k", "One or Three"], ["p.TestOne", "q.TestThree"]),
        (["-k", "not Two"], ["p.TestOne", "q.TestFour", "q.TestThree"]),
        (["--deselect", "p/a_test.go::TestOne"], ["p.TestTwo", "q.TestFour", "q.TestThree"]),
        (["--deselect", "p"], ["q.TestFour", "q.TestThree"]),
        (["--ignore", "q"], ["p.TestOne", "p.TestTwo"]),
    ],
)
def test_selection(
    two_packages: GoProject, arguments: Sequence[str], executed: Sequence[str]
) -> None:
    """Exactly the selected tests are executed, and by one process."""
    result = two_packages.run("--wslgo-journal=j", *arguments)

    assert result.ret == 0
    assert two_packages.executed() == executed
    assert len(two_packages.processes(two_packages.path / "j")) == 1


def test_same_name_in_the_other_package(project: GoProject) -> None:
    """A test that was not selected is not executed because its namesake was."""
    project.write_noting("p", "TestSame", "TestOther")
    project.write_noting("q", "TestSame", "TestOther")

    result = project.run("p/a_test.go::TestSame", "q/a_test.go::TestOther")

    result.assert_outcomes(passed=2)
    assert project.executed() == ["p.TestSame", "q.TestOther"]


def test_prefix(project: GoProject) -> None:
    """A name that is the beginning of another selects itself alone."""
    project.write_noting("p", "TestA", "TestAB", "TestABC")

    result = project.run("p/a_test.go::TestAB")

    result.assert_outcomes(passed=1)
    assert project.executed() == ["p.TestAB"]


def test_mark(two_packages: GoProject) -> None:
    """-m selects by marks that a conftest.py has given."""
    two_packages.write(
        {
            "conftest.py": """
                import pytest

                def pytest_configure(config):
                    config.addinivalue_line("markers", "smoke: quick ones")

                def pytest_collection_modifyitems(items):
                    for item in items:
                        if item.name in ("TestOne", "TestFour"):
                            item.add_marker(pytest.mark.smoke)
            """
        }
    )

    result = two_packages.run("-m", "smoke", "--strict-markers")

    result.assert_outcomes(passed=2, deselected=2)
    assert two_packages.executed() == ["p.TestOne", "q.TestFour"]


def test_last_failed(project: GoProject) -> None:
    """--lf executes the tests that failed the last time."""
    project.write_noting("p", "TestOne", "TestTwoFails")
    project.write_noting("q", "TestThree")
    first = project.run()
    before = project.executed()

    result = project.run("--lf", "--wslgo-count=1")

    first.assert_outcomes(passed=2, failed=1)
    result.assert_outcomes(failed=1)
    assert project.executed() == sorted([*before, "p.TestTwoFails"])


def test_failed_first(project: GoProject) -> None:
    """--ff reports the tests that failed the last time first."""
    project.write_noting("p", "TestOne")
    project.write_noting("q", "TestTwo", "TestThreeFails")
    project.run()

    result = project.run("--ff", "-v")

    reported = [line.split()[0] for line in result.outlines if line.startswith(("p/", "q/"))]
    assert reported == [
        "q/a_test.go::TestThreeFails",
        "p/a_test.go::TestOne",
        "q/a_test.go::TestTwo",
    ]


def test_stepwise(project: GoProject) -> None:
    """--stepwise goes on with the first test that failed the last time, not with a later one."""
    project.write_noting("p", "TestOne", "TestTwoFails", "TestThreeFails")
    project.run("--stepwise")

    result = project.run("--stepwise", "-v")

    assert result.ret == 2
    reported = [line.split()[0] for line in result.outlines if line.startswith("p/")]
    assert reported[0] == "p/a_test.go::TestTwoFails"


@pytest.mark.parametrize("arguments", [["-k", "nothing"], ["--lfnf=none", "--lf"]])
def test_nothing_selected(two_packages: GoProject, arguments: Sequence[str]) -> None:
    """Where nothing is selected nothing is started: exit 5."""
    result = two_packages.run("--wslgo-journal=j", *arguments)

    assert result.ret == 5
    assert two_packages.executed() == []
    assert two_packages.processes(two_packages.path / "j") == []


def test_unknown_node_id(two_packages: GoProject) -> None:
    """A node ID that does not exist is pytest's usual error, exit 4."""
    result = two_packages.run("p/a_test.go::TestNone")

    assert result.ret == 4
    assert "not found: " in result.stderr.str()
    assert two_packages.executed() == []


def test_fixtures_are_not_asked_for_collecting(two_packages: GoProject) -> None:
    """--setup-plan starts no Go."""
    result = two_packages.run("--setup-plan")

    assert result.ret == 0
    assert two_packages.executed() == []


def test_one_of_many(project: GoProject) -> None:
    """300 tests but for one: the one is not executed, the others are, by one process."""
    names = [f"TestNumber{number:03}" for number in range(300)]
    project.write_noting("p", *names)

    deselected = ["--deselect", "p/a_test.go::TestNumber123"]
    result = project.run("--wslgo-journal=j", "--wslgo-count=1", *deselected)

    result.assert_outcomes(passed=299, deselected=1)
    assert project.executed() == [f"p.{name}" for name in names if name != "TestNumber123"]
    [process] = project.processes(project.path / "j")
    assert "-skip=^(TestNumber123)$" in process["argv"]


def test_order_of_files(project: GoProject) -> None:
    """Python tests and Go tests of a folder run in one session, and keep their order."""
    project.write_noting("p", "TestA")
    project.write({"p/test_p.py": "def test_python(): pass", "test_q.py": "def test_q(): pass"})

    assert project.collect() == [
        "p/a_test.go::TestA",
        "p/test_p.py::test_python",
        "test_q.py::test_q",
    ]


@pytest.mark.parametrize("argument", ["py/test_a.py", "py/test_a.py::test_python"])
def test_a_python_file_alone(project: GoProject, argument: str) -> None:
    """A Python file beside no Go package is no question to Go: its tests run, and nothing else."""
    project.write_noting("a", "TestA")
    project.write({"py/test_a.py": "def test_python(): pass"})

    result = project.run(argument)

    result.assert_outcomes(passed=1)
    assert result.ret == 0
    assert project.executed() == []
