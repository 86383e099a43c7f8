package parse_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/loglens/parse"
)

func ExampleLine() {
	record, err := parse.Line(parse.Logfmt, `level=warn msg="slow query" duration=1.5s`)
	if err != nil {
		fmt.Println(err)
		return
	}
	milliseconds, _ := record.Number("duration")
	fmt.Println(record.Level, record.Message, milliseconds)
	// Output: warn slow query 1500
}

func ExampleSyntaxError() {
	_, err := parse.Line(parse.JSON, `{"status": 200, "path": oops}`)
	var syntax *parse.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println("column", syntax.Column)
	}
	// Output: column 25
}

func TestLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		format parse.Format
		line   string
		want   parse.Record
	}{
		{
			name:   "common",
			format: parse.Common,
			line:   `192.0.2.7 - - [10/Oct/2000:13:55:37 -0700] "GET /missing HTTP/1.1" 404 -`,
			want: parse.Record{
				Time:    time.Date(2000, 10, 10, 20, 55, 37, 0, time.UTC),
				Level:   parse.LevelWarn,
				Message: "GET /missing HTTP/1.1",
				Fields: map[string]string{
					"host": "192.0.2.7", "method": "GET", "path": "/missing",
					"proto": "HTTP/1.1", "status": "404",
				},
			},
		},
		{
			name:   "logfmt",
			format: parse.Logfmt,
			line:   `ts=2024-03-01T12:00:00+01:00 level=ERROR msg="disk \"sda\" full" free=0 readonly`,
			want: parse.Record{
				Time:    time.Date(2024, 3, 1, 11, 0, 0, 0, time.UTC),
				Level:   parse.LevelError,
				Message: `disk "sda" full`,
				Fields:  map[string]string{"free": "0", "readonly": "true"},
			},
		},
		{
			name:   "json",
			format: parse.JSON,
			line:   `{"time":1709290800.5,"level":"info","msg":"ok","http":{"status":200},"tags":["a"],"x":null}`,
			want: parse.Record{
				Time:    time.Date(2024, 3, 1, 11, 0, 0, 500_000_000, time.UTC),
				Level:   parse.LevelInfo,
				Message: "ok",
				Fields:  map[string]string{"http.status": "200", "tags": `["a"]`},
			},
		},
		{
			name:   "auto",
			format: parse.Auto,
			line:   `level=verbose user=`,
			want:   parse.Record{Fields: map[string]string{"level": "verbose", "user": ""}},
		},
	}
	for _, tc := range tests {
		tc := tc
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := parse.Line(tc.format, tc.line)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("Line gave\n%+v, want\n%+v", got, tc.want)
			}
		})
	}
}

func TestLineErrorsNameTheColumn(t *testing.T) {
	t.Parallel()
	const head = `h - - [10/Oct/2000:13:55:37 -0700] `
	tests := []struct {
		name   string
		format parse.Format
		line   string
		column int
	}{
		{"common/empty", parse.Common, ``, 1},
		{"common/no time", parse.Common, `h - - oops`, 7},
		{"common/time not closed", parse.Common, `h - - [10/Oct`, 14},
		{"common/bad time", parse.Common, `h - - [yesterday] "x" 200 1`, 8},
		{"common/request not closed", parse.Common, head + `"GET / 200 1`, 36},
		{"common/no space", parse.Common, head + `"GET /"200 1`, 43},
		{"common/bad status", parse.Common, head + `"GET /" 999 1`, 44},
		{"common/bad size", parse.Common, head + `"GET /" 200 many`, 48},
		{"common/text behind", parse.Common, head + `"GET /" 200 1 "-" "-" more`, 58},
		{"logfmt/empty", parse.Logfmt, `  `, 3},
		{"logfmt/no key", parse.Logfmt, `a=1 =2`, 5},
		{"logfmt/not closed", parse.Logfmt, `a=1 b="two`, 7},
		{"logfmt/behind value", parse.Logfmt, `a="1"2`, 6},
		{"logfmt/bad time", parse.Logfmt, `a=1 time=noon`, 10},
		{"json/array", parse.JSON, ` [1]`, 2},
		{"json/no comma", parse.JSON, `{"a":1 "b":2}`, 8},
		{"json/cut off", parse.JSON, `{"a":1`, 7},
		{"json/two objects", parse.JSON, `{"a":1} {"b":2}`, 9},
		{"json/bad time", parse.JSON, `{"a": 1, "time": "noon"}`, 18},
	}
	for _, tc := range tests {
		tc := tc
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse.Line(tc.format, tc.line)
			var syntax *parse.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("error is %v, want a *SyntaxError", err)
			}
			if syntax.Column != tc.column || syntax.Format != tc.format {
				t.Errorf("%v: want column %d of %s", err, tc.column, tc.format)
			}
		})
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]parse.Format{
		`{"level":"info"}`:      parse.JSON,
		`   {`:                  parse.JSON,
		`level=info msg=x`:      parse.Logfmt,
		`127.0.0.1 - - [x] "y"`: parse.Common,
		``:                      parse.Common,
	} {
		if got := parse.Detect(line); got != want {
			t.Errorf("Detect(%q) = %s, want %s", line, got, want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	if got, err := parse.ParseFormat("JSON"); got != parse.JSON || err != nil {
		t.Errorf(`ParseFormat("JSON") = %q, %v`, got, err)
	}
	if _, err := parse.ParseFormat("xml"); err == nil || !strings.Contains(err.Error(), "xml") {
		t.Errorf(`ParseFormat("xml") gave the error %v, want one that names xml`, err)
	}
}

func TestLevelsAreOrderedAndNamed(t *testing.T) {
	t.Parallel()
	last := parse.LevelUnknown
	for _, name := range []string{"debug", "info", "warn", "error", "fatal"} {
		level, err := parse.ParseLevel(name)
		if err != nil {
			t.Fatal(err)
		}
		if level <= last || level.String() != name {
			t.Errorf("%s became %v, which follows %v", name, level, last)
		}
		last = level
	}
	if got := parse.Level(42).String(); got != "Level(42)" {
		t.Errorf("an unnamed level prints as %q", got)
	}
}

func TestParseNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{
		"42": 42, "-1.5": -1.5, "1.5s": 1500, "250us": 0.25, ".5": 0.5,
	} {
		if got, ok := parse.ParseNumber(text); !ok || got != want {
			t.Errorf("ParseNumber(%q) = %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "NaN", "Inf", "+Inf", "1e999", "12 apples", "ten", "0x10"} {
		if got, ok := parse.ParseNumber(text); ok {
			t.Errorf("ParseNumber(%q) = %v, want no number", text, got)
		}
	}
}

func TestAccessLog(t *testing.T) {
	file, err := os.Open(filepath.Join("testdata", "access.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	statuses := map[string]int{}
	scanner := bufio.NewScanner(file)
	for n := 1; scanner.Scan(); n++ {
		record, err := parse.Line(parse.Auto, scanner.Text())
		if err != nil {
			t.Errorf("line %d: %v", n, err)
			continue
		}
		statuses[record.Fields["status"]]++
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	if want := map[string]int{"200": 2, "404": 1, "503": 1}; !reflect.DeepEqual(statuses, want) {
		t.Errorf("statuses are %v, want %v", statuses, want)
	}
}

// FuzzLine checks what must hold for any line: no panic, errors that point
// into the line, and times that can be written down again.
func FuzzLine(f *testing.F) {
	for _, seed := range []string{
		``, `level=info msg="a b"`, `a="\x`, `{"time":1e300}`, `{"a":{"b":[1,{}]}}`,
		`h - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, format := range []parse.Format{parse.Common, parse.Logfmt, parse.JSON} {
			record, err := parse.Line(format, line)
			if err == nil {
				if _, err := record.Time.MarshalJSON(); err != nil {
					t.Errorf("%s: %q gave the time %v: %v", format, line, record.Time, err)
				}
				continue
			}
			var syntax *parse.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("%s: error of type %T", format, err)
			}
			if syntax.Column < 1 || syntax.Column > len(line)+1 {
				t.Errorf("%s: column %d of %q: %v", format, syntax.Column, line, err)
			}
		}
	})
}

// FuzzJSONAgrees checks that the JSON format takes nothing that is not JSON.
func FuzzJSONAgrees(f *testing.F) {
	f.Add(`{"a":1}`)
	f.Add(`{"a":1,}`)
	f.Add(`{} {}`)
	f.Fuzz(func(t *testing.T, line string) {
		if _, err := parse.Line(parse.JSON, line); err == nil && !json.Valid([]byte(line)) {
			t.Errorf("%q was read, but is not JSON", line)
		}
	})
}

func BenchmarkLine(b *testing.B) {
	for format, line := range map[parse.Format]string{
		parse.Common: `h - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1`,
		parse.Logfmt: `time=2024-03-01T12:00:00Z level=info msg="request done" status=200`,
		parse.JSON:   `{"time":"2024-03-01T12:00:00Z","level":"info","msg":"done","status":200}`,
	} {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(line)))
			for i := 0; i < b.N; i++ {
				if _, err := parse.Line(format, line); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
