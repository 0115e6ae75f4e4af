package pkg_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestStartCostsNothing holds what the project's own packages do before main to 0.3 ms. It takes the best of several
// starts, since a machine may be busy.
func TestStartCostsNothing(t *testing.T) {
	const starts, most = 7, 0.3
	program := filepath.Join(t.TempDir(), "notify")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../functions/notify").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	best, seen := 0.0, ""
	for range starts {
		command := exec.CommandContext(t.Context(), program) // It ends at once, for want of settings.
		command.Env = []string{"GODEBUG=inittrace=1", "PATH=" + os.Getenv("PATH")}
		out, _ := command.CombinedOutput()
		total := 0.0
		for _, line := range initLine.FindAllStringSubmatch(string(out), -1) {
			cost, err := strconv.ParseFloat(line[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			total += cost
		}
		if seen == "" || total < best {
			best, seen = total, string(out)
		}
	}
	if best == 0 || best > most {
		t.Errorf("the packages take %.3f ms, at most %v is wanted:\n%s", best, most, seen)
	}
}

var initLine = regexp.MustCompile(`(?m)^init ` + module + `\S+ @\S+ ms, (\S+) ms clock`)

// TestNothingIsCompiledAtStart names expressions that are compiled before main.
func TestNothingIsCompiledAtStart(t *testing.T) {
	files := 0
	for _, root := range []string{".", "../internal", "../functions"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				strings.HasSuffix(filepath.Dir(path), "test") {
				return err
			}
			files++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, declaration := range file.Decls {
				if variables, ok := declaration.(*ast.GenDecl); ok && variables.Tok == token.VAR {
					complainOfCompiled(t, set, variables)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files == 0 {
		t.Fatal("no files were read")
	}
}

func complainOfCompiled(t *testing.T, set *token.FileSet, variables ast.Node) {
	ast.Inspect(variables, func(n ast.Node) bool {
		if _, later := n.(*ast.FuncLit); later {
			return false
		}
		if call, ok := n.(*ast.SelectorExpr); ok && strings.HasPrefix(call.Sel.Name, "MustCompile") {
			t.Errorf("%s: %s at the start: use sync.OnceValue", set.Position(n.Pos()), call.Sel.Name)
		}
		return true
	})
}
