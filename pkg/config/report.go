package config

import (
	"cmp"
	"slices"
	"strings"
)

// Report is what the coverage report is set to, besides the Config.
type Report struct {
	// Regions are those that it tells of, without repeats; there is at least one.
	Regions []string
	// Quiet sends nothing when everything is covered and nothing changed; else that is one line.
	Quiet bool
}

// LoadReport reads the settings of the function that makes the report, as Load does. Without REPORT_REGIONS the
// Region is AWS_REGION, which Lambda sets.
func LoadReport(getenv func(string) string) (Config, Report, error) {
	r := &reader{getenv: getenv}
	c := r.config()
	report := Report{Regions: r.regions("REPORT_REGIONS"), Quiet: r.truth("REPORT_QUIET")}
	if r.text("INCIDENT_TABLE") == "" {
		r.problem("INCIDENT_TABLE: missing, the report remembers there what the one before it said")
	}
	if err := r.err(); err != nil {
		return Config{}, Report{}, err
	}
	return c, report, nil
}

// regionPattern are the names of Regions.
const regionPattern = `[a-z]{2,4}(-[a-z]+)+-\d{1,2}`

func (r *reader) regions(name string) []string {
	list := cmp.Or(r.text(name), r.text("AWS_REGION"))
	if list == "" {
		r.problem("%s: missing, name at least one Region such as eu-central-1", name)
		return nil
	}
	var regions []string
	for region := range strings.SplitSeq(list, ",") {
		region = strings.TrimSpace(region)
		if !matches(regionPattern, region) {
			r.problem("%s: %q is not a Region such as eu-central-1; several are separated by commas", name, region)
			continue
		}
		if !slices.Contains(regions, region) {
			regions = append(regions, region)
		}
	}
	return regions
}
