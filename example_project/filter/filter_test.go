package filter

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/loglens/parse"
)

func ExampleCompile() {
	f, err := Compile(`level>=warn && status>499`)
	if err != nil {
		fmt.Println(err)
		return
	}
	record, err := parse.Line(parse.Logfmt, `level=error status=503`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f, "is", f.Match(record))
	// Output: level >= "warn" && status > 499 is true
}

func ExampleCompile_error() {
	_, err := Compile(`level >= loud`)
	fmt.Println(err)
	// Output: filter: column 10: unknown level "loud"
}

func sample() parse.Record {
	return parse.Record{
		Time:    time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC),
		Level:   parse.LevelWarn,
		Message: "request done",
		Fields: map[string]string{
			"status": "503", "path": "/api/orders", "duration": "1.5s", "user": "", "id": "007",
		},
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		`level == warn`:                       true,
		`level > warn`:                        false,
		`level < error && level >= warning`:   true,
		`status == 503`:                       true,
		`status > 499 && status <= 599`:       true,
		`status != 503`:                       false,
		`duration >= 1500`:                    true,
		`duration < 2s`:                       true,
		`path == /api/orders`:                 true,
		`path < "/b"`:                         true,
		`path =~ "^/api/"`:                    true,
		`path !~ orders`:                      false,
		`msg == "request done"`:               true,
		`time > 2024-03-01T11:59:59Z`:         true,
		`time == 2024-03-01T13:00:00+01:00`:   true,
		`user`:                                true,
		`!user`:                               false,
		`nobody`:                              false,
		`nobody != 1`:                         false,
		`!(nobody == 1)`:                      true,
		`path > 10`:                           false,
		`id == 7`:                             true,
		`id == "7"`:                           false,
		`nobody || status == 503 && !nothing`: true,
		`(nobody || user) && level == error`:  false,
	}
	for expression, want := range tests {
		expression, want := expression, want
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			f, err := Compile(expression)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Match(sample()); got != want {
				t.Errorf("%s is %v, want %v", f, got, want)
			}
		})
	}
}

func TestNilFilterMatchesEverything(t *testing.T) {
	t.Parallel()
	var f *Filter
	if !f.Match(parse.Record{}) || f.String() != "" {
		t.Error("a nil Filter must match, and print as nothing")
	}
}

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expression string
		column     int
		want       string
	}{
		{``, 1, "expected a field, found end of the expression"},
		{`status >`, 9, "expected a value"},
		{`status > && x`, 10, "expected a value"},
		{`(a || b`, 8, `for the "(" in column 1`},
		{`a b`, 3, `unexpected "b"`},
		{`a == "open`, 6, "badly quoted"},
		{`a = 1`, 3, "unexpected '='"},
		{`path =~ "("`, 9, "bad regular expression"},
		{`time > noon`, 8, "not a time"},
		{strings.Repeat("!", maxDepth+1) + "a", maxDepth + 1, "nested more than"},
	}
	for _, tc := range tests {
		_, err := Compile(tc.expression)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q: error is %v, want a *SyntaxError", tc.expression, err)
			continue
		}
		if syntax.Column != tc.column || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: %v; want column %d and %q", tc.expression, err, tc.column, tc.want)
		}
	}
}

// FuzzCompile checks that the canonical spelling means the same: it compiles,
// and to itself.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`level>=warn && status>499`, `!(a || b) && c =~ "^x$"`, `!!a`, `a == "\u00e9"`, `time<2024-03-01T12:00:00Z`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		first, err := Compile(expression)
		if err != nil {
			return
		}
		second, err := Compile(first.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", expression, first, err)
		}
		if first.String() != second.String() {
			t.Errorf("%q became %q, then %q", expression, first, second)
		}
		if first.Match(sample()) != second.Match(sample()) {
			t.Errorf("%q and %q differ", expression, first)
		}
	})
}

func TestStringKeepsNeededParentheses(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		`((a)||(b))&&(c)`:   `(a || b) && c`,
		`a||(b&&c)`:         `a || b && c`,
		`!(a&&b)`:           `!(a && b)`,
		`!(a||!(b))`:        `!(a || !b)`,
		`a=~"^x" && (b<1s)`: `a =~ "^x" && b < 1s`,
	} {
		f, err := Compile(expression)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.String(); got != want {
			t.Errorf("%s became %s, want %s", expression, got, want)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	f, err := Compile(`level >= warn && (status > 499 || path =~ "^/api/")`)
	if err != nil {
		b.Fatal(err)
	}
	record := sample()
	for i := 0; i < b.N; i++ {
		f.Match(record)
	}
}
