"""What goes wrong outside of tests is red, whoever looks the other way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from go_project import GoProject

EXITS = """
    package m

    import (
        "os"
        "testing"
    )

    func TestMain(m *testing.M) { m.Run(); os.Exit(3) }
    func TestX(t *testing.T)    {}
    func TestY(t *testing.T)    {}
"""


def one(name: str, body: str = "") -> str:
    """A test file with one test."""
    return f'package m\n\nimport "testing"\n\nfunc {name}(t *testing.T) {{ {body} }}\n'


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["alone", "workers"])
def test_two_modules_of_one_name(project: GoProject, workers: tuple[str, ...]) -> None:
    """A repository may hold two modules of one path; their tests are told apart."""
    module = "module example.com/m\n\ngo 1.21\n"
    project.write({"a/go.mod": module, "b/go.mod": module}, go_mod="")
    project.write({"a/x_test.go": one("TestX", 't.Fatal("boom")'), "b/x_test.go": one("TestX")})

    result = project.run(*workers, alone=bool(workers))

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED a/x_test.go::TestX - boom*"])


def test_the_same_path_with_tests_and_without(project: GoProject) -> None:
    """A package that does not build is not taken for its namesake in another module."""
    module = "module example.com/m\n\ngo 1.21\n"
    project.write({"a/go.mod": module, "b/go.mod": module}, go_mod="")
    project.write({"a/x_test.go": one("TestX"), "b/b.go": "package m\n\nvar b int = nothing\n"})

    result = project.run("--wslgo-cover=on")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["ERROR b - *does not build*"])


def test_reruns_do_not_forgive_a_package(project: GoProject) -> None:
    """The test binary exits with 3 each time: that is no flaky test."""
    project.write({"x_test.go": EXITS})

    result = project.run("--reruns=1", alone=True)

    assert result.ret == 1
    result.stdout.fnmatch_lines(["ERROR . - *the package failed*"])


def test_the_last_item_is_skipped_by_a_hook(project: GoProject) -> None:
    """The item that would carry the package's fault never comes to its teardown."""
    project.write({"x_test.go": EXITS})
    project.write(
        {
            "conftest.py": """
                import pytest

                def pytest_runtest_setup(item):
                    if item.name == "TestY":
                        pytest.skip("not now")
            """
        }
    )

    result = project.run()

    assert result.ret == 1
    result.stdout.fnmatch_lines(["ERROR . - *the package failed*"])


def test_an_expected_failure_hides_no_crash(project: GoProject) -> None:
    """A panic after the last test is not what the xfail mark of another test speaks of."""
    project.write(
        {
            "x_test.go": """
                package m

                import "testing"

                func TestMain(m *testing.M) { m.Run(); panic("database corrupted") }
                func TestA(t *testing.T)    { t.Fatal("known") }
                func TestB(t *testing.T)    {}
            """,
            "conftest.py": """
                import pytest

                def pytest_collection_modifyitems(items):
                    items[0].add_marker(pytest.mark.xfail)
            """,
        }
    )

    result = project.run()

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*database corrupted*"])


@pytest.mark.parametrize(
    "files", [{}, {"build/__init__.py": ""}], ids=["norecursedirs", "python-package"]
)
def test_a_broken_module_where_pytest_does_not_look(
    project: GoProject, files: dict[str, str]
) -> None:
    """A go.mod that cannot be read is an error in a folder called build, too."""
    project.write({"build/go.mod": "garbage ((\n", "build/x_test.go": one("TestX")}, go_mod="")
    project.write({"test_p.py": "def test_p(): pass", **files}, go_mod="")

    result = project.run()

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*cannot list the packages*errors parsing go.mod*"])


def test_ellipsis_without_a_module(project: GoProject) -> None:
    """`./...` is an error where it is one for `go test`."""
    project.write({"x_test.go": one("TestX"), "test_p.py": "def test_p(): pass"}, go_mod="")

    result = project.run("./...")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*there is no Go module here*"])


def test_without_the_skipping_plugin(project: GoProject) -> None:
    """`-p no:skipping` takes its options away, and its marks."""
    project.write_noting("", "TestA")

    result = project.run("-p", "no:skipping", alone=True)

    result.assert_outcomes(passed=1)


def test_an_item_that_a_hook_adds_late(project: GoProject) -> None:
    """Its group is not known yet when the run is planned."""
    project.write_noting("", "TestA", "TestB")
    project.write(
        {
            "conftest.py": """
                import pytest

                @pytest.hookimpl(wrapper=True, trylast=True)
                def pytest_collection_modifyitems(items):
                    late = items.pop()
                    yield
                    items.append(late)
            """
        }
    )

    result = project.run()

    result.assert_outcomes(passed=2)


def test_a_fixture_that_fails_reads_as_for_python_tests(project: GoProject) -> None:
    """The conftest.py's own line, and none of pytest's."""
    project.write(
        {
            "x_test.go": one("TestX").replace("func", "//wslgo:usefixtures bad\nfunc"),
            "conftest.py": """
                import pytest

                @pytest.fixture
                def bad():
                    raise RuntimeError("docker is not running")
            """,
        }
    )

    result = project.run()

    result.assert_outcomes(errors=1)
    text = result.stdout.str()
    assert "docker is not running" in text
    assert "pluggy" not in text.partition("= ERRORS =")[2]
    assert len(result.outlines) < 40


def test_compilers_paths_lead_from_where_pytest_was_started(project: GoProject) -> None:
    """Also where the module is in a folder below."""
    project.write({"svc/go.mod": "module example.com/svc\n\ngo 1.21\n"})
    project.write({"svc/store/s.go": "package store\n\nvar s int = nothing\n"})
    project.write({"svc/store/s_test.go": one("TestS").replace("package m", "package store")})

    result = project.run()

    result.stdout.fnmatch_lines(["ERROR svc/store/s_test.go::TestS - does not build: svc/store/*"])


def test_the_seed_of_a_shuffled_failure(project: GoProject) -> None:
    """It is what brings the failure back."""
    project.write({"x_test.go": one("TestX", 't.Fatal("no")')})

    result = project.run("--wslgo-shuffle=7")

    result.stdout.fnmatch_lines(["example.com/m was shuffled: --wslgo-shuffle=7 repeats it"])


def test_a_subtest_that_failed_through_its_own_subtest(project: GoProject) -> None:
    """The innermost says why; the one around it is not reported as one more failure."""
    body = 't.Run("a", func(t *testing.T) { t.Run("b", func(t *testing.T) { t.Error("why") }) })'
    project.write({"x_test.go": one("TestX", body)})

    result = project.run()

    failed = [line for line in result.outlines if line.startswith("SUBFAILED")]
    assert failed == ["SUBFAILED[a/b] x_test.go::TestX - why"]


def test_exitfirst_names_what_it_stopped(project: GoProject) -> None:
    """The test that ran when another one failed is named, and where to read on."""
    project.write(
        {
            "a/x_test.go": """
                package a

                import (
                    "os"
                    "testing"
                )

                func TestWaits(t *testing.T) {
                    os.WriteFile("../started", nil, 0o644)
                    select {}
                }
            """,
            "b/x_test.go": """
                package b

                import (
                    "os"
                    "testing"
                    "time"
                )

                func TestFails(t *testing.T) {
                    for range time.Tick(5 * time.Millisecond) {
                        if _, err := os.Stat("../started"); err == nil {
                            t.Fatal("no")
                        }
                    }
                }
            """,
        }
    )

    result = project.run("-x", alone=True)

    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "the Go run was stopped; running then: example.com/m/a.TestWaits; all that it said:",
            "  python -m pytest_wslgo report .pytest_cache/d/wslgo/*",
        ]
    )
