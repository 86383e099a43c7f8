"""Options that change how Go runs the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from go_project import output

if TYPE_CHECKING:
    from go_project import GoProject

FLAKY = """
    package p

    import (
        "os"
        "testing"
    )

    func TestFlaky(t *testing.T) {
        if _, err := os.Stat("was-here"); err == nil {
            t.Fatal("the second time")
        }
        os.WriteFile("was-here", nil, 0o644)
    }

    func TestGood(t *testing.T) {}
"""


def test_count(project: GoProject) -> None:
    """--wslgo-count=2 runs each test twice: one item, one outcome."""
    project.write_noting("", "TestA", "TestB")

    result = project.run("--wslgo-count=2")

    result.assert_outcomes(passed=2)
    assert project.executed() == ["m.TestA", "m.TestA", "m.TestB", "m.TestB"]


def test_count_with_a_failure(project: GoProject) -> None:
    """A test that fails in one of its repetitions has failed."""
    project.write({"p_test.go": FLAKY})

    result = project.run("--wslgo-count=2")

    assert result.ret == 1
    result.assert_outcomes(passed=1, failed=1)
    assert "the second time" in output(result)


def test_count_passes_the_cache_by(project: GoProject) -> None:
    """--wslgo-count=1 executes what Go's test cache would answer."""
    project.write_noting("", "TestA")
    project.run()

    project.run("--wslgo-count=1")

    assert project.executed() == ["m.TestA", "m.TestA"]


def test_shuffle(project: GoProject) -> None:
    """--wslgo-shuffle with a seed changes the order of execution, and the report stays."""
    names = [f"Test{letter}" for letter in "ABCDEFGH"]
    project.write_noting("", *names)
    log = project.path.parent / f"{project.path.name}.executed"

    result = project.run("--wslgo-shuffle=7", "-v")

    result.assert_outcomes(passed=8)
    order = log.read_text().split()
    assert sorted(order) == [f"m.{name}" for name in names]
    assert order != sorted(order)


def test_short(project: GoProject) -> None:
    """--wslgo-short is testing.Short."""
    project.write(
        {
            "p_test.go": """
                package p

                import "testing"

                func TestA(t *testing.T) {
                    if testing.Short() {
                        t.Skip("long")
                    }
                }
            """
        }
    )

    result = project.run("--wslgo-short")

    result.assert_outcomes(skipped=1)


def test_parallel(project: GoProject) -> None:
    """--wslgo-parallel=N reaches the test binary, --wslgo-jobs=N the go command."""
    project.write(
        {
            "p_test.go": """
                package p

                import (
                    "flag"
                    "testing"
                )

                func TestA(t *testing.T) {
                    if got := flag.Lookup("test.parallel").Value.String(); got != "3" {
                        t.Fatal(got)
                    }
                }
            """
        }
    )

    result = project.run("--wslgo-parallel=3", "--wslgo-jobs=1", "--wslgo-journal=j")

    result.assert_outcomes(passed=1)
    [process] = project.processes(project.path / "j")
    assert "-p=1" in process["argv"]


BENCHMARKS = """
    package p

    import "testing"

    func TestA(t *testing.T) {}

    func BenchmarkGood(b *testing.B) {
        for i := 0; i < b.N; i++ {
        }
    }

    func BenchmarkBad(b *testing.B) { b.Fatal("slow") }

    func BenchmarkSkipped(b *testing.B) { b.Skip("no cores") }

    func BenchmarkTable(b *testing.B) {
        b.Run("small", func(b *testing.B) {})
    }
"""


def test_no_benchmarks(project: GoProject) -> None:
    """Without --wslgo-bench benchmarks are not collected."""
    project.write({"p_test.go": BENCHMARKS})

    assert project.collect() == ["p_test.go::TestA"]


def test_benchmarks(project: GoProject) -> None:
    """With it they are items: passed, failed and skipped; their figures are in the report."""
    project.write({"p_test.go": BENCHMARKS})

    result = project.run("--wslgo-bench", "--wslgo-args=-benchtime=1x", "-rA")

    text = output(result)
    assert "PASSED p_test.go::TestA" in text
    assert "PASSED p_test.go::BenchmarkGood" in text
    assert "PASSED p_test.go::BenchmarkTable" in text
    assert "FAILED p_test.go::BenchmarkBad - slow" in text
    assert "no cores" in text
    assert result.ret == 1
    result.assert_outcomes(passed=3, failed=1, skipped=1)
    assert "ns/op" in text


def test_one_benchmark(project: GoProject) -> None:
    """One benchmark alone is run alone, and no test."""
    project.write_noting("", "TestA", "BenchmarkB", "BenchmarkC")

    result = project.run("--wslgo-bench", "--wslgo-args=-benchtime=1x", "a_test.go::BenchmarkB")

    result.assert_outcomes(passed=1)
    assert set(project.executed()) == {"m.BenchmarkB"}


def test_fuzz_seeds(project: GoProject) -> None:
    """A fuzz target is an item that runs its seeds, those in testdata too."""
    project.write(
        {
            "p_test.go": """
                package p

                import "testing"

                func FuzzF(f *testing.F) {
                    f.Add(1)
                    f.Fuzz(func(t *testing.T, n int) {
                        if n == 42 {
                            t.Fatal("the answer")
                        }
                    })
                }
            """,
            "testdata/fuzz/FuzzF/answer": "go test fuzz v1\nint(42)\n",
        }
    )

    result = project.run("-rf")

    assert result.ret == 1
    assert "SUBFAILED[answer] p_test.go::FuzzF" in output(result)
    assert "the answer" in output(result)


def test_cpu(project: GoProject) -> None:
    """-cpu=1,2 repeats each test; one item, one outcome."""
    project.write_noting("", "TestA")

    result = project.run("--wslgo-args=-cpu=1,2")

    result.assert_outcomes(passed=1)
    assert project.executed() == ["m.TestA", "m.TestA"]
