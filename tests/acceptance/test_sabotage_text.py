"""Output that hurts: without an end, without meaning, without a home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sabotage import Case, check, run

if TYPE_CHECKING:
    from go_project import GoProject


CASES = (
    Case(
        "9",
        "Output without a newline swallows no end of a test",
        r"""
func TestPass(t *testing.T) { fmt.Print("no newline") }
func TestSkip(t *testing.T) { fmt.Print("no newline"); t.Skip("no disk") }
func TestFail(t *testing.T) { fmt.Print("no newline"); t.Fail() }
func TestLast(t *testing.T) { os.Stderr.WriteString("no newline") }
""",
        {"TestPass": "passed", "TestSkip": "skipped", "TestFail": "failed", "TestLast": "passed"},
        texts={"TestFail": "no newline", "TestSkip": "no disk"},
    ),
    Case(
        "9b",
        "Go's own mark at the end of the output, and nothing after it",
        r"""
func TestPass(t *testing.T) { fmt.Print("\x16") }
func TestFail(t *testing.T) { fmt.Print("text\x16"); t.Fail() }
func TestLast(t *testing.T) { fmt.Print("\x16\x16\n\x16") }
""",
        {"TestPass": "passed", "TestFail": "failed", "TestLast": "passed"},
    ),
    Case(
        "11",
        "Output of a parallel test that Go credits to another: each has its own outcome",
        r"""
var turn, back = make(chan bool), make(chan bool)
func TestA(t *testing.T) {
	t.Parallel()
	<-turn
	fmt.Println("from A")
	close(back)
	t.Error("A is wrong")
}
func TestB(t *testing.T) { t.Parallel(); t.Log("B speaks"); close(turn); <-back; t.Log("end") }
""",
        {"TestA": "failed", "TestB": "passed"},
        args=("--wslgo-parallel=2",),
        lines=("FAILED x_test.go::TestA - A is wrong",),
    ),
    Case(
        "11b",
        "Parallel subtests whose output is mixed",
        r"""
func TestT(t *testing.T) {
	for i := 0; i < 4; i++ {
		i := i
		t.Run(fmt.Sprint("s", i), func(t *testing.T) {
			t.Parallel()
			for k := 0; k < 50; k++ { t.Log(i, k); fmt.Println("loose", i, k); runtime.Gosched() }
			if i == 2 { t.Error("two is wrong") }
		})
	}
}
""",
        {"TestT": "failed", "TestT [s2]": "failed"},
        args=("--wslgo-parallel=4",),
        lines=("SUBFAILED?s2? x_test.go::TestT - two is wrong",),
    ),
    Case(
        "12",
        "A line of 200 kB arrives whole",
        r"""
func TestLong(t *testing.T) {
	fmt.Println("begin" + strings.Repeat("x", 200_000) + "end")
	t.Error("after the long line")
}
""",
        {"TestLong": "failed"},
        texts={"TestLong": ("begin" + "x" * 200_000 + "end", "after the long line")},
        lines=("FAILED x_test.go::TestLong - after the long line",),
    ),
    Case(
        "12b",
        "30 MB without a newline: head and tail, and the count of what lies between",
        r"""
func TestLoud(t *testing.T) {
	fmt.Print("begin")
	chunk := strings.Repeat("x", 1<<20)
	for i := 0; i < 30; i++ { fmt.Print(chunk) }
	t.Error("after the long line")
}
func TestLater(t *testing.T) {}
""",
        {"TestLoud": "failed", "TestLater": "passed"},
        texts={
            "TestLoud": ("begin", "characters left out", "after the long line")
        },  # there Go says itself what is a message
    ),
    Case(
        "12c",
        "A piece of a long line that looks like the beginning of a panic is none",
        r"""
func TestLong(t *testing.T) {
	for i := 0; i < 40; i++ { fmt.Print(strings.Repeat("x", i) + strings.Repeat("panic: ", 600)) }
}
func TestFails(t *testing.T) { t.Error("on its own") }
""",
        {"TestLong": "passed", "TestFails": "failed"},
    ),
    Case(
        "12d",
        "5,000 characters without a newline before a failure's message",
        r"""
func TestLong(t *testing.T) { fmt.Print(strings.Repeat("x", 5000)); t.Error("after the long line") }
func TestLater(t *testing.T) {}
""",
        {"TestLong": "failed", "TestLater": "passed"},
        texts={"TestLong": "after the long line"},  # there Go says itself what is a message
    ),
    Case(
        "12e",
        "A place in a file whose line has 5,000 digits is no place",
        r"""
func TestDigits(t *testing.T) {
	fmt.Println("a.go:" + strings.Repeat("9", 5000) + ": text")
	t.Fail()
}
func TestLater(t *testing.T) {}
""",
        {"TestDigits": "failed", "TestLater": "passed"},
    ),
    Case(
        "14",
        "Control bytes, ANSI and NUL: the JUnit file is valid, and the outcomes are right",
        r"""
func TestEscape(t *testing.T) { t.Error("red \x1b[31m nul \x00 bell \a back \b cr \r vt \v") }
func TestSkip(t *testing.T) { t.Skip("why \x1b[31m \x00") }
func TestSub(t *testing.T) { t.Run("\x00 \x1b[2J", func(t *testing.T) { t.Error("\x01") }) }
func TestPrint(t *testing.T) { fmt.Print("\x1b]0;title\a\x00\x0c\x1b[2J") }
""",
        {
            "TestEscape": "failed",
            "TestSkip": "skipped",
            "TestSub": "failed",
            r"TestSub [\x00_\x1b[2J]": "failed",
            "TestPrint": "passed",
        },
        texts={"TestEscape": "red", "TestSkip": "why"},
    ),
    Case(
        "14b",
        "Bytes that are no UTF-8, half a character, and characters that XML has no place for",
        r"""
func TestBytes(t *testing.T) {
	os.Stdout.Write([]byte{0xff, 0xfe, '\n', 0xc3, '\n', 0xed, 0xa0, 0x80, '\n'})
	fmt.Println("\ufffe \uffff 😀 \u2028")
	t.Error("wrong \xff \xc3")
}
func TestHalf(t *testing.T) { os.Stdout.Write([]byte{0xe2, 0x82}) }
""",
        {"TestBytes": "failed", "TestHalf": "passed"},
        texts={"TestBytes": ("wrong", "😀")},
    ),
    Case(
        "14c",
        "Line ends of other systems do not hide a message",
        r"""
func TestReturns(t *testing.T) { fmt.Print("one\r\ntwo\rthree\n\r\n"); t.Error("four\r\nfive\r") }
""",
        {"TestReturns": "failed"},
        texts={"TestReturns": ("four", "five")},
    ),
    Case(
        "14d",
        "Standard output closed: nothing is known of the tests after that, and nothing is green",
        r"""
func TestBefore(t *testing.T) {}
func TestCloses(t *testing.T) { os.Stdout.Close() }
func TestFails(t *testing.T) { t.Error("unheard") }
""",
        {"TestBefore": "passed", "TestCloses": "failed", "TestFails": "error"},
    ),
    Case(
        "14e",
        "Standard output closed by tests that pass",
        r"""
func TestBefore(t *testing.T) {}
func TestCloses(t *testing.T) { os.Stdout.Close() }
func TestLater(t *testing.T) {}
""",
        {"TestBefore": "passed", "TestCloses": "error", "TestLater": "error"},
    ),
    Case(
        "14f",
        "Standard output turned to /dev/null: the failure behind it is heard by the exit status",
        r"""
func TestBefore(t *testing.T) {}
func TestMutes(t *testing.T) {
	null, _ := os.OpenFile("/dev/null", os.O_WRONLY, 0)
	syscall.Dup3(int(null.Fd()), 1, 0)
	t.Error("unheard")
}
func TestLater(t *testing.T) {}
""",
        {"TestBefore": "passed", "TestMutes": "failed", "TestLater": "error"},
    ),
    Case(
        "14g",
        "Standard output muted from the middle of one test to the middle of the next",
        r"""
var saved int
func TestMutes(t *testing.T) {
	null, _ := os.OpenFile("/dev/null", os.O_WRONLY, 0)
	saved, _ = syscall.Dup(1)
	syscall.Dup3(int(null.Fd()), 1, 0)
	t.Error("unheard")
}
func TestSpeaks(t *testing.T) { syscall.Dup3(saved, 1, 0) }
func TestLater(t *testing.T) {}
""",
        {"TestMutes": "failed", "TestSpeaks": "passed", "TestLater": "passed"},
    ),
)


@run(CASES)
def test_text(case: Case, project: GoProject) -> None:
    """Whatever is printed, the outcomes are right, and the report can be read by machines."""
    check(case, project)
