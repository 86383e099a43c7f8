package parse_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"testing"

	"example.com/loglens/parse"
)

// TestJournal reads what systemd's journal on this machine says of itself: its
// fields are texts, numbers in texts, and arrays of bytes where they are no
// UTF-8. The journal is another one each time: no cached result is an answer.
//
//wslgo:requires_systemd
//wslgo:uncached
func TestJournal(t *testing.T) {
	t.Parallel()
	output, err := exec.Command("journalctl", "--output=json", "--lines=100", "--quiet").Output()
	if err != nil {
		t.Skipf("this user may not read the journal: %v", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		record, err := parse.Line(parse.JSON, lines.Text())
		if err != nil {
			t.Errorf("%v in %s", err, lines.Text())
		} else if record.Fields["__CURSOR"] == "" {
			t.Errorf("no __CURSOR in %s", lines.Text())
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
