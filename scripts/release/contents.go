package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

var semantic = regexp.MustCompile(`^v?((?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)$`)

// canonical is a semantic version with its v.
func canonical(asked string) (string, error) {
	parts := semantic.FindStringSubmatch(asked)
	if parts == nil {
		return "", fmt.Errorf("%q is no version: give one as in make release VERSION=1.2.3", asked)
	}
	return "v" + parts[1], nil
}

// notes is the section of the version in a changelog (https://keepachangelog.com), for a pre-release the
// unreleased changes.
func notes(changelog, version string) (string, error) {
	number := strings.TrimPrefix(version, "v")
	heading := `\[?` + regexp.QuoteMeta(number) + `\]?(?: - \d{4}-\d\d-\d\d)?`
	if strings.Contains(number, "-") {
		heading = `\[?Unreleased\]?`
	}
	place := regexp.MustCompile(`(?m)^## ` + heading + `$`).FindStringIndex(changelog)
	if place == nil {
		return "", fmt.Errorf("CHANGELOG.md has no section for %s: rename its section Unreleased to %q",
			number, number+" - YYYY-MM-DD")
	}
	section, _, _ := strings.Cut(changelog[place[1]:], "\n## ")
	return "# " + version + "\n\n" + strings.TrimSpace(section) + "\n", nil
}

// zipped is the program as Lambda wants it, with a fixed time and mode.
func zipped(program []byte) ([]byte, error) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	header := &zip.FileHeader{
		Name: "bootstrap", Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	header.SetMode(0o755)
	file, err := w.CreateHeader(header)
	if err != nil {
		return nil, fmt.Errorf("beginning the zip: %w", err)
	}
	if _, err := file.Write(program); err != nil {
		return nil, fmt.Errorf("writing the zip: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("ending the zip: %w", err)
	}
	return archive.Bytes(), nil
}

// component is one of CycloneDX's (https://cyclonedx.org/docs/1.6/json/).
type component struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl"`
	BOMRef  string `json:"bom-ref"`
}

func newComponent(kind, name, version string) component {
	purl := "pkg:golang/" + name + "@" + version
	return component{Type: kind, Name: name, Version: version, PURL: purl, BOMRef: purl}
}

// bom lists, in the form of CycloneDX, the modules that are linked into the binaries. It has neither a time nor
// a serial number, so that it is the same each time.
func bom(version string, builds []*debug.BuildInfo) ([]byte, error) {
	var linked []component
	for _, build := range builds {
		linked = append(linked, newComponent("library", "std", strings.TrimPrefix(build.GoVersion, "go")))
		for _, module := range build.Deps {
			if module.Replace != nil {
				module = module.Replace
			}
			linked = append(linked, newComponent("library", module.Path, module.Version))
		}
	}
	slices.SortFunc(linked, func(a, b component) int { return strings.Compare(a.PURL, b.PURL) })
	type metadata struct {
		Component component `json:"component"`
	}
	document, err := json.MarshalIndent(struct {
		Format     string      `json:"bomFormat"`
		Spec       string      `json:"specVersion"`
		Version    int         `json:"version"`
		Metadata   metadata    `json:"metadata"`
		Components []component `json:"components"`
	}{
		"CycloneDX", "1.6", 1, metadata{newComponent("application", "guardduty-coverage-notifier", version)},
		slices.Compact(linked),
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the SBOM: %w", err)
	}
	return append(document, '\n'), nil
}
