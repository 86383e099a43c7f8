"""The Go modules whose `go test -json` streams are recorded: one for each way a run can go.

Each is a module ``m`` in txtar form (``-- path --`` heads a file; text before the first heading is
``p_test.go``, whose package clause and imports are written for it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GO_MOD = "module m\n\ngo 1.21\n"
_PACKAGES = ("errors", "fmt", "os", "runtime", "sync", "syscall", "testing", "time", "strings")


@dataclass(frozen=True)
class Case:
    """One module and how `go test` is called in it."""

    name: str
    """Lower case; the number is that of the list of known edge cases, where it is one of them."""
    text: str
    selected: Mapping[str, tuple[str, ...]]
    flags: tuple[str, ...] = ()
    packages: tuple[str, ...] = ("./...",)
    environ: Mapping[str, str] = field(default_factory=dict)
    repeats: bool = False
    runs: int = 1
    """How often it is run; the last run is recorded."""
    only: tuple[str, ...] = ()
    """The Go versions to which it is limited (``1.26``): for what others do not have, or size."""
    raw_flags: bool = False
    """Whether ``-count=1`` is left out."""

    @property
    def usual(self) -> tuple[str, ...]:
        """The Go versions that differ as a rule: in the middle, builds and ends alone do."""
        builds_and_ends = re.match(r"0[1-6]|19|2[0-3]", self.name)
        return ("1.21", "1.24", "1.27") if builds_and_ends else ("1.21", "1.27")

    def files(self) -> dict[str, str]:
        """The module's files by path."""
        first, *rest = re.split(r"^-- (\S+) --\n", self.text, flags=re.MULTILINE)
        files = {"go.mod": GO_MOD}
        if first.strip():
            files["p_test.go"] = test_file(first)
        for path, text in zip(rest[::2], rest[1::2], strict=True):
            short = path.endswith("_test.go") and "package " not in text
            files[path] = test_file(text) if short else text
        return files


def test_file(text: str) -> str:
    """A test file around functions: its package clause, and the imports that they need."""
    used = [name for name in _PACKAGES if re.search(rf"\b{name}\.", text)]
    return "package p\n\nimport (\n" + "".join(f'\t"{name}"\n' for name in used) + ")\n\n" + text


test_file.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test

_PASS = "func TestPass(t *testing.T) {}\n"
_LIB = "-- lib/lib.go --\npackage lib\n\nfunc Answer() int { return 42 }\n"
_FINE = "-- fine/fine_test.go --\nfunc TestFine(t *testing.T) {}\n"


def cases() -> Iterator[Case]:
    """All cases."""
    yield from _builds()
    yield from _texts()
    yield from _names()
    yield from _ends()
    yield from _silent()
    yield from _benchmarks()
    yield from _races()
    yield from _messages()


def _builds() -> Iterator[Case]:
    yield Case(
        "01-broken-go-mod",
        _PASS + "-- go.mod --\nmodule m\n\ngo 1.21\n\nrequire (\n",
        {"m": ("TestPass",)},
    )
    yield Case(
        "01-race-without-cgo",
        _PASS,
        {"m": ("TestPass",)},
        flags=("-race",),
        environ={"CGO_ENABLED": "0"},
    )
    yield Case(
        "03-package-does-not-compile",
        "-- a/a.go --\npackage p\n\nfunc A() int { return missing }\n"
        "-- a/a_test.go --\nfunc TestA(t *testing.T) {}\n" + _FINE,
        {"m/a": ("TestA",), "m/fine": ("TestFine",)},
    )
    yield Case(
        "03-test-does-not-compile",
        "-- a/a_test.go --\nfunc TestA(t *testing.T) { missing() }\n\n"
        "func TestB(t *testing.T) {}\n" + _FINE,
        {"m/a": ("TestA", "TestB"), "m/fine": ("TestFine",)},
    )
    yield Case(
        "03-external-test-does-not-compile",
        "-- a/a.go --\npackage a\n"
        '-- a/x_test.go --\npackage a_test\n\nimport "testing"\n\n'
        "func TestX(t *testing.T) { missing() }\n" + _FINE,
        {"m/a": ("TestX",), "m/fine": ("TestFine",)},
    )
    importing = (
        'package p\n\nimport (\n\t"testing"\n\n\t_ "%s"\n)\n\nfunc Test%s(t *testing.T) {}\n'
    )
    yield Case(
        "04-dependency-does-not-compile",
        "-- dep/dep.go --\npackage dep\n\nvar X int = missing\n"
        f"-- a/a_test.go --\n{importing % ('m/dep', 'A')}"
        f"-- b/b_test.go --\n{importing % ('m/dep', 'B')}" + _FINE,
        {"m/a": ("TestA",), "m/b": ("TestB",), "m/fine": ("TestFine",)},
        packages=("./a", "./b", "./fine"),
    )
    yield Case(
        "04-missing-module",
        f"-- a/a_test.go --\n{importing % ('example.invalid/x', 'A')}" + _FINE,
        {"m/a": ("TestA",), "m/fine": ("TestFine",)},
    )
    yield Case(
        "04-syntax-error",
        "-- a/a.go --\npackage p\n\nfunc {\n-- a/a_test.go --\nfunc TestA(t *testing.T) {}\n"
        + _FINE,
        {"m/a": ("TestA",), "m/fine": ("TestFine",)},
    )
    yield Case(
        "04-import-cycle",
        '-- a/a.go --\npackage p\n\nimport _ "m/b"\n'
        "-- a/a_test.go --\nfunc TestA(t *testing.T) {}\n"
        '-- b/b.go --\npackage p\n\nimport _ "m/a"\n' + _FINE,
        {"m/a": ("TestA",), "m/fine": ("TestFine",)},
        packages=("./a", "./fine"),
    )
    yield Case(
        "05-vet",
        '-- a/a_test.go --\nfunc TestA(t *testing.T) { t.Logf("%d", "x") }\n' + _FINE,
        {"m/a": ("TestA",), "m/fine": ("TestFine",)},
    )
    yield Case(
        "05-vet-misnamed-example",
        "-- a/a_test.go --\nfunc TestA(t *testing.T) {}\n\n"
        'func ExampleMissing() { fmt.Println("x") }\n' + _FINE,
        {"m/a": ("TestA",), "m/fine": ("TestFine",)},
    )
    yield Case("06-no-tests", _LIB + _FINE, {"m/lib": (), "m/fine": ("TestFine",)})
    yield Case(
        "06-no-tests-cover",
        _LIB + _FINE,
        {"m/lib": (), "m/fine": ("TestFine",)},
        flags=("-covermode=atomic", "-coverprofile=c.out"),
    )
    yield Case(
        "06-untested-does-not-compile",
        "-- lib/lib.go --\npackage lib\n\nfunc Answer() int { return missing }\n" + _FINE,
        {"m/lib": (), "m/fine": ("TestFine",)},
    )
    yield Case(
        "06-untested-does-not-compile-cover",
        "-- lib/lib.go --\npackage lib\n\nfunc Answer() int { return missing }\n" + _FINE,
        {"m/lib": (), "m/fine": ("TestFine",)},
        flags=("-covermode=atomic", "-coverprofile=c.out"),
    )
    yield Case(
        "tests-excluded-by-a-build-constraint",
        "-- lib/lib.go --\npackage lib\n-- lib/lib_test.go --\n//go:build never\n\npackage lib\n\n"
        'import "testing"\n\nfunc TestLib(t *testing.T) {}\n' + _FINE,
        {"m/lib": ("TestLib",), "m/fine": ("TestFine",)},
    )
    yield Case("filter-matches-nothing", _PASS, {"m": ("TestGone",)}, flags=("-run=^(TestGone)$",))
    yield Case("cached", _PASS, {"m": ("TestPass",)}, runs=2, raw_flags=True)


def _texts() -> Iterator[Case]:
    yield Case(
        "09-print-without-newline",
        'func TestPass(t *testing.T) { fmt.Print("no newline") }\n\n'
        'func TestFail(t *testing.T) { fmt.Print("no newline"); t.Fail() }\n',
        {"m": ("TestPass", "TestFail")},
    )
    yield Case(
        "10-forged-failure-of-a-ghost",
        'func TestReal(t *testing.T) { fmt.Println("\\x16--- FAIL: TestGhost (0.00s)") }\n',
        {"m": ("TestReal",)},
    )
    yield Case(
        "10-forged-pass",
        "func TestLiar(t *testing.T) {\n"
        '\tfmt.Println("\\x16--- PASS: TestLiar (0.00s)")\n\tt.Error("the truth")\n}\n',
        {"m": ("TestLiar",)},
    )
    yield Case(
        "10-forged-pass-of-another",
        'func TestLiar(t *testing.T) { fmt.Println("\\x16--- PASS: TestVictim (0.00s)") }\n\n'
        'func TestVictim(t *testing.T) { t.Error("the truth") }\n',
        {"m": ("TestLiar", "TestVictim")},
    )
    yield Case(
        "10-forged-pass-before-exit",
        "func TestLiar(t *testing.T) {\n"
        '\tfmt.Println("\\x16--- PASS: TestLiar (0.00s)")\n\tos.Exit(3)\n}\n',
        {"m": ("TestLiar",)},
    )
    yield Case(
        "10-forged-failure",
        'func TestReal(t *testing.T) { fmt.Println("\\x16--- FAIL: TestReal (0.00s)") }\n',
        {"m": ("TestReal",)},
    )
    yield Case(
        "10-forged-failure-of-a-subtest",
        "func TestReal(t *testing.T) {\n"
        '\tfmt.Println("\\x16    --- FAIL: TestReal/ghost (0.00s)")\n}\n',
        {"m": ("TestReal",)},
    )
    yield Case(
        "11-parallel-prints",
        "func TestA(t *testing.T) {\n\tt.Parallel()\n"
        '\tfor i := 0; i < 3; i++ {\n\t\tfmt.Println("from A")\n'
        "\t\ttime.Sleep(10 * time.Millisecond)\n\t}\n"
        '\tt.Error("A is wrong")\n}\n\n'
        "func TestB(t *testing.T) {\n\tt.Parallel()\n"
        '\tfor i := 0; i < 3; i++ {\n\t\tfmt.Println("from B")\n'
        "\t\ttime.Sleep(10 * time.Millisecond)\n\t}\n}\n",
        {"m": ("TestA", "TestB")},
    )
    yield Case(
        "12-long-line",
        'func TestLong(t *testing.T) {\n\tfmt.Println(strings.Repeat("0123456789", 500))\n'
        '\tt.Error("after the long line")\n}\n',
        {"m": ("TestLong",)},
        only=("1.27",),
    )
    yield Case(
        "14-control-characters",
        'func TestEscape(t *testing.T) { t.Error("red \\x1b[31m and nul \\x00") }\n',
        {"m": ("TestEscape",)},
    )


def _names() -> Iterator[Case]:
    yield Case(
        "13-very-long-subtest-name",
        "func TestLongName(t *testing.T) {\n"
        '\tt.Run(strings.Repeat("n", 4200), func(t *testing.T) { t.Error("inside") })\n}\n',
        {"m": ("TestLongName",)},
        only=("1.27",),
    )
    yield Case(
        "15-subtest-with-a-slash",
        'func TestT(t *testing.T) {\n\tt.Run("a/b", func(t *testing.T) { t.Error("deep") })\n'
        '\tt.Run("c", func(t *testing.T) {})\n}\n',
        {"m": ("TestT",)},
    )
    yield Case(
        "16-duplicate-and-empty-names",
        "func TestT(t *testing.T) {\n"
        '\tfor i, name := range []string{"", "", "dup", "dup", "dup#01", "ü x"} {\n'
        "\t\tt.Run(name, func(t *testing.T) {\n"
        '\t\t\tif i == 3 {\n\t\t\t\tt.Error("the second dup")\n\t\t\t}\n'
        '\t\t\tif i == 0 {\n\t\t\t\tt.Skip("the first empty one")\n\t\t\t}\n\t\t})\n\t}\n}\n',
        {"m": ("TestT",)},
    )
    yield Case(
        "18-count-2",
        "var runs int\n\nfunc TestFirst(t *testing.T) {\n\truns++\n\tif runs == 1 {\n"
        '\t\tt.Error("only the first time")\n\t}\n}\n\n'
        'func TestSkip(t *testing.T) {\n\tif runs == 2 {\n\t\tt.Skip("the second time")\n\t}\n}\n\n'
        "func TestSecond(t *testing.T) {\n\tif runs == 2 {\n"
        '\t\tt.Error("only the second time")\n\t}\n}\n',
        {"m": ("TestFirst", "TestSkip", "TestSecond")},
        flags=("-count=2",),
        repeats=True,
        raw_flags=True,
    )
    yield Case(
        "18-cpu-1-2",
        "func TestCPU(t *testing.T) {\n\tif runtime.GOMAXPROCS(0) == 2 {\n"
        '\t\tt.Error("two are too many")\n\t}\n}\n',
        {"m": ("TestCPU",)},
        flags=("-cpu=1,2",),
        repeats=True,
    )
    yield Case(
        "18-count-2-exit-in-the-second",
        "var runs int\n\nfunc TestA(t *testing.T) {\n\truns++\n\tif runs == 2 {\n"
        "\t\tos.Exit(3)\n\t}\n}\n\nfunc TestB(t *testing.T) {}\n",
        {"m": ("TestA", "TestB")},
        flags=("-count=2",),
        repeats=True,
        raw_flags=True,
    )


_PAUSED = "func TestPaused(t *testing.T) {\n\tt.Parallel()\n\ttime.Sleep(time.Second)\n}\n\n"


def _ends() -> Iterator[Case]:
    yield Case(
        "19-panic-in-a-goroutine",
        _PASS + "\n" + _PAUSED + "func TestBoom(t *testing.T) {\n"
        '\tgo func() { panic("boom") }()\n\ttime.Sleep(time.Second)\n}\n\n'
        "func TestLater(t *testing.T) {}\n",
        {"m": ("TestPass", "TestPaused", "TestBoom", "TestLater")},
    )
    yield Case(
        "19-panic-in-a-test",
        _PASS + '\nfunc TestBoom(t *testing.T) { panic("boom") }\n\n'
        "func TestLater(t *testing.T) {}\n",
        {"m": ("TestPass", "TestBoom", "TestLater")},
    )
    yield Case(
        "19-panic-with-an-error",
        "func TestBoom(t *testing.T) {\n\tvar m map[string]int\n"
        '\tt.Log("before")\n\tm["a"] = 1\n}\n',
        {"m": ("TestBoom",)},
    )
    yield Case(
        "19-panic-of-a-helper-goroutine-of-nobody",
        "func start() { go func() { "
        "time.Sleep(50 * time.Millisecond); panic(errors.New(`late`)) }() }\n\n"
        "func TestStarts(t *testing.T) { start() }\n\n"
        "func TestVictim(t *testing.T) { time.Sleep(time.Second) }\n",
        {"m": ("TestStarts", "TestVictim")},
    )
    yield Case(
        "20-panic-in-a-subtest",
        _PAUSED + "func TestParent(t *testing.T) {\n"
        '\tt.Run("fine", func(t *testing.T) {})\n'
        '\tt.Run("boom", func(t *testing.T) { panic("boom") })\n'
        '\tt.Run("never", func(t *testing.T) {})\n}\n',
        {"m": ("TestPaused", "TestParent")},
    )
    yield Case(
        "21-exit-3",
        _PASS + "\nfunc TestExit(t *testing.T) { os.Exit(3) }\n\nfunc TestLater(t *testing.T) {}\n",
        {"m": ("TestPass", "TestExit", "TestLater")},
    )
    yield Case(
        "21-exit-3-among-parallel-tests",
        "func TestA(t *testing.T) {\n\tt.Parallel()\n\ttime.Sleep(time.Second)\n}\n\n"
        "func TestB(t *testing.T) {\n\tt.Parallel()\n"
        "\ttime.Sleep(50 * time.Millisecond)\n\tos.Exit(3)\n}\n",
        {"m": ("TestA", "TestB")},
    )
    yield Case(
        "21-exit-0-in-a-test",
        "func TestExit(t *testing.T) { os.Exit(0) }\n\nfunc TestLater(t *testing.T) {}\n",
        {"m": ("TestExit", "TestLater")},
    )
    yield Case(
        "21-sigkill",
        "func TestKill(t *testing.T) {\n\tsyscall.Kill(os.Getpid(), syscall.SIGKILL)\n"
        "\ttime.Sleep(time.Second)\n}\n\nfunc TestLater(t *testing.T) {}\n",
        {"m": ("TestKill", "TestLater")},
    )
    yield Case(
        "21-sigsegv",
        "func TestNil(t *testing.T) {\n\tvar p *int\n\t*p = 1\n}\n",
        {"m": ("TestNil",)},
    )
    yield Case(
        "22-testmain-exits-with-0",
        _PASS + "\nfunc TestMain(m *testing.M) { os.Exit(0) }\n",
        {"m": ("TestPass",)},
    )
    yield Case(
        "22-testmain-exits-with-3",
        _PASS + '\nfunc TestMain(m *testing.M) { fmt.Println("no database"); os.Exit(3) }\n',
        {"m": ("TestPass",)},
    )
    yield Case(
        "22-testmain-hides-a-failure",
        'func TestFail(t *testing.T) { t.Error("hidden") }\n\n'
        "func TestMain(m *testing.M) { m.Run(); os.Exit(0) }\n",
        {"m": ("TestFail",)},
    )
    yield Case(
        "23-teardown-exits-with-4",
        _PASS + "\nfunc TestMain(m *testing.M) {\n\tm.Run()\n"
        '\tfmt.Println("teardown: 2 connections left")\n\tos.Exit(4)\n}\n',
        {"m": ("TestPass",)},
    )
    yield Case(
        "23-panic-in-init",
        _PASS + '\nfunc init() { panic("no config") }\n',
        {"m": ("TestPass",)},
    )
    yield Case(
        "23-panic-in-testmain-after-the-tests",
        _PASS + '\nfunc TestMain(m *testing.M) { m.Run(); panic("teardown") }\n',
        {"m": ("TestPass",)},
    )
    yield Case(
        "24-timeout",
        _PASS + "\nfunc TestSlow(t *testing.T) { time.Sleep(time.Minute) }\n\n"
        "func TestLater(t *testing.T) {}\n",
        {"m": ("TestPass", "TestSlow", "TestLater")},
        flags=("-timeout=1s",),
    )
    yield Case(
        "24-timeout-among-parallel-tests",
        "func TestA(t *testing.T) { t.Parallel(); time.Sleep(time.Minute) }\n\n"
        "func TestB(t *testing.T) { t.Parallel(); time.Sleep(time.Minute) }\n\n"
        "func TestQuick(t *testing.T) { t.Parallel() }\n",
        {"m": ("TestA", "TestB", "TestQuick")},
        flags=("-timeout=1s", "-parallel=3"),
    )
    yield Case(
        "24-timeout-among-parallel-subtests",
        "func TestParent(t *testing.T) {\n"
        '\tfor _, name := range []string{"a", "b"} {\n'
        "\t\tt.Run(name, func(t *testing.T) { t.Parallel(); time.Sleep(time.Minute) })\n\t}\n"
        '\tt.Run("quick", func(t *testing.T) {})\n}\n\nfunc TestLater(t *testing.T) {}\n',
        {"m": ("TestParent", "TestLater")},
        flags=("-timeout=1s", "-parallel=2"),
    )
    yield Case(
        "25-failnow-on-a-parent",
        "func TestParent(t *testing.T) {\n"
        '\tt.Run("a", func(t *testing.T) { t.Error("a is wrong") })\n'
        '\tif t.Failed() {\n\t\tt.Fatal("a failed: giving up")\n\t}\n'
        '\tt.Run("b", func(t *testing.T) {})\n}\n',
        {"m": ("TestParent",)},
    )
    yield Case(
        "27-failfast",
        'func TestA(t *testing.T) { t.Error("wrong") }\n\nfunc TestB(t *testing.T) {}\n'
        "-- z/z_test.go --\nfunc TestZ(t *testing.T) {}\n",
        {"m": ("TestA", "TestB"), "m/z": ("TestZ",)},
        flags=("-failfast", "-p=1"),
    )
    yield Case(
        "deadlock",
        "func TestStuck(t *testing.T) {\n\tvar mutex sync.Mutex\n"
        "\tmutex.Lock()\n\tmutex.Lock()\n}\n\n"
        "func TestLater(t *testing.T) {}\n",
        {"m": ("TestStuck", "TestLater")},
        flags=("-timeout=0",),
    )
    yield Case(
        "goexit",
        "func TestGoexit(t *testing.T) { runtime.Goexit() }\n",
        {"m": ("TestGoexit",)},
    )
    yield Case(
        "fail-after-the-test-is-over",
        "func TestEarly(t *testing.T) {\n\tgo func() {\n"
        '\t\ttime.Sleep(50 * time.Millisecond)\n\t\tt.Error("too late")\n\t}()\n}\n\n'
        "func TestVictim(t *testing.T) { time.Sleep(time.Second) }\n",
        {"m": ("TestEarly", "TestVictim")},
    )


def _silent() -> Iterator[Case]:
    yield Case(
        "22-loses-its-stdout",
        "func TestOne(t *testing.T) {\n\tnull, _ := os.OpenFile(os.DevNull, os.O_WRONLY, 0)\n"
        "\tsyscall.Dup3(int(null.Fd()), 1, 0)\n}\n\nfunc TestTwo(t *testing.T) {}\n",
        {"m": ("TestOne", "TestTwo")},
    )
    yield Case(
        "22-loses-its-stdout-and-fails",
        "func TestOne(t *testing.T) {\n\tnull, _ := os.OpenFile(os.DevNull, os.O_WRONLY, 0)\n"
        "\tsyscall.Dup3(int(null.Fd()), 1, 0)\n\tt.Fail()\n}\n\nfunc TestTwo(t *testing.T) {}\n",
        {"m": ("TestOne", "TestTwo")},
    )
    yield Case(
        "22-prints-a-verdict",
        'func TestOne(t *testing.T) { fmt.Println("ok  \\tm\\t0.005s") }\n\n'
        'func TestTwo(t *testing.T) { fmt.Print("ok  \\tm\\t0.005s") }\n\n'
        'func TestThree(t *testing.T) { t.Error("FAIL\\tm\\t0.005s") }\n',
        {"m": ("TestOne", "TestTwo", "TestThree")},
    )


def _benchmarks() -> Iterator[Case]:
    flags = ("-bench=.", "-benchtime=1x", "-run=^()$")
    good = "func BenchmarkGood(b *testing.B) {\n\tfor i := 0; i < b.N; i++ {\n\t}\n}\n\n"
    yield Case("26-benchmark", good, {"m": ("BenchmarkGood",)}, flags=flags)
    yield Case(
        "26-benchmark-after-tests",
        _PASS + "\n" + good,
        {"m": ("TestPass", "BenchmarkGood")},
        flags=("-bench=.", "-benchtime=1x"),
    )
    yield Case(
        "26-benchmark-that-prints",
        "func BenchmarkLoud(b *testing.B) {\n"
        '\tfmt.Println("printed")\n\tb.Log("logged")\n\tb.ReportMetric(7, "widgets")\n}\n',
        {"m": ("BenchmarkLoud",)},
        flags=flags,
    )
    yield Case(
        "26-benchmark-fails",
        good + 'func BenchmarkZBad(b *testing.B) { b.Error("bad") }\n\n'
        "func BenchmarkZLater(b *testing.B) {}\n",
        {"m": ("BenchmarkGood", "BenchmarkZBad", "BenchmarkZLater")},
        flags=flags,
    )
    yield Case(
        "26-benchmark-fatal",
        'func BenchmarkBad(b *testing.B) { b.Fatal("worse") }\n',
        {"m": ("BenchmarkBad",)},
        flags=flags,
    )
    yield Case(
        "26-benchmark-skips",
        good + 'func BenchmarkSkip(b *testing.B) { b.Skip("needs a disk") }\n',
        {"m": ("BenchmarkGood", "BenchmarkSkip")},
        flags=flags,
    )
    yield Case(
        "26-sub-benchmarks",
        "func BenchmarkParent(b *testing.B) {\n"
        '\tb.Run("one", func(b *testing.B) {})\n\tb.Run("two/three", func(b *testing.B) {})\n}\n',
        {"m": ("BenchmarkParent",)},
        flags=flags,
    )
    yield Case(
        "26-sub-benchmark-fails",
        "func BenchmarkParent(b *testing.B) {\n"
        '\tb.Run("one", func(b *testing.B) {})\n'
        '\tb.Run("two", func(b *testing.B) { b.Error("bad") })\n}\n\n' + good,
        {"m": ("BenchmarkParent", "BenchmarkGood")},
        flags=flags,
    )
    yield Case(
        "26-benchmark-panics",
        good + 'func BenchmarkZBoom(b *testing.B) { panic("boom") }\n',
        {"m": ("BenchmarkGood", "BenchmarkZBoom")},
        flags=flags,
    )
    yield Case(
        "26-benchmark-not-run-for-a-failed-test",
        'func TestFail(t *testing.T) { t.Error("wrong") }\n\n' + good,
        {"m": ("TestFail", "BenchmarkGood")},
        flags=("-bench=.", "-benchtime=1x"),
    )
    yield Case(
        "26-sub-benchmarks-all-skip",
        "func BenchmarkParent(b *testing.B) {\n"
        '\tb.Run("one", func(b *testing.B) { b.Skip("no disk") })\n}\n',
        {"m": ("BenchmarkParent",)},
        flags=flags,
    )


_RACE = "\tx := 0\n\tdone := make(chan bool)\n\tgo func() { x++; close(done) }()\n\tx++\n\t<-done\n"


def _races() -> Iterator[Case]:
    race = ("-race",)
    only = ("1.26",)
    yield Case(
        "28-race-in-a-test",
        "func TestRace(t *testing.T) {\n" + _RACE + "}\n\n" + _PASS,
        {"m": ("TestRace", "TestPass")},
        flags=race,
        only=only,
    )
    yield Case(
        "28-race-between-parallel-tests",
        "var x int\n\nfunc TestA(t *testing.T) {\n\tt.Parallel()\n"
        "\tfor i := 0; i < 20; i++ {\n\t\tx++\n\t\ttime.Sleep(time.Millisecond)\n\t}\n}\n\n"
        "func TestB(t *testing.T) {\n\tt.Parallel()\n"
        "\tfor i := 0; i < 20; i++ {\n\t\tx++\n\t\ttime.Sleep(time.Millisecond)\n\t}\n}\n",
        {"m": ("TestA", "TestB")},
        flags=race,
        only=only,
    )
    leak = (
        "var v int\nvar start, done = make(chan bool), make(chan bool)\n\n"
        "func TestLeak(t *testing.T) { go leaked() }\n\n"
        "func leaked() { <-start; v = 1; done <- true }\n\n"
    )
    yield Case(
        "28-race-with-a-test-that-has-ended",
        leak + "func TestVictim(t *testing.T) { close(start); v = 2; <-done }\n\n"
        "func TestAfter(t *testing.T) {}\n",
        {"m": ("TestLeak", "TestVictim", "TestAfter")},
        flags=race,
        only=only,
    )
    yield Case(
        "28-race-of-tests-that-have-ended",
        "var v int\nvar start, done = make(chan bool), make(chan bool)\n\n"
        "func TestLeak(t *testing.T) { leak() }\n\n"
        "func TestOther(t *testing.T) { leak() }\n\n"
        "func leak() { go func() { <-start; v++; done <- true }() }\n\n"
        "func TestLast(t *testing.T) { close(start); <-done; <-done }\n",
        {"m": ("TestLeak", "TestOther", "TestLast")},
        flags=race,
        only=only,
    )
    yield Case(
        "28-race-that-halts",
        _PASS
        + "\nfunc TestRace(t *testing.T) {\n"
        + _RACE
        + "}\n\nfunc TestNever(t *testing.T) {}\n",
        {"m": ("TestPass", "TestRace", "TestNever")},
        flags=race,
        only=only,
        environ={"GORACE": "halt_on_error=1"},
    )
    yield Case(
        "28-a-race-that-is-only-printed",
        "func TestForges(t *testing.T) {\n"
        '\tfmt.Print("==================\\nWARNING: DATA RACE\\nWrite at 0x00c0000a6010 " +\n'
        '\t\t"by main goroutine:\\n  m.TestPass()\\n      /src/p.go:1 +0x1\\n" +\n'
        '\t\t"==================\\n")\n}\n\n'
        'func TestRuler(t *testing.T) { fmt.Println("=================="); t.Error("ruled") }\n\n'
        + _PASS,
        {"m": ("TestForges", "TestRuler", "TestPass")},
    )
    yield Case(
        "29-race-after-the-tests",
        _PASS
        + "\nfunc TestMain(m *testing.M) {\n\tcode := m.Run()\n"
        + _RACE
        + "\tos.Exit(code)\n}\n",
        {"m": ("TestPass",)},
        flags=race,
        only=only,
    )


def _messages() -> Iterator[Case]:
    yield Case(
        "skip-reasons",
        'func TestReason(t *testing.T) { t.Skip("needs systemd") }\n\n'
        "func TestBare(t *testing.T) { t.SkipNow() }\n\n"
        'func TestLogged(t *testing.T) { t.Log("probing"); t.Skip("needs inotify") }\n\n'
        'func TestLines(t *testing.T) { t.Skip("needs\\na disk") }\n',
        {"m": ("TestReason", "TestBare", "TestLogged", "TestLines")},
    )
    yield Case(
        "fuzz-seed-fails",
        "func FuzzParse(f *testing.F) {\n"
        '\tf.Add("good")\n\tf.Add("bad")\n\tf.Fuzz(func(t *testing.T, s string) {\n'
        '\t\tif s == "bad" {\n\t\t\tt.Errorf("cannot parse %q", s)\n\t\t}\n\t})\n}\n\n'
        'func FuzzFine(f *testing.F) {\n\tf.Add("x")\n'
        "\tf.Fuzz(func(t *testing.T, s string) {})\n}\n",
        {"m": ("FuzzParse", "FuzzFine")},
    )
    yield Case(
        "example-fails",
        'func ExampleGood() {\n\tfmt.Println("a")\n\t// Output: a\n}\n\n'
        'func ExampleBad() {\n\tfmt.Println("a")\n\t// Output: b\n}\n-- p.go --\npackage p\n\n'
        "func Good() {}\n\nfunc Bad()  {}\n",
        {"m": ("ExampleGood", "ExampleBad")},
    )
    yield Case(
        "log-then-error",
        'func TestLog(t *testing.T) {\n\tt.Log("opening the file")\n'
        '\tt.Errorf("got %d, want %d", 1, 2)\n}\n\n'
        'func TestErrorThenLog(t *testing.T) {\n\tt.Error("the error")\n'
        '\tt.Log("closing the file")\n}\n\n'
        'func TestLoud(t *testing.T) {\n\tt.Log("x.go:1: looks like a place")\n\tt.Fail()\n}\n\n'
        "func TestSilent(t *testing.T) { t.Fail() }\n\n"
        'func TestPrints(t *testing.T) { fmt.Println("only printed"); t.FailNow() }\n',
        {"m": ("TestLog", "TestErrorThenLog", "TestLoud", "TestSilent", "TestPrints")},
    )
    yield Case(
        "messages-of-several-lines",
        'func TestDiff(t *testing.T) { t.Errorf("differs:\\n-a\\n+b\\n\\nsee the docs") }\n\n'
        'func TestLeading(t *testing.T) { t.Error("\\nafter an empty line") }\n\n'
        "func TestSub(t *testing.T) {\n"
        '\tt.Run("s", func(t *testing.T) { t.Error("first\\nsecond") })\n}\n',
        {"m": ("TestDiff", "TestLeading", "TestSub")},
    )
    yield Case(
        "testify-block",
        "func TestEqual(t *testing.T) {\n"
        '\tt.Errorf("\\n%s", "\\tError Trace:\\t/src/p_test.go:8\\n\\tError:      \\tNot equal: \\n'
        "\\t            \\texpected: 1\\n\\t            \\tactual  : 2\\n"
        '\\tTest:       \\tTestEqual\\n")\n}\n',
        {"m": ("TestEqual",)},
    )
    yield Case(
        "attributes",
        "-- go.mod --\nmodule m\n\ngo 1.25\n-- p_test.go --\n"
        'func TestAttr(t *testing.T) {\n\tt.Attr("ticket", "W-1")\n\tt.Error("wrong")\n}\n\n'
        'func TestFine(t *testing.T) { t.Attr("owner", "me") }\n',
        {"m": ("TestAttr", "TestFine")},
        only=("1.27",),
    )
    yield Case(
        "artifacts",
        "func TestArtifact(t *testing.T) { t.Log(len(t.ArtifactDir()) > 0) }\n"
        "-- go.mod --\nmodule m\n\ngo 1.26\n",
        {"m": ("TestArtifact",)},
        flags=("-artifacts",),
        only=("1.27",),
    )
    yield Case(
        "helper",
        "func TestHelped(t *testing.T) { check(t) }\n"
        '-- h_test.go --\nfunc check(t *testing.T) {\n\tt.Helper()\n\tt.Error("checked")\n}\n',
        {"m": ("TestHelped",)},
    )
