package filter

import (
	"regexp"
	"time"

	"example.com/loglens/parse"
)

// maxDepth bounds the nesting of an expression, and with it the stack.
const maxDepth = 200

type parser struct {
	tokens []token
	pos    int
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) next() token {
	t := p.tokens[p.pos]
	if t.kind != tokenEnd {
		p.pos++
	}
	return t
}

func (p *parser) or() (node, error) { return p.list("||", p.and) }

func (p *parser) and() (node, error) { return p.list("&&", p.unary) }

// list reads operands with the same connective between them.
func (p *parser) list(connective string, operand func() (node, error)) (node, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	operands := []node{first}
	for p.peek().is(connective) {
		p.next()
		n, err := operand()
		if err != nil {
			return nil, err
		}
		operands = append(operands, n)
	}
	if len(operands) == 1 {
		return first, nil
	}
	if connective == "||" {
		return anyOf(operands), nil
	}
	return allOf(operands), nil
}

func (p *parser) unary() (node, error) {
	t := p.peek()
	if p.depth++; p.depth > maxDepth {
		return nil, t.errorf("nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()

	switch {
	case t.is("!"):
		p.next()
		operand, err := p.unary()
		if err != nil {
			return nil, err
		}
		return not{operand}, nil
	case t.is("("):
		p.next()
		inner, err := p.or()
		if err != nil {
			return nil, err
		}
		if end := p.next(); !end.is(")") {
			return nil, end.errorf("expected \")\" for the \"(\" in column %d, found %s", t.column, end)
		}
		return inner, nil
	}
	return p.comparison()
}

func (p *parser) comparison() (node, error) {
	field := p.next()
	if field.kind != tokenWord {
		return nil, field.errorf("expected a field, found %s", field)
	}
	if p.peek().kind != tokenOperator {
		return has(field.text), nil
	}
	operator := p.next()
	value := p.next()
	if value.kind != tokenWord && value.kind != tokenString {
		return nil, value.errorf("expected a value, found %s", value)
	}
	return newComparison(field, operator, value)
}

// newComparison decides by field and value how the two will be compared.
func newComparison(field, operator, value token) (node, error) {
	c := comparison{field: field.text, operator: operator.text, value: value.text}
	if c.operator == "=~" || c.operator == "!~" {
		pattern, err := regexp.Compile(c.value)
		if err != nil {
			return nil, value.errorf("bad regular expression: %w", err)
		}
		return matches{comparison: c, pattern: pattern}, nil
	}
	switch c.field {
	case "level":
		level, err := parse.ParseLevel(c.value)
		if err != nil {
			return nil, value.errorf("%w", err)
		}
		return compareLevel{comparison: c, level: level}, nil
	case "time":
		t, err := time.Parse(time.RFC3339, c.value)
		if err != nil {
			return nil, value.errorf("%q is not a time such as 2024-03-01T12:00:00Z", c.value)
		}
		return compareTime{comparison: c, time: t}, nil
	}
	if number, ok := parse.ParseNumber(c.value); ok && value.kind == tokenWord {
		return compareNumber{comparison: c, number: number}, nil
	}
	return compareText{c}, nil
}
