package tail

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"example.com/loglens/internal/clock"
)

// following is a Follower at work on a file, moved on by a fake clock.
type following struct {
	t      *testing.T
	path   string
	clock  *clock.Fake
	cancel context.CancelFunc
	lines  chan string
	done   chan error
}

// follow starts to follow a file in a temporary folder, which holds content at
// first, or is not there when content is "".
func follow(t *testing.T, content string) *following {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	f := &following{
		t:      t,
		path:   filepath.Join(t.TempDir(), "app.log"),
		clock:  clock.NewFake(time.Unix(0, 0)),
		cancel: cancel,
		lines:  make(chan string, 100),
		done:   make(chan error, 1),
	}
	if content != "" {
		f.write(content)
	}
	follower := Follower{Path: f.path, Clock: f.clock}
	go func() {
		f.done <- follower.Follow(ctx, func(line string) error {
			f.lines <- line
			return nil
		})
	}()
	f.clock.BlockUntil(1)
	return f
}

func (f *following) write(text string) {
	f.t.Helper()
	file, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		f.t.Fatal(err)
	}
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Close()); err != nil {
		f.t.Fatal(err)
	}
}

// tick lets the Follower look at the file once.
func (f *following) tick() {
	f.clock.Advance(DefaultInterval)
	f.clock.BlockUntil(1)
}

// stop ends following and waits for the end.
func (f *following) stop() {
	f.t.Helper()
	f.cancel()
	if err := <-f.done; err != nil {
		f.t.Errorf("Follow = %v, want nil", err)
	}
}

// expect checks which lines came since the last call.
func (f *following) expect(want ...string) {
	f.t.Helper()
	var got []string
	for len(f.lines) > 0 {
		got = append(got, <-f.lines)
	}
	if !slices.Equal(got, want) {
		f.t.Errorf("lines are %q, want %q", got, want)
	}
}

func TestFollowAppendedLines(t *testing.T) {
	t.Parallel()
	f := follow(t, "one\ntwo\n")
	f.expect("one", "two")
	f.tick()
	f.expect()
	f.write("three\r\nfo")
	f.tick()
	f.expect("three")
	f.write("ur\n")
	f.tick()
	f.expect("four")
	f.write("last, unfinished")
	f.stop()
	f.expect("last, unfinished")
}

func TestFollowWaitsForTheFile(t *testing.T) {
	t.Parallel()
	f := follow(t, "")
	f.tick()
	f.expect()
	f.write("hello\n")
	f.tick()
	f.expect("hello")
	f.stop()
}

func TestFollowTruncation(t *testing.T) {
	t.Parallel()
	f := follow(t, "a long first line\n")
	f.expect("a long first line")
	if err := os.Truncate(f.path, 0); err != nil {
		t.Fatal(err)
	}
	f.write("anew\n")
	f.tick()
	f.expect("anew")
	f.stop()
}

func TestFollowRotation(t *testing.T) {
	t.Parallel()
	f := follow(t, "old\n")
	f.expect("old")
	f.write("late, unfinished")
	if err := os.Rename(f.path, f.path+".1"); err != nil {
		t.Skipf("this filesystem does not rename open files: %v", err)
	}
	f.tick() // between the two steps: there is no file at the path
	f.expect()
	f.write("new\n")
	f.tick()
	f.expect("late, unfinished", "new")
	f.stop()
}

// TestFollowGenerations keeps two generations of the log, as logrotate does,
// while the oldest is still open. Windows refuses that: an open file keeps its
// name there.
//
//wslgo:skip_on_drvfs directory=tmp reason="an open file cannot be renamed there"
func TestFollowGenerations(t *testing.T) {
	t.Parallel()
	f := follow(t, "first\n")
	f.expect("first")
	for _, names := range [][2]string{{"", ".1"}, {".1", ".2"}} {
		if err := os.Rename(f.path+names[0], f.path+names[1]); err != nil {
			t.Fatal(err)
		}
	}
	f.write("second\n")
	f.tick()
	f.expect("second")
	f.stop()
}

func TestFollowErrors(t *testing.T) {
	t.Parallel()

	t.Run("of emit", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "app.log")
		if err := os.WriteFile(path, []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		full := errors.New("full")
		err := Follower{Path: path}.Follow(context.Background(), func(string) error { return full })
		if !errors.Is(err, full) {
			t.Errorf("Follow = %v, want the error of emit", err)
		}
	})

	t.Run("of the filesystem", func(t *testing.T) {
		t.Parallel()
		err := Follower{Path: t.TempDir()}.Follow(context.Background(), func(string) error { return nil })
		var path *os.PathError
		if !errors.As(err, &path) {
			t.Errorf("Follow on a folder = %v, want a *PathError", err)
		}
	})
}
