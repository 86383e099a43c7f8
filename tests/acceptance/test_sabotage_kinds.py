"""Benchmarks, examples and fuzz targets: other kinds of tests with ends of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject

BENCH = ("--wslgo-bench", "--wslgo-args=-benchtime=1x")


CASES = (
    Case(
        "26",
        "Benchmarks: Go never says that one has passed, its figures do",
        r"""
func TestFine(t *testing.T) {}
func BenchmarkGood(b *testing.B) { for i := 0; i < b.N; i++ {} }
func BenchmarkSubs(b *testing.B) {
	b.Run("one", func(b *testing.B) {})
	b.Run("two/three", func(b *testing.B) {})
}
func BenchmarkSkips(b *testing.B) { b.Skip("no disk") }
""",
        {
            "TestFine": "passed",
            "BenchmarkGood": "passed",
            "BenchmarkSubs": "passed",
            "BenchmarkSkips": "skipped",
        },
        args=BENCH,
        status=0,
        texts={"BenchmarkSkips": "no disk"},
    ),
    Case(
        "26b",
        "A benchmark that fails; the next one is not run by Go, and not green",
        r"""
func BenchmarkABad(b *testing.B) { b.Error("bad") }
func BenchmarkLater(b *testing.B) {}
""",
        {"BenchmarkABad": "failed", "BenchmarkLater": "passed"},
        args=BENCH,
        lines=("FAILED x_test.go::BenchmarkABad - bad",),
    ),
    Case(
        "26c",
        "A benchmark's sub-benchmark fails",
        r"""
func BenchmarkT(b *testing.B) {
	b.Run("good", func(b *testing.B) {})
	b.Run("bad", func(b *testing.B) { b.Error("bad") })
}
""",
        {"BenchmarkT": "failed", "BenchmarkT [bad]": "failed"},
        args=BENCH,
    ),
    Case(
        "26d",
        "A benchmark that panics",
        r"""
func BenchmarkABoom(b *testing.B) { panic("boom") }
func BenchmarkLater(b *testing.B) {}
""",
        {"BenchmarkABoom": "failed", "BenchmarkLater": "error"},
        args=BENCH,
        lines=("FAILED x_test.go::BenchmarkABoom - panic: boom",),
    ),
    Case(
        "26e",
        "A benchmark that exits with status 0, after figures of its own making",
        r"""
func BenchmarkLiar(b *testing.B) {
	fmt.Println("BenchmarkLiar-8   \t1000\t12 ns/op")
	syscall.Exit(0)
}
""",
        {"BenchmarkLiar": "error"},
        args=BENCH,
    ),
    Case(
        "26s",
        "A benchmark that skips, on one CPU and on two",
        'func BenchmarkD(b *testing.B) { b.Skip("no disk") }\n',
        {"BenchmarkD": "skipped"},
        args=("--wslgo-bench", "--wslgo-args=-cpu=1,2"),
        status=0,
    ),
    Case(
        "26t",
        "A benchmark that prints without a newline before its figures",
        'func BenchmarkG(b *testing.B) { for i := 0; i < b.N; i++ {}; fmt.Print("no newline") }\n',
        {"BenchmarkG": "passed"},
        args=("--wslgo-bench", "--wslgo-args=-benchtime=5x"),
        status=0,
    ),
    Case(
        "26u",
        "A benchmark that fails in its second round, which Go tells under another name",
        'func BenchmarkA(b *testing.B) { if b.N > 1 { b.Fatal("why") } }\n',
        {"BenchmarkA": "failed"},
        args=("--wslgo-bench", "--wslgo-args=-cpu=2"),
        lines=("FAILED x_test.go::BenchmarkA - why",),
    ),
    Case(
        "26f",
        "runtime.Goexit is no way to pass for a benchmark either",
        r"""
func BenchmarkLeaves(b *testing.B) { runtime.Goexit() }
""",
        {"BenchmarkLeaves": "error"},
        args=BENCH,
    ),
    Case(
        "26g",
        "Benchmarks that Go leaves out because a test has failed",
        r"""
func TestFails(t *testing.T) { t.Error("wrong") }
func BenchmarkGood(b *testing.B) {}
""",
        {"TestFails": "failed", "BenchmarkGood": "error"},
        args=BENCH,
    ),
    Case(
        "26h",
        "Figures of another name are no figures",
        r"""
func BenchmarkA(b *testing.B) {
	if b.N > 0 { fmt.Println("BenchmarkB-8   \t1000\t12 ns/op"); os.Exit(3) }
}
func BenchmarkB(b *testing.B) {}
""",
        {"BenchmarkA": "failed", "BenchmarkB": "error"},
        args=BENCH,
    ),
    Case(
        "26i",
        "Without --wslgo-bench benchmarks are no items",
        r"""
func TestFine(t *testing.T) {}
func BenchmarkBad(b *testing.B) { b.Error("bad") }
""",
        {"TestFine": "passed"},
        status=0,
    ),
    Case(
        "26j",
        "An example whose output is wrong, with what it printed and should have",
        r"""
func Example() {
	fmt.Println("one")
	// Output: two
}
""",
        {"Example": "failed"},
        texts={"Example": ("got:\none\nwant:\ntwo",)},
        lines=("FAILED x_test.go::Example - got 'one', want 'two'",),
    ),
    Case(
        "26k",
        "Examples without Output are compiled only; an empty one is run; any order is allowed",
        r"""
func Example_compiled() { panic("never run") }
func Example_empty() {
	// Output:
}
func Example_loud() {
	fmt.Println("something")
	// Output:
}
func Example_unordered() {
	fmt.Println("b")
	fmt.Println("a")
	// Unordered output:
	// a
	// b
}
""",
        {"Example_empty": "passed", "Example_loud": "failed", "Example_unordered": "passed"},
    ),
    Case(
        "26l",
        "An example that panics: Go tells of its failure first, and of the panic after that",
        r"""
func Example_a() {
	fmt.Println("a")
	panic("in an example")
	// Output: a
}
func Example_b() {
	fmt.Println("b")
	// Output: b
}
""",
        {"Example_a": "failed", "Example_b": "error"},
        terminal=("panic: in an example", "x_test.go:5"),
    ),
    Case(
        "26m",
        "An example that exits with status 0",
        r"""
func Example_a() {
	fmt.Println("a")
	os.Exit(0)
	// Output: a
}
func Example_b() {
	fmt.Println("b")
	// Output: b
}
""",
        {"Example_a": "failed", "Example_b": "error"},
    ),
    Case(
        "26n",
        "An example that closes what catches its output",
        r"""
func Example_a() {
	os.Stdout.Close()
	fmt.Println("a")
	// Output: a
}
""",
        {"Example_a": "failed"},
    ),
    Case(
        "26o",
        "A fuzz target fails with a seed of its own, and with one on disk",
        r"""
func FuzzOwn(f *testing.F) {
	f.Add("good")
	f.Add("bad")
	f.Fuzz(func(t *testing.T, s string) { if s == "bad" { t.Error("cannot parse") } })
}
func FuzzDisk(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) { if s == "bad" { t.Error("cannot parse") } })
}
func FuzzFine(f *testing.F) { f.Add("x"); f.Fuzz(func(t *testing.T, s string) {}) }
-- testdata/fuzz/FuzzDisk/corpus --
go test fuzz v1
string("bad")
""",
        {
            "FuzzOwn": "failed",
            "FuzzOwn [seed#1]": "failed",
            "FuzzDisk": "failed",
            "FuzzDisk [corpus]": "failed",
            "FuzzFine": "passed",
        },
        texts={"FuzzOwn": "cannot parse", "FuzzDisk": "cannot parse"},
    ),
    Case(
        "26p",
        "A seed on disk that cannot be read",
        r"""
func FuzzDisk(f *testing.F) { f.Fuzz(func(t *testing.T, s string) {}) }
func FuzzLater(f *testing.F) { f.Fuzz(func(t *testing.T, s string) {}) }
-- testdata/fuzz/FuzzDisk/corpus --
no corpus file
""",
        {"FuzzDisk": "failed", "FuzzLater": "passed"},
        texts={"FuzzDisk": "testdata/fuzz/FuzzDisk"},
    ),
    Case(
        "26q",
        "A seed that panics, and a target that never calls Fuzz",
        r"""
func FuzzAForgets(f *testing.F) { f.Add(1) }
func FuzzBoom(f *testing.F) { f.Add(1); f.Fuzz(func(t *testing.T, n int) { panic("boom") }) }
func FuzzLater(f *testing.F) { f.Fuzz(func(t *testing.T, s string) {}) }
""",
        {
            "FuzzAForgets": "failed",
            "FuzzBoom": "failed",
            "FuzzBoom [seed#0]": "failed",
            "FuzzLater": "error",
        },
        texts={"FuzzBoom": "panic: boom"},
    ),
    Case(
        "26r",
        "A seed that exits with status 0",
        r"""
func FuzzExits(f *testing.F) { f.Add(1); f.Fuzz(func(t *testing.T, n int) { syscall.Exit(0) }) }
""",
        {"FuzzExits": "error"},
    ),
)


@run(CASES)
def test_kind(case: Case, project: GoProject) -> None:
    """They end as tests do: passed, failed, skipped, or not at all, which is an error."""
    check(case, project)
