// Package templatetest resolves the CloudFormation templates as CloudFormation would, and evaluates their
// alarms as CloudWatch would, for tests.
package templatetest

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Stack is a template with parameters, as CloudFormation would resolve it. A value of it is a string, a
// []any, a map[string]any or a bool; a resource is itself as <Name> or <Name.Attribute>.
type Stack struct {
	root       *yaml.Node
	parameters map[string]string
	// lists are the parameters that are lists.
	lists map[string]bool
}

// New resolves the template in the file with its defaults and the parameters given, which may be pseudo
// parameters. A parameter without a default is the empty string unless it is given.
func New(t testing.TB, file string, parameters map[string]string) Stack {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	s := Stack{root: document.Content[0], lists: make(map[string]bool), parameters: map[string]string{
		"AWS::Partition": "aws", "AWS::Region": "eu-central-1", "AWS::AccountId": "111122223333",
		"AWS::URLSuffix": "amazonaws.com", "AWS::StackName": "coverage",
	}}
	for name, parameter := range s.At("Parameters").(map[string]any) {
		s.parameters[name], _ = parameter.(map[string]any)["Default"].(string)
		s.lists[name] = parameter.(map[string]any)["Type"] == "CommaDelimitedList"
	}
	maps.Copy(s.parameters, parameters)
	return s
}

// At is the resolved value under the keys. It panics where there is none, which fails the test with the
// place.
func (s Stack) At(keys ...string) any { return s.value(child(s.root, keys...)) }

// List is the resolved list under the keys.
func (s Stack) List(keys ...string) []any { return s.At(keys...).([]any) }

// Resources are those of that type that would be created, by their names, resolved.
func (s Stack) Resources(ofType string) map[string]map[string]any {
	found := make(map[string]map[string]any)
	for name, resource := range s.At("Resources").(map[string]any) {
		fields := resource.(map[string]any)
		condition, conditional := fields["Condition"].(string)
		if fields["Type"] == ofType && (!conditional || s.At("Conditions", condition) == true) {
			found[name] = fields
		}
	}
	return found
}

// Violations are the descriptions of the assertions that the parameters violate, sorted.
func (s Stack) Violations() []string {
	var violations []string
	for _, rule := range s.At("Rules").(map[string]any) {
		fields := rule.(map[string]any)
		if condition, ok := fields["RuleCondition"]; ok && condition != true {
			continue
		}
		for _, assertion := range fields["Assertions"].([]any) {
			if assertion := assertion.(map[string]any); assertion["Assert"] != true {
				violations = append(violations, assertion["AssertDescription"].(string))
			}
		}
	}
	slices.Sort(violations)
	return violations
}

// child is the node under the keys; it panics when there is none, which fails the test with the place.
func child(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		i := slices.IndexFunc(n.Content, func(c *yaml.Node) bool { return c.Value == key })
		if i < 0 || n.Kind != yaml.MappingNode {
			panic(fmt.Sprintf("line %d of the template: no %s", n.Line, key))
		}
		n = n.Content[i+1]
	}
	return n
}

// noValue is what AWS::NoValue takes away.
type noValue struct{}

func (s Stack) value(n *yaml.Node) any {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return s.function(n)
	}
	switch n.Kind {
	case yaml.MappingNode:
		if len(n.Content) == 2 && strings.HasPrefix(n.Content[0].Value, "Fn::") {
			return s.call(n.Line, strings.TrimPrefix(n.Content[0].Value, "Fn::"), s.values(n.Content[1].Content))
		}
		m := make(map[string]any)
		for i := 0; i < len(n.Content); i += 2 {
			if v := s.value(n.Content[i+1]); v != (any)(noValue{}) {
				m[n.Content[i].Value] = v
			}
		}
		return m
	case yaml.SequenceNode:
		return s.values(n.Content)
	default:
		return n.Value
	}
}

func (s Stack) values(nodes []*yaml.Node) []any {
	var list []any
	for _, n := range nodes {
		if v := s.value(n); v != (any)(noValue{}) {
			list = append(list, v)
		}
	}
	return list
}

// function is what an intrinsic function in its short form comes to.
func (s Stack) function(n *yaml.Node) any {
	switch n.Tag {
	case "!Ref":
		return s.ref(n.Value)
	case "!GetAtt":
		return "<" + n.Value + ">"
	case "!Sub":
		return s.sub(n)
	case "!Condition":
		return s.At("Conditions", n.Value)
	case "!If":
		if s.At("Conditions", n.Content[0].Value).(bool) {
			return s.value(n.Content[1])
		}
		return s.value(n.Content[2])
	}
	return s.call(n.Line, strings.TrimPrefix(n.Tag, "!"), s.values(n.Content))
}

// call is what an intrinsic function comes to that takes a list of values.
func (s Stack) call(line int, function string, args []any) any {
	switch function {
	case "Equals":
		return args[0] == args[1]
	case "EachMemberEquals":
		return !slices.ContainsFunc(args[0].([]any), func(member any) bool { return member != args[1] })
	case "Not":
		return !args[0].(bool)
	case "And":
		return !slices.Contains(args, any(false))
	case "Or":
		return slices.Contains(args, any(true))
	case "Select":
		var i int
		fmt.Sscan(args[0].(string), &i)
		return args[1].([]any)[i]
	case "Split":
		return split(args[1].(string), args[0].(string))
	case "Join":
		var parts []string
		for _, part := range args[1].([]any) {
			parts = append(parts, part.(string))
		}
		return strings.Join(parts, args[0].(string))
	}
	panic(fmt.Sprintf("line %d of the template: unknown function %s", line, function))
}

func (s Stack) ref(name string) any {
	if name == "AWS::NoValue" {
		return noValue{}
	}
	value, ok := s.parameters[name]
	switch {
	case !ok:
		return "<" + name + ">"
	case s.lists[name]:
		return split(value, ",")
	}
	return value
}

func split(text, separator string) []any {
	var parts []any
	for part := range strings.SplitSeq(text, separator) {
		parts = append(parts, part)
	}
	return parts
}

var variable = regexp.MustCompile(`\$\{([^}]+)\}`)

func (s Stack) sub(n *yaml.Node) string {
	text, own := n.Value, map[string]any{}
	if n.Kind == yaml.SequenceNode {
		text, own = n.Content[0].Value, s.value(n.Content[1]).(map[string]any)
	}
	return variable.ReplaceAllStringFunc(text, func(v string) string {
		name := variable.FindStringSubmatch(v)[1]
		if value, ok := own[name]; ok {
			return value.(string)
		}
		return s.ref(name).(string)
	})
}
