package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersions(t *testing.T) {
	for asked, want := range map[string]string{"1.2.3": "v1.2.3", "v1.2.3": "v1.2.3", "0.1.0-rc.1": "v0.1.0-rc.1"} {
		if got, err := canonical(asked); got != want || err != nil {
			t.Errorf("%q is %q, %v", asked, got, err)
		}
	}
	for _, asked := range []string{"", "1.2", "latest", "c641d38", "01.2.3", "1.2.3'; true", "1.2.3\n", "v1.2.3-dirty state"} {
		if _, err := canonical(asked); err == nil || !strings.Contains(err.Error(), "make release VERSION=1.2.3") {
			t.Errorf("%q: %v", asked, err)
		}
	}
}

func TestNotes(t *testing.T) {
	const changelog = "# Changelog\n\n## Unreleased\n\n- new\n\n## [1.2.3] - 2026-03-02\n\n### Added\n\n- old\n\n## 1.2.2\n\n- older\n"
	for version, want := range map[string]string{
		"v1.2.3": "# v1.2.3\n\n### Added\n\n- old\n", "v1.2.2": "# v1.2.2\n\n- older\n",
		"v2.0.0-rc.1": "# v2.0.0-rc.1\n\n- new\n",
	} {
		if got, err := notes(changelog, version); got != want || err != nil {
			t.Errorf("notes of %s: %q, %v", version, got, err)
		}
	}
	if _, err := notes(changelog, "v1.2.4"); err == nil || !strings.Contains(err.Error(), "rename its section Unreleased") {
		t.Errorf("a version without a section: %v", err)
	}
}

func TestBadStatesSayWhatToDo(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"a dirty tree":   {clean(" M Makefile\n"), "commit or stash them"},
		"no Python":      {prepared("no/such/python"), "run make .venv/installed"},
		"a big template": {fits(templateLimit + 1), "shorten descriptions"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: %v", name, test.err)
		}
	}
	if err := fits(templateLimit); err != nil || clean("") != nil {
		t.Errorf("a good state is refused: %v", err)
	}
}

func TestZipHoldsTheProgramAlone(t *testing.T) {
	first, err := zipped([]byte("program"))
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := zipped([]byte("program")); !bytes.Equal(first, second) {
		t.Error("two zips differ")
	}
	archive, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.File) != 1 {
		t.Fatalf("the zip has %d files", len(archive.File))
	}
	if file := archive.File[0]; file.Name != "bootstrap" || file.Mode() != 0o755 || file.Modified.Year() != 1980 {
		t.Errorf("the zip has %s, %v, %v", file.Name, file.Mode(), file.Modified)
	}
}

func TestSBOMListsEachModuleOnce(t *testing.T) {
	build := &debug.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{
		{Path: "example.com/b", Version: "v1.0.0"},
		{Path: "example.com/a", Version: "v0.1.0", Replace: &debug.Module{Path: "example.com/fork", Version: "v0.2.0"}},
	}}
	data, err := bom("v1.2.3", []*debug.BuildInfo{build, build})
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		BOMFormat  string
		Components []component
	}
	if err := json.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, c := range document.Components {
		listed = append(listed, c.PURL)
	}
	want := "pkg:golang/example.com/b@v1.0.0 pkg:golang/example.com/fork@v0.2.0 pkg:golang/std@1.26.8"
	if got := strings.Join(listed, " "); got != want || document.BOMFormat != "CycloneDX" {
		t.Errorf("the SBOM lists %s", got)
	}
}

// TestTargetsStopWithASentence runs make itself, which is what people see.
func TestTargetsStopWithASentence(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no version":   {[]string{"release", "PYTHON=python"}, "make release VERSION=1.2.3"},
		"no version 2": {[]string{"release", "VERSION=latest"}, "make release VERSION=1.2.3"},
		"no Python":    {[]string{"release", "VERSION=1.2.3", "PYTHON=no/such/python"}, "run make .venv/installed"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "make", test.args...)
			cmd.Dir, cmd.Env = "../..", append(os.Environ(), "MAKEFLAGS=")
			if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), test.want) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	t.Setenv("PATH", t.TempDir())
	if err := prepared("python"); err == nil || !strings.Contains(err.Error(), "git is not installed: install it and try again") {
		t.Errorf("without any tool: %v", err)
	}
}
