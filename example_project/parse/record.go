// Package parse turns log lines into records.
//
// Three formats are understood: the common (and combined) log format of web
// servers, logfmt, and JSON objects. A line that cannot be read gives a
// [*SyntaxError], which names the column.
package parse

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Level is the severity of a record. Levels are ordered: LevelWarn < LevelError.
type Level int8

// The levels, from the least to the most severe.
const (
	LevelUnknown Level = iota
	LevelDebug
	LevelInfo
	LevelWarn
	LevelError
	LevelFatal
)

var levelNames = [...]string{"unknown", "debug", "info", "warn", "error", "fatal"}

// String returns the level's name in lower case.
func (l Level) String() string {
	if l < 0 || int(l) >= len(levelNames) {
		return fmt.Sprintf("Level(%d)", int8(l))
	}
	return levelNames[l]
}

// ParseLevel reads a level's name in the spellings that are common in logs.
func ParseLevel(name string) (Level, error) {
	switch strings.ToLower(name) {
	case "trace", "debug", "dbg":
		return LevelDebug, nil
	case "info", "notice":
		return LevelInfo, nil
	case "warn", "warning":
		return LevelWarn, nil
	case "error", "err":
		return LevelError, nil
	case "fatal", "critical", "panic":
		return LevelFatal, nil
	}
	return LevelUnknown, fmt.Errorf("unknown level %q", name)
}

// Record is one log line, understood.
type Record struct {
	Time    time.Time // the zero time when the line has none
	Level   Level
	Message string
	Fields  map[string]string // everything else, by name
}

// Field returns the value of a field as text. The names "level", "msg" and
// "time" stand for the record's own members.
func (r Record) Field(name string) (string, bool) {
	switch name {
	case "level":
		if r.Level != LevelUnknown {
			return r.Level.String(), true
		}
	case "msg":
		return r.Message, r.Message != ""
	case "time":
		if r.Time.IsZero() {
			return "", false
		}
		return r.Time.Format(time.RFC3339Nano), true
	}
	value, ok := r.Fields[name]
	return value, ok
}

// Number returns the value of a field as a number; see [ParseNumber].
func (r Record) Number(name string) (float64, bool) {
	text, ok := r.Field(name)
	if !ok {
		return 0, false
	}
	return ParseNumber(text)
}

// ParseNumber reads a number, or a duration such as 1.5s, which counts in
// milliseconds. Infinities and NaN are not numbers here.
func ParseNumber(text string) (float64, bool) {
	if text == "" || !strings.ContainsAny(text[:1], "+-.0123456789") {
		return 0, false
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n, n-n == 0
	}
	if d, err := time.ParseDuration(text); err == nil {
		return float64(d) / float64(time.Millisecond), true
	}
	return 0, false
}

// set stores a field of a structured line, under the record's own members
// where the name is one of the customary ones.
func (r *Record) set(name, value string) error {
	switch name {
	case "time", "ts", "timestamp":
		t, err := parseTime(value)
		if err != nil {
			return err
		}
		r.Time = t
	case "level", "lvl", "severity":
		level, err := ParseLevel(value)
		if err != nil {
			r.Fields[name] = value // an unusual level is data, not a malformed line
			return nil
		}
		r.Level = level
	case "msg", "message":
		r.Message = value
	default:
		r.Fields[name] = value
	}
	return nil
}

var timeLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999",
}

// maxUnix is the last second of the year 9999, the last one RFC 3339 can write.
const maxUnix = 253402300799

func parseTime(text string) (time.Time, error) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return inUTC(t)
		}
	}
	if seconds, ok := ParseNumber(text); ok && seconds >= 0 && seconds <= maxUnix {
		whole := int64(seconds)
		return time.Unix(whole, int64((seconds-float64(whole))*1e9)).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time", text)
}

// inUTC refuses the times that RFC 3339 cannot write in UTC.
func inUTC(t time.Time) (time.Time, error) {
	t = t.UTC()
	if year := t.Year(); year < 0 || year > 9999 {
		return time.Time{}, fmt.Errorf("the year %d is out of range", year)
	}
	return t, nil
}
