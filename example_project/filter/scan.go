package filter

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenString
	tokenOperator // a comparison
	tokenPunct    // ! && || ( )
)

type token struct {
	kind   tokenKind
	text   string // of a string: what is between the quotes
	column int
}

func (t token) String() string {
	if t.kind == tokenEnd {
		return "end of the expression"
	}
	return strconv.Quote(t.text)
}

func (t token) errorf(format string, args ...any) error {
	return &SyntaxError{Column: t.column, Err: fmt.Errorf(format, args...)}
}

func (t token) is(punct string) bool { return t.kind == tokenPunct && t.text == punct }

// The longer spellings come first: "!=" must not be read as "!".
var symbols = []struct {
	text string
	kind tokenKind
}{
	{"&&", tokenPunct}, {"||", tokenPunct},
	{"==", tokenOperator}, {"!=", tokenOperator}, {"=~", tokenOperator}, {"!~", tokenOperator},
	{"<=", tokenOperator}, {">=", tokenOperator}, {"<", tokenOperator}, {">", tokenOperator},
	{"!", tokenPunct}, {"(", tokenPunct}, {")", tokenPunct},
}

// scan splits an expression into tokens; the last one is a tokenEnd.
func scan(expression string) ([]token, error) {
	var tokens []token
	for pos := 0; ; {
		pos += len(expression[pos:]) - len(strings.TrimLeft(expression[pos:], " \t\r\n"))
		if pos == len(expression) {
			return append(tokens, token{kind: tokenEnd, column: pos + 1}), nil
		}
		t, length, err := scanOne(expression[pos:])
		if err != nil {
			return nil, &SyntaxError{Column: pos + 1, Err: err}
		}
		t.column = pos + 1
		tokens = append(tokens, t)
		pos += length
	}
}

func scanOne(text string) (t token, length int, err error) {
	if text[0] == '"' {
		raw, err := strconv.QuotedPrefix(text)
		if err != nil {
			return token{}, 0, errors.New("badly quoted text")
		}
		unquoted, err := strconv.Unquote(raw)
		if err != nil {
			return token{}, 0, fmt.Errorf("badly quoted text: %w", err)
		}
		return token{kind: tokenString, text: unquoted}, len(raw), nil
	}
	for _, symbol := range symbols {
		if strings.HasPrefix(text, symbol.text) {
			return token{kind: symbol.kind, text: symbol.text}, len(symbol.text), nil
		}
	}
	length = strings.IndexFunc(text, func(r rune) bool { return !isWordRune(r) })
	if length < 0 {
		length = len(text)
	}
	if length == 0 {
		r, _ := utf8.DecodeRuneInString(text)
		return token{}, 0, fmt.Errorf("unexpected %q", r)
	}
	return token{kind: tokenWord, text: text[:length]}, length, nil
}

func isWordRune(r rune) bool {
	switch {
	case r == utf8.RuneError:
		return false
	case r >= utf8.RuneSelf, 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return true
	}
	return strings.ContainsRune("_-.:/@+%", r)
}
