"""Marks that a conftest.py adds to Go items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from go_project import output

if TYPE_CHECKING:
    from go_project import GoProject


def mark(project: GoProject, name: str, expression: str) -> None:
    """Write a conftest.py that gives a test a mark."""
    project.write(
        {
            "conftest.py": f"""
                import pytest

                def pytest_collection_modifyitems(items):
                    for item in items:
                        if item.name == {name!r}:
                            item.add_marker({expression})
            """
        }
    )


@pytest.mark.parametrize(
    "expression",
    [
        'pytest.mark.skip(reason="not here")',
        'pytest.mark.skipif(True, reason="not here")',
        "pytest.mark.skipif(\"sys.platform != 'none'\", reason='not here')",
    ],
)
def test_skip(project: GoProject, expression: str) -> None:
    """What a mark skips is not executed, and its reason is reported."""
    project.write_noting("", "TestA", "TestB")
    mark(project, "TestB", expression)

    result = project.run("-rs")

    result.assert_outcomes(passed=1, skipped=1)
    assert project.executed() == ["m.TestA"]
    assert "not here" in output(result)


def test_skip_everything(project: GoProject) -> None:
    """Where marks skip all tests, Go is not started for them."""
    project.write_noting("", "TestA")
    mark(project, "TestA", 'pytest.mark.skip(reason="not here")')

    result = project.run("--wslgo-journal=j")

    result.assert_outcomes(skipped=1)
    assert project.executed() == []
    assert project.processes(project.path / "j") == []


@pytest.mark.parametrize(
    "broken",
    [
        'import "os"\n\nfunc TestMain(m *testing.M) { m.Run(); os.Exit(4) }\n',
        "func broken() int { return nothing }\n",
    ],
    ids=["package", "build"],
)
def test_xfail_is_no_excuse(project: GoProject, broken: str) -> None:
    """A package that fails, or does not build, is red although its only test may fail."""
    head, _, body = broken.rpartition("\n\n")
    text = f'package m\n\nimport "testing"\n{head}\n\n{body}\nfunc TestA(t *testing.T) {{}}\n'
    project.write({"a_test.go": text})
    mark(project, "TestA", 'pytest.mark.xfail(reason="known")')

    result = project.run()

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["ERROR a_test.go::TestA - *"])


def test_subtests_of_an_expected_failure(project: GoProject) -> None:
    """They are expected as well: none is reported as failed."""
    body = 't.Run("sub", func(t *testing.T) { t.Error("no") })'
    project.write(
        {"a_test.go": f'package m\n\nimport "testing"\n\nfunc TestA(t *testing.T) {{ {body} }}\n'}
    )
    mark(project, "TestA", 'pytest.mark.xfail(reason="known")')

    result = project.run()

    assert result.ret == 0
    result.assert_outcomes(xfailed=1)
    assert "SUBFAILED" not in output(result)


def test_xfail(project: GoProject) -> None:
    """An expected failure is reported as xfailed, with exit 0."""
    project.write_noting("", "TestA", "TestBFails")
    mark(project, "TestBFails", 'pytest.mark.xfail(reason="known")')

    result = project.run("-rx")

    assert result.ret == 0
    result.assert_outcomes(passed=1, xfailed=1)
    assert "XFAIL a_test.go::TestBFails - known" in output(result)


def test_xpass(project: GoProject) -> None:
    """A test that passes against expectation is xpassed; with strict=True it fails."""
    project.write_noting("", "TestA")
    mark(project, "TestA", "pytest.mark.xfail")
    lenient = project.run()
    mark(project, "TestA", "pytest.mark.xfail(strict=True)")

    strict = project.run()

    assert lenient.ret == 0
    lenient.assert_outcomes(xpassed=1)
    assert strict.ret == 1
    strict.assert_outcomes(failed=1)


def test_xfail_not_run(project: GoProject) -> None:
    """xfail(run=False) is not executed; with --runxfail it is, and its failure counts."""
    project.write_noting("", "TestAFails")
    mark(project, "TestAFails", "pytest.mark.xfail(run=False)")

    result = project.run()
    before = project.executed()
    forced = project.run("--runxfail")

    result.assert_outcomes(xfailed=1)
    assert before == []
    forced.assert_outcomes(failed=1)
    assert project.executed() == ["m.TestAFails"]


def test_xfail_with_a_broken_build(project: GoProject) -> None:
    """A test that is expected to fail and does not build is not green without a word."""
    project.write_noting("", "TestA")
    project.write({"b.go": "package m\n\nvar x int = undefined\n"})
    mark(project, "TestA", "pytest.mark.xfail(raises=ZeroDivisionError)")

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(errors=1)
