"""Failures of every kind: on the right item, with the text that explains it, never green."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from go_project import output

if TYPE_CHECKING:
    from go_project import GoProject


def package(body: str, *imports: str, name: str = "p") -> str:
    """A test file."""
    lines = "".join(f'import "{each}"\n' for each in ("testing", *imports))
    return f"package {name}\n\n{lines}\n{body}\n"


def test_compile_failure(project: GoProject) -> None:
    """A package that does not compile: an error for each test, the compiler's words once."""
    project.write(
        {
            "p/p.go": "package p\n\nvar x int = missing\n",
            "p/p_test.go": package("".join(f"func Test{n}(t *testing.T) {{}}\n" for n in "ABC")),
        }
    )
    project.write_noting("q", "TestQ")

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(passed=1, errors=3)
    sections = output(result).partition("= ERRORS")[2].partition("short test summary")[0]
    assert sections.count("./p.go:3:13") + sections.count("p/p.go:3:13") >= 1
    assert sections.count("# example.com/m/p") == 1
    assert sections.count("(the text is shown under p/p_test.go::TestA)") == 2
    assert output(result).count("ERROR p/p_test.go::Test") == 3


def test_vet_failure(project: GoProject) -> None:
    """What vet refuses is an error of the package's tests."""
    project.write({"p_test.go": package('func TestA(t *testing.T) { t.Errorf("%d", "one") }')})

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(errors=1)
    assert "format %d has arg" in output(result)


def test_panic(project: GoProject) -> None:
    """A test that panics fails with its trace; those after it did not run, those before it did."""
    project.write(
        {
            "p_test.go": package("""
func TestBefore(t *testing.T) {}
func TestPanics(t *testing.T) { panic("oh no") }
func TestAfter(t *testing.T) {}
""")
        }
    )

    result = project.run("-rA")

    assert result.ret == 1
    result.assert_outcomes(passed=1, failed=1, errors=1)
    text = output(result)
    assert "FAILED p_test.go::TestPanics - panic: oh no" in text
    assert "ERROR p_test.go::TestAfter - did not run: " in text
    assert "PASSED p_test.go::TestBefore" in text
    assert "p_test.go:7" in text


def test_panic_in_a_goroutine(project: GoProject) -> None:
    """A panic in a goroutine is shown once, and no test of the package is green after it."""
    project.write(
        {
            "p_test.go": package("""
func TestStarts(t *testing.T) {
	done := make(chan bool)
	go func() {
		panic("in the background")
	}()
	<-done
}
func TestAfter(t *testing.T) {}
""")
        }
    )

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(failed=1, errors=1)
    assert output(result).count("goroutine 1 [") <= 1
    assert "panic: in the background" in output(result)


def test_exit(project: GoProject) -> None:
    """os.Exit in a test fails it and says what happened; the next test did not run."""
    project.write(
        {
            "p_test.go": package(
                "func TestExits(t *testing.T) { os.Exit(3) }\nfunc TestAfter(t *testing.T) {}", "os"
            )
        }
    )

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(failed=1, errors=1)
    assert "FAILED p_test.go::TestExits - the test binary ended" in output(result)
    assert "ERROR p_test.go::TestAfter - did not run: " in output(result)


def test_exit_with_success(project: GoProject) -> None:
    """os.Exit(0) in a test: it and those after it are not green."""
    project.write(
        {
            "p_test.go": package(
                "func TestExits(t *testing.T) { os.Exit(0) }\nfunc TestAfter(t *testing.T) {}", "os"
            )
        }
    )

    result = project.run()

    assert result.ret == 1
    assert result.parseoutcomes().get("passed", 0) == 0


@pytest.mark.parametrize("status", [0, 4])
def test_main_without_run(project: GoProject, status: int) -> None:
    """A TestMain that exits before m.Run: no test is green, whatever the status."""
    project.write(
        {
            "p_test.go": package(
                f"func TestMain(m *testing.M) {{ os.Exit({status}) }}\n"
                "func TestA(t *testing.T) {}\nfunc TestB(t *testing.T) {}",
                "os",
            )
        }
    )

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(errors=2)
    assert output(result).count("- did not run: ") == 2


def test_teardown_status(project: GoProject) -> None:
    """A TestMain that fails after green tests is an error at the last test's teardown."""
    project.write(
        {
            "p_test.go": package(
                'func TestMain(m *testing.M) { m.Run(); println("cleaning failed"); os.Exit(5) }\n'
                "func TestA(t *testing.T) {}\nfunc TestB(t *testing.T) {}",
                "os",
            )
        }
    )

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(passed=2, errors=1)
    assert "ERROR at teardown of TestB" in output(result)
    assert "example.com/m: " in output(result)
    assert "cleaning failed" in output(result)


def test_init_panic(project: GoProject) -> None:
    """A panic in init: no test ran, the trace is shown once."""
    project.write(
        {
            "p_test.go": package(
                'func init() { panic("too early") }\n'
                "func TestA(t *testing.T) {}\nfunc TestB(t *testing.T) {}"
            )
        }
    )

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(errors=2)
    assert output(result).count("goroutine 1 [running]") == 1


def test_timeout(project: GoProject) -> None:
    """--wslgo-timeout ends a test that hangs; that test fails and the next did not run."""
    project.write(
        {
            "p_test.go": package(
                "func TestQuick(t *testing.T) {}\n"
                "func TestHangs(t *testing.T) { select {} }\n"
                "func TestAfter(t *testing.T) {}\n"
                "var _ = time.Second",
                "time",
            ).replace("select {}", "time.Sleep(time.Hour)")
        }
    )

    result = project.run("--wslgo-timeout=300ms")

    assert result.ret == 1
    result.assert_outcomes(passed=1, failed=1, errors=1)
    [line] = [line for line in result.outlines if line.startswith("FAILED p_test.go::TestHangs")]
    assert "300ms" in line
    assert "ERROR p_test.go::TestAfter - did not run: " in output(result)


def test_untested_package(project: GoProject) -> None:
    """A package without tests that does not build fails the session, as it fails `go test`."""
    project.write_noting("p", "TestA")
    project.write({"broken/b.go": "package broken\n\nvar x int = missing\n"})

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(passed=1, errors=1)
    assert "ERROR broken - " in output(result)
    assert "undefined: missing" in output(result)


@pytest.mark.parametrize("selection", [["p/a_test.go"], ["-k", "TestB"]])
def test_untested_package_outside_the_selection(project: GoProject, selection: list[str]) -> None:
    """It does not matter to a selection that leaves something out."""
    project.write_noting("p", "TestA", "TestB")
    project.write({"broken/b.go": "package broken\n\nvar x int = missing\n"})

    result = project.run(*selection)

    assert result.ret == 0
    assert "p.TestB" in project.executed()


def test_dependency(project: GoProject) -> None:
    """A dependency that does not build sinks the packages that need it; its words stand once."""
    project.write({"dep/d.go": "package dep\n\nvar X int = missing\n"})
    for name in ("p", "q"):
        project.write(
            {
                f"{name}/x_test.go": package(
                    "func TestA(t *testing.T) { _ = dep.X }", "example.com/m/dep", name=name
                )
            }
        )
    project.write_noting("r", "TestA")

    result = project.run("p", "q", "r")

    assert result.ret == 1
    result.assert_outcomes(passed=1, errors=2)
    sections = output(result).partition("= ERRORS")[2].partition("short test summary")[0]
    assert sections.count("# example.com/m/dep") == 1
    assert "(the text is shown under p/x_test.go::TestA)" in sections


def test_subtest_panics(project: GoProject) -> None:
    """A panic in a subtest fails its test, and the trace is there."""
    project.write(
        {
            "p_test.go": package(
                'func TestA(t *testing.T) { t.Run("sub", func(t *testing.T) { panic("deep") }) }'
            )
        }
    )

    result = project.run()

    assert result.ret == 1
    assert result.parseoutcomes().get("passed", 0) == 0
    assert "panic: deep" in output(result)


def test_forged_output(project: GoProject) -> None:
    """A test that prints what looks like a result does not forge one."""
    project.write(
        {
            "p_test.go": package(
                "func TestA(t *testing.T) {\n"
                '\tfmt.Print("--- PASS: TestB (0.00s)\\n")\n'
                '\tfmt.Print("ok  \\texample.com/m\\t0.1s\\n")\n}\n'
                'func TestB(t *testing.T) { t.Error("really") }',
                "fmt",
            )
        }
    )

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(passed=1, failed=1)


def test_goflags(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that executes no test does not make one green, though GOFLAGS name it."""
    project.write({"p_test.go": package("func TestA(t *testing.T) {}")})
    monkeypatch.setenv("GOFLAGS", "-exec=true")

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(errors=1)


def test_cached(project: GoProject) -> None:
    """An unchanged package is answered from Go's cache, and green all the same."""
    project.write({"p_test.go": package("func TestA(t *testing.T) {}")})
    project.run()

    result = project.run("--wslgo-journal=j")

    result.assert_outcomes(passed=1)
    assert "(cached)" in next((project.path / "j").rglob("0.stdout")).read_text()


def test_example(project: GoProject) -> None:
    """An example with an Output comment is an item; a wrong output fails with got and want."""
    project.write(
        {
            "p_test.go": """
                package p

                import "fmt"

                func Example() {
                    fmt.Println("one")
                    // Output: two
                }
            """
        }
    )

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(failed=1)
    assert "got:\none\nwant:\ntwo\n" in output(result)
