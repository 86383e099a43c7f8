"""The Go modules that the benchmarks run: generated, so that anybody can have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = 40
TESTS = 55
"""Per package: 2,200 in all, of ordinary kinds: table-driven, parallel, plain."""

_SOURCE = """\
// Package {name} is one of many alike.
package {name}

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// Normalize lowers, trims and sorts words.
func Normalize(words []string) []string {{
	out := make([]string, 0, len(words))
	for _, word := range words {{
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" {{
			out = append(out, word)
		}}
	}}
	sort.Strings(out)
	return out
}}

// Describe gives words as JSON.
func Describe(words []string) (string, error) {{
	data, err := json.Marshal(Normalize(words))
	if err != nil {{
		return "", fmt.Errorf("describe: %w", err)
	}}
	return string(data), nil
}}
"""

_HEAD = """\
package {name}

import "testing"

func check(t *testing.T, word string) {{
	t.Helper()
	for i := 0; i < 50; i++ {{
		got, err := Describe([]string{{" B", word, ""}})
		if err != nil || got == "" {{
			t.Fatalf("Describe(%q) = %q, %v", word, got, err)
		}}
	}}
}}
"""
_PLAIN = 'func TestPlain{number}(t *testing.T) {{ check(t, "plain{number}") }}\n'
_PARALLEL = """\
func TestParallel{number}(t *testing.T) {{
	t.Parallel()
	check(t, "parallel{number}")
}}
"""
_TABLE = """\
func TestTable{number}(t *testing.T) {{
	for _, word := range []string{{"a", "b", "c"}} {{
		t.Run(word, func(t *testing.T) {{ check(t, word) }})
	}}
}}
"""

_MANY = """\
package many

import (
	"fmt"
	"strings"
	"testing"
)

func TestMany(t *testing.T) {
	for i := 0; i < 100000; i++ {
		t.Run(fmt.Sprint("case", i), func(t *testing.T) { t.Log("said something") })
	}
}

func TestLoud(t *testing.T) {
	line := strings.Repeat("x", 99) + "\\n"
	for i := 0; i < 2000000; i++ {
		fmt.Print(line)
	}
}
"""


def write_module(root: Path) -> Path:
    """Write a module of PACKAGES packages with TESTS tests each; one imports its neighbour."""
    _write(root / "go.mod", "module example.com/bench\n\ngo 1.21\n")
    kinds = (_PLAIN, _PARALLEL, _TABLE, _PLAIN, _PLAIN)
    for index in range(PACKAGES):
        name = f"p{index:02d}"
        _write(root / name / f"{name}.go", _SOURCE.format(name=name))
        tests = "".join(kinds[number % 5].format(number=number) + "\n" for number in range(TESTS))
        _write(root / name / f"{name}_test.go", _HEAD.format(name=name) + "\n" + tests)
    return root


def write_loud_module(root: Path) -> Path:
    """Write a module with 100,000 subtests and a test that prints 200 MB."""
    _write(root / "go.mod", "module example.com/loud\n\ngo 1.21\n")
    _write(root / "many_test.go", _MANY)
    return root


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
