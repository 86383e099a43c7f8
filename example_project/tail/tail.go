// Package tail follows a file that grows, as tail -F does.
package tail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"example.com/loglens/internal/clock"
)

// DefaultInterval is how long a Follower waits before it looks again.
const DefaultInterval = 200 * time.Millisecond

// Follower reads the lines of a file and goes on with those that are appended
// later. It notices when the file was truncated or replaced (rotated), and
// waits for a file that is not there.
//
// It polls: notifications do not arrive on network and Windows drives.
type Follower struct {
	Path     string
	Interval time.Duration // DefaultInterval when zero
	Clock    clock.Clock   // the system's when nil
}

// Follow calls emit for each line, without its line break, until ctx ends, and
// then returns nil. An unfinished last line is held back until it is finished;
// it is given out when the file is replaced or when ctx ends. An error of emit
// ends following.
func (f Follower) Follow(ctx context.Context, emit func(line string) error) error {
	if f.Interval == 0 {
		f.Interval = DefaultInterval
	}
	if f.Clock == nil {
		f.Clock = clock.System
	}
	t := &tailing{Follower: f, emit: emit}
	defer t.close()
	for {
		if err := t.poll(); err != nil {
			return fmt.Errorf("follow %s: %w", f.Path, err)
		}
		if clock.Sleep(ctx, f.Clock, f.Interval) != nil {
			// What was written between the last look and the end counts too.
			if err := errors.Join(t.poll(), t.flush()); err != nil {
				return fmt.Errorf("follow %s: %w", f.Path, err)
			}
			return nil
		}
	}
}

// tailing is the state of one Follow.
type tailing struct {
	Follower
	emit    func(string) error
	file    *os.File // nil while there is no file
	reader  *bufio.Reader
	offset  int64 // how far the file has been read
	partial strings.Builder
}

// poll gives out the lines that are new, and moves on to a new file.
func (t *tailing) poll() error {
	if t.file == nil {
		if opened, err := t.open(); !opened {
			return err
		}
		return t.read()
	}
	current, err := t.file.Stat()
	if err != nil {
		return err
	}
	if current.Size() < t.offset {
		return t.restart()
	}
	if err := t.read(); err != nil {
		return err
	}
	atPath, err := os.Stat(t.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // between the two steps of a rotation
	case err != nil:
		return err
	case os.SameFile(current, atPath):
		return nil
	}
	if err := t.flush(); err != nil {
		return err
	}
	t.close()
	return t.poll()
}

func (t *tailing) open() (bool, error) {
	file, err := os.Open(t.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.file, t.reader, t.offset = file, bufio.NewReader(file), 0
	return true, nil
}

// restart begins a truncated file anew. The unfinished line is gone with it.
func (t *tailing) restart() error {
	t.partial.Reset()
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	t.reader.Reset(t.file)
	t.offset = 0
	return t.read()
}

// read gives out lines up to the end of the file.
func (t *tailing) read() error {
	for {
		text, err := t.reader.ReadString('\n')
		t.offset += int64(len(text))
		t.partial.WriteString(text)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.flush(); err != nil {
			return err
		}
	}
}

// flush gives out the line that was gathered, if any.
func (t *tailing) flush() error {
	if t.partial.Len() == 0 {
		return nil
	}
	line := strings.TrimRight(t.partial.String(), "\r\n")
	t.partial.Reset()
	return t.emit(line)
}

func (t *tailing) close() {
	if t.file != nil {
		t.file.Close() // it was only read: there is nothing to lose
		t.file = nil
	}
}
