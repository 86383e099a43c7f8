package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/loglens/sink"
	"example.com/loglens/stats"
)

// asLoglens makes the test binary behave as loglens itself, so that tests can
// start the real main without building it first.
const asLoglens = "LOGLENS_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asLoglens) != "" {
		main()
	}
	os.Exit(m.Run())
}

func sample(name string) string { return filepath.Join("..", "..", "testdata", name) }

func TestMainProcess(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		args []string
		want int
	}{
		"found":   {[]string{sample("app.jsonl")}, exitFound},
		"nothing": {[]string{"-filter", "status == 418", sample("app.jsonl")}, exitNothing},
		"trouble": {[]string{sample("no such file")}, exitTrouble},
	} {
		tc := tc
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command := exec.Command(self, tc.args...)
			command.Env = append(os.Environ(), asLoglens+"=1")
			output, err := command.CombinedOutput()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := command.ProcessState.ExitCode(); got != tc.want {
				t.Errorf("exit status %d, want %d:\n%s", got, tc.want, output)
			}
		})
	}
}

func TestRunFormats(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	status := run(context.Background(), []string{"-top=1", sample("app.logfmt")}, nil, &stdout, &stderr)
	if status != exitFound || stderr.Len() > 0 {
		t.Errorf("exit status %d:\n%s", status, &stderr)
	}
	want := strings.TrimLeft(`
records      6
first        2024-03-01T12:00:00Z
last         2024-03-01T12:00:09Z
level debug  1
level info   3
level warn   1
level error  1
path /cart   2
duration     p50 31.5  p90 83.94  p99 83.94  max 2400
`, "\n")
	if got := stdout.String(); got != want {
		t.Errorf("output is\n%s\nwant\n%s", got, want)
	}
}

func TestRunTrouble(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args  []string
		stdin string
		want  string // on stderr
	}{
		"unknown flag":   {args: []string{"-frmat=json"}, want: "-frmat"},
		"unknown format": {args: []string{"-format=xml"}, want: `unknown format "xml"`},
		"bad filter":     {args: []string{"-filter", "a =="}, want: "column 5: expected a value"},
		"follow stdin":   {args: []string{"-follow"}, want: "exactly one file"},
		"bad line":       {stdin: "a=1\n=2\n", want: "stdin: logfmt: line 2, column 1: expected a key"},
		"bad lines": {
			args:  []string{"-format=json"},
			stdin: strings.Repeat("oops\n", 50),
			want:  "more malformed lines are not shown\nloglens: 50 malformed lines",
		},
	} {
		tc := tc
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			status := run(context.Background(), tc.args, strings.NewReader(tc.stdin), io.Discard, &stderr)
			if status != exitTrouble || !strings.Contains(stderr.String(), tc.want) {
				t.Errorf("exit status %d, stderr:\n%s\nwant %d and %q", status, &stderr, exitTrouble, tc.want)
			}
		})
	}
}

func TestRunPosts(t *testing.T) {
	t.Parallel()
	posted := make(chan stats.Summary, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var summary stats.Summary
		if err := json.NewDecoder(r.Body).Decode(&summary); err != nil {
			t.Error(err)
		}
		posted <- summary
		json.NewEncoder(w).Encode(sink.Receipt{ID: 1, Records: summary.Records})
	}))
	defer server.Close()

	var stdout bytes.Buffer
	args := []string{"-json", "-post", server.URL, "-lenient", sample("broken.logfmt")}
	if status := run(context.Background(), args, nil, &stdout, io.Discard); status != exitFound {
		t.Errorf("exit status %d", status)
	}
	var printed stats.Summary
	if err := json.Unmarshal(stdout.Bytes(), &printed); err != nil {
		t.Fatal(err)
	}
	for where, summary := range map[string]stats.Summary{"printed": printed, "posted": <-posted} {
		if summary.Records != 1 || summary.Malformed != 2 {
			t.Errorf("%s: %+v, want 1 record and 2 malformed lines", where, summary)
		}
	}
}

// watcher is an output that tells of each write.
type watcher chan string

func (w watcher) Write(p []byte) (int, error) {
	w <- string(p)
	return len(p), nil
}

func TestRunFollows(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.log")
	if err := os.WriteFile(path, []byte("a=1\na=2\nb=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	output := make(watcher)
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, []string{"-follow", "-print", "-filter=a", path}, nil, output, io.Discard)
	}()
	for _, want := range []string{"a=1\n", "a=2\n"} {
		if got := <-output; got != want {
			t.Errorf("printed %q, want %q", got, want)
		}
	}
	interrupt()
	if got := <-status; got != exitFound {
		t.Errorf("exit status %d after an interrupt, want %d", got, exitFound)
	}
}

// closedPipe is an output that nobody reads any more.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

func TestRunBrokenPipeIsQuiet(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-print"}, {"-json"}} {
		var stderr bytes.Buffer
		lines := strings.Repeat("level=info msg=\"a line among many\"\n", 1000)
		status := run(context.Background(), args, strings.NewReader(lines), closedPipe{}, &stderr)
		if status != exitFound || stderr.Len() > 0 {
			t.Errorf("%v: exit status %d, stderr:\n%s", args, status, &stderr)
		}
	}
}
