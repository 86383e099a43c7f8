package filter

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/loglens/parse"
)

// node is a part of an expression.
type node interface {
	match(parse.Record) bool
	String() string
}

type (
	anyOf []node
	allOf []node
	not   struct{ operand node }
	has   string // the field is there
)

func (n anyOf) match(r parse.Record) bool {
	for _, operand := range n {
		if operand.match(r) {
			return true
		}
	}
	return false
}

func (n allOf) match(r parse.Record) bool {
	for _, operand := range n {
		if !operand.match(r) {
			return false
		}
	}
	return true
}

func (n not) match(r parse.Record) bool { return !n.operand.match(r) }

func (n has) match(r parse.Record) bool {
	_, ok := r.Field(string(n))
	return ok
}

func (n anyOf) String() string { return join(n, " || ", bare) }
func (n allOf) String() string { return join(n, " && ", inAnd) }
func (n not) String() string   { return "!" + inNot(n.operand) }
func (n has) String() string   { return string(n) }

func join(operands []node, connective string, spell func(node) string) string {
	parts := make([]string, len(operands))
	for i, operand := range operands {
		parts[i] = spell(operand)
	}
	return strings.Join(parts, connective)
}

// bare, inAnd and inNot spell an operand with parentheses only where its place
// needs them, so that the canonical spelling is never nested deeper.
func bare(n node) string { return n.String() }

func inAnd(n node) string {
	if _, ok := n.(anyOf); ok {
		return "(" + n.String() + ")"
	}
	return n.String()
}

func inNot(n node) string {
	if _, ok := n.(allOf); ok {
		return "(" + n.String() + ")"
	}
	return inAnd(n)
}

// comparison is what the comparing nodes have in common.
type comparison struct{ field, operator, value string }

func (c comparison) String() string {
	return c.field + " " + c.operator + " " + strconv.Quote(c.value)
}

// holds applies the operator to the result of a three-way comparison.
func (c comparison) holds(order int) bool {
	switch c.operator {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	default: // ">="
		return order >= 0
	}
}

type compareText struct{ comparison }

func (n compareText) match(r parse.Record) bool {
	text, ok := r.Field(n.field)
	return ok && n.holds(cmp.Compare(text, n.value))
}

type compareNumber struct {
	comparison
	number float64
}

func (n compareNumber) match(r parse.Record) bool {
	number, ok := r.Number(n.field)
	return ok && n.holds(cmp.Compare(number, n.number))
}

// String leaves the quotes out: they would make it a comparison of text.
func (n compareNumber) String() string { return n.field + " " + n.operator + " " + n.value }

type compareLevel struct {
	comparison
	level parse.Level
}

func (n compareLevel) match(r parse.Record) bool {
	return r.Level != parse.LevelUnknown && n.holds(cmp.Compare(r.Level, n.level))
}

type compareTime struct {
	comparison
	time time.Time
}

func (n compareTime) match(r parse.Record) bool {
	return !r.Time.IsZero() && n.holds(r.Time.Compare(n.time))
}

type matches struct {
	comparison
	pattern *regexp.Regexp
}

func (n matches) match(r parse.Record) bool {
	text, ok := r.Field(n.field)
	return ok && n.pattern.MatchString(text) == (n.operator == "=~")
}
