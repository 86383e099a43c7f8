// Package filter selects records by an expression such as
//
//	level >= warn && (status > 499 || path =~ "^/api/")
//
// A comparison names a field, an operator and a value; a field alone asks
// whether the record has it. The operators are == != < <= > >= and, for regular
// expressions, =~ and !~. Comparisons combine with !, && and ||, binding in
// that order, and parentheses.
//
// Levels compare by severity, numbers and durations by value (1s == 1000), and
// everything else as text. A comparison with a field that the record does not
// have is false, whatever the operator.
package filter

import (
	"fmt"

	"example.com/loglens/parse"
)

// Filter is a compiled expression. It is safe for concurrent use.
type Filter struct{ root node }

// SyntaxError says where an expression stopped making sense.
type SyntaxError struct {
	Column int // in bytes, counted from 1
	Err    error
}

// Error returns a message such as "filter: column 7: expected a value".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("filter: column %d: %v", e.Column, e.Err)
}

// Unwrap returns the cause.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Compile reads an expression. Its errors are of type [*SyntaxError].
func Compile(expression string) (*Filter, error) {
	tokens, err := scan(expression)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, t.errorf("unexpected %s", t)
	}
	return &Filter{root: root}, nil
}

// Match reports whether the expression is true for r. A nil Filter matches
// every record.
func (f *Filter) Match(r parse.Record) bool {
	return f == nil || f.root.match(r)
}

// String returns the expression in a canonical spelling, which compiles to an
// equal Filter.
func (f *Filter) String() string {
	if f == nil {
		return ""
	}
	return f.root.String()
}
