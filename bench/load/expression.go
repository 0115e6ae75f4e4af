package main

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
)

// item is an item of the table: its attributes by their names.
type item map[string]attribute

// attribute is a value of type S, N, SS or L.
type attribute struct {
	S  string      `json:",omitempty"`
	N  string      `json:",omitempty"`
	SS []string    `json:",omitempty"`
	L  []attribute `json:",omitempty"`
}

func (a attribute) number() int64 {
	n, _ := strconv.ParseInt(a.N, 10, 64) // The SDK makes numbers of numbers.
	return n
}

// size is what DynamoDB counts of a value, in bytes
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
func (a attribute) size() int {
	size := len(a.S) + (len(a.N)+1)/2
	for _, s := range a.SS {
		size += len(s)
	}
	for _, value := range a.L {
		size += 1 + value.size()
	}
	return size
}

// units are the write request units of an item of that size
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html).
func (i item) units() int {
	size := 0
	for name, value := range i {
		size += len(name) + value.size()
	}
	return (size + 1023) / 1024
}

// expression is an update or condition expression while it is read
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html).
type expression struct {
	tokens []string
	item   item
	values map[string]attribute
}

var token = regexp.MustCompile(`:?[A-Za-z][A-Za-z0-9]*(_[a-z]+)*|<=|[<=(),]`)

func read(text string, of item, values map[string]attribute) *expression {
	return &expression{tokens: token.FindAllString(text, -1), item: of, values: values}
}

// peek is the next token, "" behind the last one.
func (e *expression) peek() string {
	if len(e.tokens) == 0 {
		return ""
	}
	return e.tokens[0]
}

func (e *expression) next() string {
	t := e.peek()
	e.tokens = e.tokens[min(1, len(e.tokens)):]
	return t
}

// take skips the token if it is next.
func (e *expression) take(token string) bool {
	if e.peek() != token {
		return false
	}
	e.next()
	return true
}

// holds reports whether the condition holds: alternatives of terms that all hold.
func (e *expression) holds() bool {
	any := e.all()
	for e.take("OR") {
		any = e.all() || any
	}
	return any
}

func (e *expression) all() bool {
	all := e.term()
	for e.take("AND") {
		all = e.term() && all
	}
	return all
}

func (e *expression) term() bool {
	if e.take("(") {
		holds := e.holds()
		e.take(")")
		return holds
	}
	switch name := e.next(); name {
	case "attribute_exists", "attribute_not_exists":
		e.take("(")
		_, exists := e.item[e.next()]
		e.take(")")
		return exists == (name == "attribute_exists")
	default:
		left, exists := e.item[name]
		comparison := e.next()
		right := e.operand()
		switch comparison {
		case "=":
			return exists && reflect.DeepEqual(left, right)
		case "<":
			return exists && left.number() < right.number()
		default:
			return exists && left.number() <= right.number()
		}
	}
}

func (e *expression) operand() attribute {
	name := e.next()
	switch name {
	case "if_not_exists":
		e.take("(")
		value, exists := e.item[e.next()]
		e.take(",")
		otherwise := e.operand()
		e.take(")")
		if exists {
			return value
		}
		return otherwise
	case "list_append":
		e.take("(")
		first := e.operand()
		e.take(",")
		second := e.operand()
		e.take(")")
		return attribute{L: slices.Concat(first.L, second.L)}
	}
	if value, ok := e.values[name]; ok {
		return value
	}
	return e.item[name]
}

// update is the item after the update.
func (e *expression) update() (item, error) {
	after := maps.Clone(e.item)
	for e.peek() != "" {
		action := e.next()
		for {
			name := e.next()
			switch action {
			case "SET":
				e.take("=")
				after[name] = e.operand()
			case "REMOVE":
				delete(after, name)
			case "ADD", "DELETE":
				after.change(name, e.operand(), action == "ADD")
			default:
				return nil, fmt.Errorf("this table does not know the action %q", action)
			}
			if !e.take(",") {
				break
			}
		}
	}
	return after, nil
}

// change adds to a number or set, or takes out of a set: an empty one does not exist.
func (i item) change(name string, by attribute, add bool) {
	before := i[name]
	if by.N != "" {
		i[name] = attribute{N: strconv.FormatInt(before.number()+by.number(), 10)}
		return
	}
	left := slices.DeleteFunc(slices.Clone(before.SS), func(s string) bool { return slices.Contains(by.SS, s) })
	if add {
		left = append(left, by.SS...)
	}
	i[name] = attribute{SS: left}
	if len(left) == 0 {
		delete(i, name)
	}
}
