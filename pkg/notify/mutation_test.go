package notify_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutation is a defect that one could build in by mistake, at a place in a function.
type mutation struct {
	name, file, function string
	change               change
}

// change builds a defect into a function and reports whether it could.
type change func(f *ast.FuncDecl) bool

// mutations are defects of which each has to be noticed.
func mutations() []mutation {
	const record, plan, note, group = "../incident/record.go", "../incident/plan.go", "../incident/note.go", "../incident/group.go"
	return []mutation{
		{"what is not routed is sent all the same", plan, "Plan", dropCase(1)},
		{"what the sink knows is sent again", plan, "Plan", dropCase(2)},
		{"recoveries of losses that nobody heard of are sent", plan, "Plan", dropCase(3)},
		{"silent recoveries are sent", plan, "Plan", dropCase(4)},
		{"no fence and no backoff", plan, "Plan", dropCase(6)},
		{"whoever had the record and died is trusted", plan, "InDoubt", begin("return nil")},
		{"an older change overwrites a newer one", record, "Observe", dropIf(0)},
		{"a new change waits for no fence", record, "Observe", alwaysIf(4)},
		{"a wake-up never arrives", record, "Arrived", begin("return")},
		{"a lost answer is a refusal", note, "Failed", dropAssign("n.Uncertain")},
		{"doubt is not noted", note, "Doubt", begin("return")},
		{"a sent loss is not noted", note, "Sent", dropIf(0)},
		{"what was sent is not noted", note, "Sent", begin("return")},
		{"a member that cannot leave still counts as uncovered", note, "Leaving", dropAssign("n.Status")},
		{"members stay in their group", note, "Left", begin("return")},
		{"a group shows nothing new", group, "Plan", begin("return Action{Kind: Nothing}")},
		{"who waited under other rules is trusted", note, "Awaits", begin("return")},
		{"nothing is held", "route.go", "holdOf", begin("return 0")},
		{"intents are ignored", "claim.go", "observeAll", dropRangeOf("Intents")},
		{"abandoned claims are ignored", "claim.go", "observeAll", dropIfOf("Abandoned")},
		{"what may have been sent without memory is trusted", "claim.go", "observeAll", dropAssign("uncertain = append(uncertain, e.MayHaveSent")},
		{"a redrive does nothing", "claim.go", "observeAll", dropRangeOf("Redrive")},
		{"a busy record's events are dropped", "claim.go", "claim", dropAssign("it.err")},
		{"a loss is sent without memory before that is noted", "away.go", "planWithoutMemory", sendUnnoted},
		{"what waits for the store is dropped", "away.go", "putBack", dropRange(1)},
		{"a wake-up is forgotten", "save.go", "wakeLater", begin("return nil")},
		{"nobody comes back to what was not saved", "save.go", "saveRecords", dropCall("atOnce")},
		{"a group's wake-up is noted, queued or not", "save.go", "saveGroup", dropAssign("due = time.Time{}")},
		{"a group's wake-up is forgotten", "save.go", "sendWakeUp", begin("if incident.IsGroup(key) { return nil }")},
		{"what is given up is in no dead-letter queue", "send.go", "giveUp", begin("return delivery.Permanent(why)")},
		{"no error is uncertain", "../delivery/delivery.go", "Uncertain", begin("return false")},
		{"it is acknowledged whether it is queued or not", "outcome.go", "acknowledge", dropIfOf("it.err")},
		{"what is overdue stays so", "audit.go", "isOverdue", begin("return false")},
		{"what the report found is dropped", "audit.go", "Enqueue", begin("return make([]error, len(changes))")},
		{"a sink that failed is not noted", "send.go", "note", dropCall("t.record.Failed")},
		{"what the sinks noted is not taken over", "send.go", "send", dropCall("it.record.Adopt")},
	}
}

// dropCase makes a case of the function's first switch match nothing, so that whatever it uses is still used.
func dropCase(n int) change {
	return inFirst(func(s *ast.SwitchStmt) bool {
		if n >= len(s.Body.List) {
			return false
		}
		c := s.Body.List[n].(*ast.CaseClause)
		for i, e := range c.List {
			c.List[i] = &ast.BinaryExpr{X: ast.NewIdent("false"), Op: token.LAND, Y: &ast.ParenExpr{X: e}}
		}
		return true
	})
}

// sendUnnoted sends to whom the rules name, whether the queued event says so or not.
func sendUnnoted(f *ast.FuncDecl) bool {
	all := parse("for range it.decision.sinks() {}")[0].(*ast.RangeStmt).X
	return replaceIf(0, "!ok || !p.mayNotWait(newest.change, q.Since)")(f) &&
		inFirst(func(s *ast.RangeStmt) bool { s.X = all; return true })(f)
}

// begin puts statements at the beginning of the function. What they return from is still compiled.
func begin(statements string) change {
	return func(f *ast.FuncDecl) bool {
		f.Body.List = append(parse("if true {\n"+statements+"\n}"), f.Body.List...)
		return true
	}
}

// dropIf and dropRange remove the nth if or range statement.
func dropIf(n int) change    { return dropNth(n, func(*ast.IfStmt) bool { return true }) }
func dropRange(n int) change { return dropNth(n, func(*ast.RangeStmt) bool { return true }) }

// dropIfOf and dropRangeOf remove the one whose head names something.
func dropIfOf(name string) change {
	return dropNth(0, func(s *ast.IfStmt) bool { return strings.Contains(source(s.Cond), name) })
}

func dropRangeOf(name string) change {
	return dropNth(0, func(s *ast.RangeStmt) bool { return strings.Contains(source(s.X), name) })
}

// alwaysIf and replaceIf give the nth if statement another condition.
func alwaysIf(n int) change { return replaceIf(n, "true") }

func replaceIf(n int, condition string) change {
	return func(f *ast.FuncDecl) bool {
		done := false
		ast.Inspect(f, func(node ast.Node) bool {
			if s, ok := node.(*ast.IfStmt); ok {
				if n--; n == -1 {
					s.Cond, done = parse("_ = " + condition)[0].(*ast.AssignStmt).Rhs[0], true
				}
			}
			return true
		})
		return done
	}
}

// dropAssign removes the assignments that begin like that.
func dropAssign(beginning string) change {
	return dropAll(func(s ast.Stmt) bool {
		a, ok := s.(*ast.AssignStmt)
		return ok && a.Tok == token.ASSIGN && strings.HasPrefix(source(a), beginning)
	})
}

// dropCall removes the statements that call something.
func dropCall(name string) change {
	return dropAll(func(s ast.Stmt) bool {
		e, ok := s.(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := e.X.(*ast.CallExpr)
		return ok && source(call.Fun) == name
	})
}

func inFirst[S ast.Stmt](do func(S) bool) change {
	return func(f *ast.FuncDecl) bool {
		found, done := false, false
		ast.Inspect(f, func(node ast.Node) bool {
			if s, ok := node.(S); ok && !found {
				found, done = true, do(s)
			}
			return !found
		})
		return done
	}
}

func dropNth[S ast.Stmt](n int, matches func(S) bool) change {
	return dropAll(func(s ast.Stmt) bool {
		typed, ok := s.(S)
		if !ok || !matches(typed) {
			return false
		}
		n--
		return n == -1
	})
}

// dropAll keeps what it drops in a branch that is never taken, so that whatever it uses is still used.
func dropAll(drop func(ast.Stmt) bool) change {
	return func(f *ast.FuncDecl) bool {
		dropped := map[ast.Stmt]bool{}
		filter := func(list []ast.Stmt) {
			for i, s := range list {
				if !dropped[s] && drop(s) {
					never := parse("if false {}")[0].(*ast.IfStmt)
					never.Body.List = []ast.Stmt{s}
					list[i], dropped[s] = never, true
				}
			}
		}
		ast.Inspect(f, func(node ast.Node) bool {
			switch b := node.(type) {
			case *ast.BlockStmt:
				filter(b.List)
			case *ast.CaseClause:
				filter(b.Body)
			}
			return true
		})
		return len(dropped) > 0
	}
}

func parse(statements string) []ast.Stmt {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {\n"+statements+"\n}", 0)
	if err != nil {
		panic(err)
	}
	return file.Decls[0].(*ast.FuncDecl).Body.List
}

func source(node ast.Node) string {
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), node); err != nil {
		panic(err)
	}
	return b.String()
}

var mutate = flag.Bool("mutate", false, "run the simulation against every mutation, which takes minutes")

// TestMutations requires that the simulation fails for every mutation, with -mutate; without, that each can still be
// made.
func TestMutations(t *testing.T) {
	for _, m := range mutations() {
		t.Run(m.name, func(t *testing.T) {
			mutant := m.mutant(t)
			if !*mutate {
				return
			}
			t.Parallel()
			output, err := runMutant(t, m.file, mutant)
			if err == nil || !strings.Contains(output, "what must always hold did not") && !strings.Contains(output, "what happened:") {
				t.Errorf("the simulation did not notice: %v\n%.3000s", err, output)
			}
		})
	}
}

// mutant is the file with the defect.
func (m mutation) mutant(t *testing.T) []byte {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, m.file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	done := false
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == m.function && !done {
			done = m.change(f)
		}
	}
	if !done {
		t.Fatalf("%s has no function %s in which the defect could be made", m.file, m.function)
	}
	var b bytes.Buffer
	if err := format.Node(&b, set, file); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// runMutant runs the simulation with another text of one file.
func runMutant(t *testing.T, file string, text []byte) (string, error) {
	t.Helper()
	original, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	mutant, overlay := filepath.Join(t.TempDir(), "mutant.go"), filepath.Join(t.TempDir(), "overlay.json")
	instead, err := json.Marshal(map[string]map[string]string{"Replace": {original: mutant}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{mutant: text, overlay: instead} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	output, err := exec.CommandContext(t.Context(), "go", "test", "-overlay", overlay, "-vet=off", "-count=1", "-failfast",
		"-run", "^Test(Simulation|SimulationWith.*|SimulationOfGroups|HistoriesThatFailed)$", ".",
		"-rapid.checks=3000", "-rapid.shrinktime=1s", "-rapid.nofailfile").CombinedOutput()
	return string(output), err
}
