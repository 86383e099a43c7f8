package loglens_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"example.com/loglens"
	"example.com/loglens/filter"
	"example.com/loglens/parse"
	"example.com/loglens/stats"
)

func ExampleAnalyze() {
	log := "level=info path=/\nlevel=error path=/cart\nlevel=error path=/\n"
	collector := stats.NewCollector(stats.Options{By: "path"})
	errorsOnly, err := filter.Compile("level >= error")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := loglens.Analyze(context.Background(), strings.NewReader(log), loglens.Options{
		Filter:    errorsOnly,
		Collector: collector,
	}); err != nil {
		fmt.Println(err)
		return
	}
	summary := collector.Summary(10)
	fmt.Println(summary.Records, "of", summary.Records+summary.Filtered, summary.Top)
	// Output: 2 of 3 [{/ 1} {/cart 1}]
}

func TestAnalyzeSampleLogs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]map[string]uint64{
		"app.logfmt": {"debug": 1, "info": 3, "warn": 1, "error": 1},
		"app.jsonl":  {"info": 3, "warn": 1, "error": 1},
		"mixed.log":  {"info": 2, "error": 1},
	} {
		name, want := name, want
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := os.Open(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			collector := stats.NewCollector(stats.Options{})
			err = loglens.Analyze(context.Background(), file, loglens.Options{
				Collector: collector,
				Malformed: func(err error) error { return err },
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := collector.Summary(0).Levels; !reflect.DeepEqual(got, want) {
				t.Errorf("levels are %v, want %v", got, want)
			}
		})
	}
}

func TestAnalyzeKeepsTheOrder(t *testing.T) {
	t.Parallel()
	const n = 5000
	var log strings.Builder
	var want []string
	for i := 1; i <= n; i++ {
		line := fmt.Sprintf("n=%d", i)
		if i%1000 == 0 {
			line = "=broken"
		}
		fmt.Fprintln(&log, line)
		want = append(want, line)
	}
	var got []string
	err := loglens.Analyze(context.Background(), iotest.HalfReader(strings.NewReader(log.String())), loglens.Options{
		Format:  parse.Logfmt,
		Workers: 4,
		Matched: func(line string) error {
			got = append(got, line)
			return nil
		},
		Malformed: func(err error) error {
			var syntax *parse.SyntaxError
			if !errors.As(err, &syntax) || syntax.Line != len(got)+1 {
				t.Errorf("%v came after %d lines", err, len(got))
			}
			got = append(got, "=broken")
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d lines came, in another order than the %d that were read", len(got), len(want))
	}
}

func TestAnalyzeErrors(t *testing.T) {
	t.Parallel()
	torn := errors.New("torn cable")
	full := errors.New("disk full")
	lines := strings.Repeat("a=1\n", 2000)
	for name, tc := range map[string]struct {
		reader  io.Reader
		options loglens.Options
		want    error
	}{
		"of the reader": {
			reader: io.MultiReader(strings.NewReader(lines), iotest.ErrReader(torn)),
			want:   torn,
		},
		"of Matched": {
			reader:  strings.NewReader(lines),
			options: loglens.Options{Matched: func(string) error { return full }},
			want:    full,
		},
		"of Malformed": {
			reader:  strings.NewReader(lines + "{"),
			options: loglens.Options{Malformed: func(err error) error { return full }},
			want:    full,
		},
	} {
		tc := tc
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := loglens.Analyze(context.Background(), tc.reader, tc.options); !errors.Is(err, tc.want) {
				t.Errorf("Analyze = %v, want %v", err, tc.want)
			}
		})
	}
}

func TestAnalyzeDoesNotWaitForASilentReader(t *testing.T) {
	t.Parallel()
	reader, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := make(chan string, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- loglens.Analyze(ctx, reader, loglens.Options{
			Matched: func(line string) error {
				seen <- line
				return nil
			},
		})
	}()
	if _, err := io.WriteString(writer, "first=1\n"); err != nil {
		t.Fatal(err)
	}
	if line := <-seen; line != "first=1" { // though the reader has not ended
		t.Errorf("line is %q", line)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Analyze = %v, want context.Canceled", err)
	}
}
