package parse

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// parseLogfmt reads key=value pairs; a key alone has the value "true". When a
// key comes twice, the last one counts.
func parseLogfmt(line string) (Record, error) {
	r := Record{Fields: make(map[string]string, 8)}
	fail := func(at int, err error) (Record, error) {
		return Record{}, &SyntaxError{Format: Logfmt, Column: at + 1, Err: err}
	}
	pairs := 0
	for pos := 0; ; pairs++ {
		for pos < len(line) && isSpace(line[pos]) {
			pos++
		}
		if pos == len(line) {
			break
		}
		key := line[pos : pos+bareLength(line[pos:])]
		if key == "" {
			return fail(pos, fmt.Errorf("expected a key, found %q", line[pos]))
		}
		pos += len(key)
		value, at := "true", pos
		if pos < len(line) && line[pos] == '=' {
			pos++
			at = pos
			text, length, err := logfmtValue(line[pos:])
			if err != nil {
				return fail(pos, err)
			}
			value = text
			pos += length
		}
		if pos < len(line) && !isSpace(line[pos]) {
			return fail(pos, fmt.Errorf("unexpected %q behind the value of %s", line[pos], key))
		}
		if err := r.set(key, value); err != nil {
			return fail(at, err)
		}
	}
	if pairs == 0 {
		return fail(len(line), errors.New("empty line"))
	}
	return r, nil
}

// logfmtValue returns the value that text begins with and how long it is there.
func logfmtValue(text string) (value string, length int, err error) {
	if !strings.HasPrefix(text, `"`) {
		length = bareLength(text)
		return text[:length], length, nil
	}
	raw, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", 0, errors.New("badly quoted value")
	}
	value, err = strconv.Unquote(raw)
	if err != nil {
		return "", 0, fmt.Errorf("badly quoted value: %w", err)
	}
	return value, len(raw), nil
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' }

func bareLength(text string) int {
	for i := 0; i < len(text); i++ {
		if b := text[i]; b <= ' ' || b == '=' || b == '"' {
			return i
		}
	}
	return len(text)
}
