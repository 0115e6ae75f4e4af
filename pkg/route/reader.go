package route

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// reader reads JSON member by member, and collects what is wrong with it.
type reader struct {
	known    Known
	problems []error
	// forms are the patterns that were needed so far.
	forms map[string]*regexp.Regexp
}

func (r *reader) problem(at, format string, args ...any) {
	if at != "" {
		format, args = "%s: "+format, append([]any{at}, args...)
	}
	r.problems = append(r.problems, fmt.Errorf(format, args...))
}

// err is everything that is wrong, or nil.
func (r *reader) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	return fmt.Errorf("routes to correct: %d\n%w", len(r.problems), errors.Join(r.problems...))
}

// matches reports whether the whole value has the form.
func (r *reader) matches(form, value string) bool {
	if r.forms[form] == nil {
		r.forms[form] = regexp.MustCompile(`^(?:` + form + `)$`)
	}
	return r.forms[form].MatchString(value)
}

// kind is what a JSON value is, as an error calls it.
type kind string

const (
	anObject kind = "an object"
	aList    kind = "a list"
	aText    kind = "a text"
	aTruth   kind = "true or false"
	aNumber  kind = "a number"
	aNull    kind = "null"
)

func kindOf(data json.RawMessage) kind {
	switch data[0] {
	case '{':
		return anObject
	case '[':
		return aList
	case '"':
		return aText
	case 't', 'f':
		return aTruth
	case 'n':
		return aNull
	}
	return aNumber
}

// is reports whether the value is of that kind, and names it if not.
func (r *reader) is(at string, data json.RawMessage, want kind) bool {
	got := kindOf(data)
	if got != want {
		r.problem(at, "is %s, expected %s", got, want)
	}
	return got == want
}

// fields read the members of an object, by their keys, and are given their places.
type fields map[string]func(at string, data json.RawMessage)

// object reads an object that has no members but fields, and reports whether it is one.
func (r *reader) object(at string, data json.RawMessage, fields fields) bool {
	return r.members(at, data, func(key string, value json.RawMessage) {
		field, ok := fields[key]
		if !ok {
			r.problem(at, "has no field %s; its fields are %s", quoted(key), strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
			return
		}
		field(join(at, key), value)
	})
}

func join(at, key string) string { return strings.TrimPrefix(at+"."+key, ".") }

// members reads an object in the order in which it is written, and reports whether it is one.
func (r *reader) members(at string, data json.RawMessage, member func(key string, value json.RawMessage)) bool {
	if at == "" && !r.isJSON(data) || !r.is(at, bytes.TrimSpace(data), anObject) {
		return false
	}
	seen := make(map[string]bool)
	decoder := json.NewDecoder(bytes.NewReader(data))
	_, _ = decoder.Token() // All of data was read before.
	for decoder.More() {
		token, _ := decoder.Token()
		key, _ := token.(string)
		var value json.RawMessage
		_ = decoder.Decode(&value)
		if seen[key] {
			r.problem(at, "has %s twice", quoted(key))
			continue
		}
		seen[key] = true
		member(key, value)
	}
	return true
}

// isJSON reports whether the whole of data is, and says where it is not.
func (r *reader) isJSON(data json.RawMessage) bool {
	var whole json.RawMessage
	err := json.Unmarshal(data, &whole)
	if err == nil {
		return true
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := data[:min(int(syntax.Offset), len(data))]
		line := 1 + bytes.Count(before, []byte("\n"))
		r.problem("", "line %d, character %d: %w", line, len(before)-1-bytes.LastIndexByte(before, '\n'), err)
		return false
	}
	r.problem("", "%w", err)
	return false
}

// list reads a list.
func (r *reader) list(at string, data json.RawMessage, item func(at string, value json.RawMessage)) {
	if !r.is(at, data, aList) {
		return
	}
	var items []json.RawMessage
	_ = json.Unmarshal(data, &items) // All of data was read before.
	for i, value := range items {
		item(fmt.Sprintf("%s[%d]", at, i), value)
	}
}

// items reads a list that is not empty, or one value alone.
func (r *reader) items(at string, data json.RawMessage, item func(at string, value json.RawMessage)) {
	if kindOf(data) != aList {
		item(at, data)
		return
	}
	n := 0
	r.list(at, data, func(at string, value json.RawMessage) {
		n++
		item(at, value)
	})
	if n == 0 {
		r.problem(at, "is empty")
	}
}

// values are one text or several, each of which is checked.
func (r *reader) values(at string, data json.RawMessage, check func(at, value string)) []string {
	var values []string
	r.items(at, data, func(at string, v json.RawMessage) {
		if r.is(at, v, aText) {
			value := decoded[string](v)
			check(at, value)
			values = append(values, value)
		}
	})
	return values
}

// texts are an object of texts, each of which is checked.
func (r *reader) texts(at string, data json.RawMessage, check func(at, key, value string)) map[string]string {
	texts := make(map[string]string)
	r.members(at, data, func(key string, v json.RawMessage) {
		at := fmt.Sprintf("%s[%s]", at, quoted(key))
		if r.is(at, v, aText) {
			value := decoded[string](v)
			check(at, key, value)
			texts[key] = value
		}
	})
	return texts
}

// text is a text that is not empty; "" after a problem.
func (r *reader) text(at string, data json.RawMessage) string {
	if !r.is(at, data, aText) {
		return ""
	}
	value := decoded[string](data)
	if value == "" {
		r.problem(at, "is empty")
	}
	return value
}

func (r *reader) truth(at string, data json.RawMessage) bool {
	return r.is(at, data, aTruth) && decoded[bool](data)
}

// decoded is a value of which the kind is known.
func decoded[T string | bool](data json.RawMessage) T {
	var value T
	_ = json.Unmarshal(data, &value)
	return value
}
