"""The scanner, claim by claim; test_scan_oracle.py compares it with Go's own parser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.discovery import Directive, scan, scan_file
from pytest_wslgo.errors import DiscoveryError

if TYPE_CHECKING:
    from pathlib import Path


def names(source: str | bytes) -> list[str]:
    """The functions that the scanner finds below a package clause."""
    body = source.encode() if isinstance(source, str) else source
    functions, _ = scan(b"package p\n" + body)
    return [function.name for function in functions]


T = "(t *testing.T) {}\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("func TestX" + T, ["TestX"], id="plain"),
        pytest.param("func Test" + T, ["Test"], id="prefix-alone"),
        pytest.param("func Test_x" + T, ["Test_x"], id="underscore"),
        pytest.param("func Test1" + T, ["Test1"], id="digit"),
        pytest.param("func Testify" + T, [], id="lower-case-follows"),
        pytest.param("func TestÄ" + T, ["TestÄ"], id="upper-case-umlaut"),
        pytest.param("func Testä" + T, [], id="lower-case-umlaut"),
        pytest.param("func Test世" + T, ["Test世"], id="no-case"),
        pytest.param("func Testª" + T, ["Testª"], id="lower-case-for-python-only"),
        pytest.param("func (s S) TestX" + T, [], id="method"),
        pytest.param("func [T any] TestX" + T, [], id="no-go-at-all"),
        pytest.param("func\n\tTestX\t" + T, ["TestX"], id="name-on-the-next-line"),
        pytest.param("func /* func TestY */ TestX" + T, ["TestX"], id="comment-before-the-name"),
        pytest.param("func // c\nTestX" + T, ["TestX"], id="line-comment-before-the-name"),
        pytest.param("var x = 1; func TestX" + T, ["TestX"], id="behind-a-semicolon"),
        pytest.param("type myfunc TestX\nfunc TestY" + T, ["TestY"], id="name-that-ends-in-func"),
        pytest.param("// func TestX" + T, [], id="line-comment"),
        pytest.param("/*\nfunc TestX" + T + "*/", [], id="block-comment"),
        pytest.param("/* /* */ func TestX" + T, ["TestX"], id="block-comments-do-not-nest"),
        pytest.param("/*/ func TestX" + T + "*/", [], id="slash-does-not-end-its-own-comment"),
        pytest.param("// /*\nfunc TestX" + T + "// */", ["TestX"], id="opener-in-a-line-comment"),
        pytest.param("// `\nfunc TestX" + T + "// `", ["TestX"], id="backtick-in-a-line-comment"),
        pytest.param("/* ` */ func TestX" + T + "/* ` */", ["TestX"], id="backtick-in-a-comment"),
        pytest.param("var s = `\nfunc TestX" + T + "`", [], id="raw-string"),
        pytest.param(
            "var s = `/*`\nfunc TestX" + T + "/* */", ["TestX"], id="opener-in-raw-string"
        ),
        pytest.param('var s = "func TestX' + T[:-1] + '"', [], id="string"),
        pytest.param(
            'var s = "`"\nfunc TestX' + T + 'var r = "`"', ["TestX"], id="backtick-quoted"
        ),
        pytest.param('var s = "\\"`"\nfunc TestX' + T + "// `", ["TestX"], id="escaped-quote"),
        pytest.param('var s = "\\\\"; func TestX' + T, ["TestX"], id="escaped-backslash"),
        pytest.param("var r = '`'\nfunc TestX" + T + "var q = '`'", ["TestX"], id="backtick-rune"),
        pytest.param("var r = '\"'; func TestX" + T, ["TestX"], id="quote-rune"),
        pytest.param("var r = '\\''; func TestX" + T, ["TestX"], id="escaped-rune"),
        pytest.param("func TestX(t *testing.T) {", ["TestX"], id="no-end"),
        pytest.param("func TestX(t *testing.T)", ["TestX"], id="no-body"),
        pytest.param('}}}} func ( { `` "\nfunc TestX' + T, ["TestX"], id="syntax-errors"),
        pytest.param(b"\x00\xff\xfe\nfunc TestX(t *testing.T) {}", ["TestX"], id="no-text-at-all"),
        pytest.param("func BenchmarkX(b *testing.B) {}", ["BenchmarkX"], id="benchmark"),
        pytest.param("func FuzzX(f *testing.F) {}", ["FuzzX"], id="fuzz"),
        pytest.param("func TestMain(m *testing.M) {}", [], id="main"),
        pytest.param("func TestMain" + T, ["TestMain"], id="main-that-is-a-test"),
        pytest.param("func TestMain[P any]" + T, ["TestMain"], id="main-is-checked-less-by-go"),
        pytest.param(
            "func G[P interface{ ~int }](p P) {}\nfunc TestX" + T, ["TestX"], id="generics"
        ),
    ],
)
def test_names_are_found_as_go_finds_them(source: str | bytes, expected: list[str]) -> None:
    """Names, comments, strings and runes are read by Go's rules."""
    assert names(source) == expected


@pytest.mark.parametrize(
    "signature",
    [
        "(t *testing.T) {}",
        "(*testing.T) {}",
        "(_ *testing.T) {}",
        "(t *T) {}",
        "(t *tst.T) {}",
        "(t*testing . T){}",
        "(\n\tt *testing.T, // the test\n) {}",
        "(t *testing.T) () {}",
        "(t /* ( */ *testing.T) /* { */ {}",
        "(chanT *testing.T) {}",
    ],
)
def test_a_signature_that_go_accepts_has_no_flaw(signature: str) -> None:
    """One parameter of type *T or *anything.T and no results, however it is laid out."""
    functions, _ = scan(f"package p\nfunc TestX{signature}\n".encode())

    assert [function.flaw for function in functions] == [None]


@pytest.mark.parametrize(
    "signature",
    [
        "() {}",
        "(t testing.T) {}",
        "(t *testing.B) {}",
        "(t *testing.TB) {}",
        "(t, u *testing.T) {}",
        "(t *testing.T, n int) {}",
        "(t *testing.T) error { return nil }",
        "(t *testing.T) (err error) { return nil }",
        "(t ...*testing.T) {}",
        "(t **testing.T) {}",
        "(t *testing.T[int]) {}",
        "(chan *T) {}",
        "(t (*testing.T)) {}",
    ],
)
def test_a_wrong_signature_is_listed_with_go_s_complaint(signature: str) -> None:
    """Go refuses the whole package for it, so it must not vanish."""
    functions, _ = scan(f"package p\nfunc TestX{signature}\n".encode())

    assert [function.flaw for function in functions] == [
        "wrong signature for TestX, must be: func TestX(t *testing.T)"
    ]


def test_each_kind_has_its_parameter() -> None:
    """The complaint names the parameter that the kind needs."""
    functions, _ = scan(b"package p\nfunc FuzzX() {}\nfunc BenchmarkX() {}\nfunc TestMain() {}\n")

    assert [(function.kind, function.flaw) for function in functions] == [
        ("fuzz", "wrong signature for FuzzX, must be: func FuzzX(f *testing.F)"),
        ("benchmark", "wrong signature for BenchmarkX, must be: func BenchmarkX(b *testing.B)"),
        ("test", "wrong signature for TestMain, must be: func TestMain(m *testing.M)"),
    ]


def test_type_parameters_are_a_flaw() -> None:
    """A generic test cannot be run."""
    functions, _ = scan(b"package p\nfunc TestX[P any](t *testing.T) {}\n")

    assert [function.flaw for function in functions] == [
        "wrong signature for TestX, test functions cannot have type parameters"
    ]


@pytest.mark.parametrize(
    ("example", "runs"),
    [
        ("() {\n\tf()\n\t// Output: x\n}", True),
        ("() {\n\tf()\n\t// Output:\n}", True),
        ("() {\n\tf()\n\t//OUTPUT:x\n}", True),
        ("() {\n\tf()\n\t// Unordered output:\n\t// x\n}", True),
        ("() {\n\tf()\n\t/*\n\n\tOutput: x */\n}", True),
        ("() { // Output: x\n}", True),
        ("() { f() /* Output: x */ }", True),
        ("() {\n\t//\n\t// Output: x\n}", True),
        ("() {\n\t//go:generate x\n\t// Output: x\n}", True),
        ("() {\n\tf() // call\n\t// Output: x\n}", True),
        ("() {\n\ts := `}`; r := '}'; q := \"}\" // }\n\t// Output: x\n}", True),
        ("() () {\n\t// Output: x\n}", True),
        ("() {\n\tf()\n}", False),
        ("() {\n\tf()\n}\n\n// Output: x", False),
        ("() {\n\t// It prints.\n\t// Output: x\n}", False),
        ("() {\n\t// Output: x\n\n\t// The end.\n}", False),
        ("() {\n\t// Output: x\n\tf() // call\n}", False),
        ("() {\n\tf() // Output: x\n\t// more\n}", False),
        ("() {\n\t//output:x\n}", False),
        ("() {\n\tprint(`// Output: x`)\n}", False),
        ("(n int) {\n\t// Output: x\n}", False),
        ("() int {\n\t// Output: x\n}", False),
        ("()\n// Output: x\n", False),
    ],
)
def test_an_example_counts_when_its_last_comment_is_an_output(example: str, *, runs: bool) -> None:
    """`go test` runs those only; the others are documentation that compiles."""
    assert names(f"func ExampleX{example}\n") == (["ExampleX"] if runs else [])


def test_the_line_is_that_of_the_func_keyword() -> None:
    """Lines are counted over raw strings, block comments and CRLF alike."""
    source = b"package p\r\nvar s = `\n\n`\r\n/*\n*/ func\r\nTestX(t *testing.T) {}\r\n"

    functions, _ = scan(source)

    assert [(function.name, function.line) for function in functions] == [("TestX", 6)]


def test_a_byte_order_mark_changes_nothing() -> None:
    """Some editors put one at the start; Go allows that."""
    functions, directives = scan(
        b"\xef\xbb\xbf//wslgo:serial\npackage p\nfunc TestX(t *testing.T) {}\n"
    )

    assert [(function.name, function.line) for function in functions] == [("TestX", 3)]
    assert directives == (Directive("serial", "", 1),)


def test_directives_above_the_package_clause_belong_to_the_file() -> None:
    """Other comments, empty lines and build constraints may stand between them."""
    source = (
        b"//go:build linux\n\n//wslgo:timeout  5m \n\n/*\n//wslgo:no\n*/\n"
        b"//wslgo:requires systemd // why\r\npackage p //wslgo:no\n//wslgo:no\n"
    )

    _, directives = scan(source)

    assert directives == (
        Directive("timeout", "5m", 3),
        Directive("requires", "systemd // why", 8),
    )


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("//wslgo:skip why\n", [Directive("skip", "why", 2)]),
        ("//wslgo:\n", [Directive("", "", 2)]),
        (
            "// Doc.\n//wslgo:a\n// More.\n//wslgo:b\n",
            [Directive("a", "", 3), Directive("b", "", 5)],
        ),
        ("//wslgo:a\n/* more */\n", [Directive("a", "", 2)]),
        ("// wslgo:a\n", []),
        ("//wslgo:a\n\n", []),
        ("//wslgo:a\n\n// Doc.\n", []),
        ("//wslgo:a\nvar x int\n", []),
        ("var x int //wslgo:a\n", []),
        ("/*\n//wslgo:a\n*/\n", []),
        ("var s = `\n//wslgo:a`\n", []),
        ("//wslgo:a\n/* */ ", []),
    ],
)
def test_directives_of_a_function_stand_in_its_doc_comment(
    above: str, expected: list[Directive]
) -> None:
    """The comment group that ends on the line above, as Go attaches documentation."""
    functions, _ = scan(f"package p\n{above}func TestX(t *testing.T) {{}}\n".encode())

    assert list(functions[0].directives) == expected


def test_a_file_is_read_with_its_path(tmp_path: Path) -> None:
    """What comes back says which file it is about."""
    path = tmp_path / "x_test.go"
    path.write_text("package p\nfunc TestX(t *testing.T) {}\n")

    file = scan_file(path)

    assert file.path == path
    assert [function.name for function in file.functions] == ["TestX"]


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """An empty answer would lose its tests without a word."""
    with pytest.raises(DiscoveryError, match=r"gone_test\.go \(No such file"):
        scan_file(tmp_path / "gone_test.go")
