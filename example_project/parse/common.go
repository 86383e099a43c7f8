package parse

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const commonTime = "02/Jan/2006:15:04:05 -0700"

// cursor walks over a line and remembers where it is for error messages.
type cursor struct {
	text string
	pos  int
}

func (c *cursor) fail(at int, err error) error {
	return &SyntaxError{Format: Common, Column: at + 1, Err: err}
}

func (c *cursor) rest() string { return c.text[c.pos:] }

func (c *cursor) atEnd() bool { return c.pos == len(c.text) }

// word reads up to the next space or the end, and the space.
func (c *cursor) word(what string) (string, error) {
	word, _, found := strings.Cut(c.rest(), " ")
	if word == "" {
		return "", c.fail(c.pos, fmt.Errorf("missing %s", what))
	}
	c.pos += len(word)
	if found {
		c.pos++
	}
	return word, nil
}

// enclosed reads text between two brackets, and the space behind it.
func (c *cursor) enclosed(what string, open, end byte) (string, error) {
	if c.atEnd() || c.text[c.pos] != open {
		return "", c.fail(c.pos, fmt.Errorf("expected %q to open the %s", open, what))
	}
	length := strings.IndexByte(c.rest(), end)
	if length < 0 {
		return "", c.fail(len(c.text), fmt.Errorf("expected %q to close the %s", end, what))
	}
	text := c.text[c.pos+1 : c.pos+length]
	c.pos += length + 1
	return text, c.space()
}

// quoted reads text between double quotes, and the space behind it.
func (c *cursor) quoted(what string) (string, error) {
	if c.atEnd() || c.text[c.pos] != '"' {
		return "", c.fail(c.pos, fmt.Errorf("expected '\"' to open the %s", what))
	}
	raw, err := strconv.QuotedPrefix(c.rest())
	if err != nil {
		return "", c.fail(c.pos, fmt.Errorf("badly quoted %s", what))
	}
	text, err := strconv.Unquote(raw)
	if err != nil {
		return "", c.fail(c.pos, fmt.Errorf("badly quoted %s: %w", what, err))
	}
	c.pos += len(raw)
	return text, c.space()
}

func (c *cursor) space() error {
	if c.atEnd() {
		return nil
	}
	if c.text[c.pos] != ' ' {
		return c.fail(c.pos, errors.New("expected a space"))
	}
	c.pos++
	return nil
}

// parseCommon reads
//
//	host ident user [time] "method path protocol" status bytes
//
// and, for the combined format, "referer" "user agent" behind it.
func parseCommon(line string) (Record, error) {
	c := &cursor{text: strings.TrimRight(line, " \t\r")}
	r := Record{Fields: make(map[string]string, 10)}
	for _, name := range []string{"host", "ident", "user"} {
		word, err := c.word(name)
		if err != nil {
			return Record{}, err
		}
		r.setUnlessDash(name, word)
	}

	at := c.pos
	stamp, err := c.enclosed("time", '[', ']')
	if err != nil {
		return Record{}, err
	}
	local, err := time.Parse(commonTime, stamp)
	if err != nil {
		return Record{}, c.fail(at+1, fmt.Errorf("%q is not a time", stamp))
	}
	if r.Time, err = inUTC(local); err != nil {
		return Record{}, c.fail(at+1, err)
	}

	if r.Message, err = c.quoted("request"); err != nil {
		return Record{}, err
	}
	if request := strings.Fields(r.Message); len(request) == 3 {
		r.Fields["method"], r.Fields["path"], r.Fields["proto"] = request[0], request[1], request[2]
	}

	if err := r.readStatus(c); err != nil {
		return Record{}, err
	}
	if err := r.readBytes(c); err != nil {
		return Record{}, err
	}
	for _, name := range []string{"referer", "agent"} {
		if c.atEnd() {
			return r, nil
		}
		text, err := c.quoted(name)
		if err != nil {
			return Record{}, err
		}
		r.setUnlessDash(name, text)
	}
	if !c.atEnd() {
		return Record{}, c.fail(c.pos, errors.New("text behind the end of the record"))
	}
	return r, nil
}

func (r *Record) setUnlessDash(name, value string) {
	if value != "-" {
		r.Fields[name] = value
	}
}

// readStatus reads the HTTP status, which also decides the level.
func (r *Record) readStatus(c *cursor) error {
	at := c.pos
	text, err := c.word("status")
	if err != nil {
		return err
	}
	status, err := strconv.Atoi(text)
	if err != nil || status < 100 || status > 599 {
		return c.fail(at, fmt.Errorf("%q is not an HTTP status", text))
	}
	r.Fields["status"] = strconv.Itoa(status)
	switch {
	case status >= 500:
		r.Level = LevelError
	case status >= 400:
		r.Level = LevelWarn
	default:
		r.Level = LevelInfo
	}
	return nil
}

func (r *Record) readBytes(c *cursor) error {
	at := c.pos
	text, err := c.word("size")
	if err != nil {
		return err
	}
	if text == "-" {
		return nil
	}
	if _, err := strconv.ParseUint(text, 10, 63); err != nil {
		return c.fail(at, fmt.Errorf("%q is not a size", text))
	}
	r.Fields["bytes"] = text
	return nil
}
