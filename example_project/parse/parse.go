package parse

import (
	"fmt"
	"strings"
)

// Format names how the lines of a log are written.
type Format string

// The formats.
const (
	Auto   Format = "auto" // decided for each line by [Detect]
	Common Format = "common"
	Logfmt Format = "logfmt"
	JSON   Format = "json"
)

// ParseFormat reads a format's name.
func ParseFormat(name string) (Format, error) {
	switch f := Format(strings.ToLower(name)); f {
	case Auto, Common, Logfmt, JSON:
		return f, nil
	}
	return "", fmt.Errorf("unknown format %q (auto, common, logfmt, json)", name)
}

// SyntaxError says where a line stopped making sense.
type SyntaxError struct {
	Format Format
	Line   int // counted from 1; 0 when the line stands alone
	Column int // in bytes, counted from 1
	Err    error
}

// Error returns a message such as "logfmt: line 3, column 12: missing key".
func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: column %d: %v", e.Format, e.Column, e.Err)
	}
	return fmt.Sprintf("%s: line %d, column %d: %v", e.Format, e.Line, e.Column, e.Err)
}

// Unwrap returns the cause.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Detect guesses the format of a line from how it begins.
func Detect(line string) Format {
	line = strings.TrimLeft(line, " \t")
	if strings.HasPrefix(line, "{") {
		return JSON
	}
	first, _, _ := strings.Cut(line, " ")
	if strings.Contains(first, "=") {
		return Logfmt
	}
	return Common
}

// Line parses one line, which must not contain the line break. Its errors are
// of type [*SyntaxError].
func Line(format Format, line string) (Record, error) {
	switch format {
	case Common:
		return parseCommon(line)
	case Logfmt:
		return parseLogfmt(line)
	case JSON:
		return parseJSON(line)
	default:
		return Line(Detect(line), line)
	}
}
