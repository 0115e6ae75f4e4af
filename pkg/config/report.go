package config

import (
	"slices"
	"strings"
)

// Report is what the coverage report is set to, besides the Config.
type Report struct {
	// Regions are those that it is about, without repeats; there is at least one. AllRegions stands for all that
	// the account has enabled; Regions is then the function's own.
	Regions    []string
	AllRegions bool
	// Quiet sends nothing when everything is covered and nothing changed; else that is one line.
	Quiet bool
	// Inventory is what is counted beside what GuardDuty lists.
	Inventory Inventory
}

// Inventory is whether and where it is counted what exists. The zero Inventory counts nothing.
type Inventory struct {
	// On counts the function's own account, or what the aggregator has on record.
	On bool
	// Aggregator is the name of an AWS Config aggregator; empty: none is asked. Region is where it is; empty: where the
	// function is.
	Aggregator, Region string
}

// LoadReport reads the settings of the function that makes the report, as Load does. Without REPORT_REGIONS the
// Region is AWS_REGION, which Lambda sets.
func LoadReport(getenv func(string) string) (Config, Report, error) {
	r := &reader{getenv: getenv}
	c := r.config()
	report := Report{Quiet: r.truth("REPORT_QUIET"), Inventory: r.inventory()}
	report.Regions, report.AllRegions = r.regions("REPORT_REGIONS")
	if r.text("INCIDENT_TABLE") == "" {
		r.problem("INCIDENT_TABLE: missing, the report remembers there what the one before it said")
	}
	if err := r.err(); err != nil {
		return Config{}, Report{}, err
	}
	return c, report, nil
}

// inventory takes the aggregator's name, or its name and Region, such as organization@eu-central-1.
func (r *reader) inventory() Inventory {
	i := Inventory{On: r.oneOf("INVENTORY", "off", "on") == "on"}
	value := r.text("CONFIG_AGGREGATOR")
	i.Aggregator, i.Region, _ = strings.Cut(value, "@")
	const most = 256 // https://docs.aws.amazon.com/config/latest/APIReference/API_SelectAggregateResourceConfig.html
	if value != "" && (len(i.Aggregator) > most || !matches(`[A-Za-z0-9_-]+(@`+regionPattern+`)?`, value)) {
		r.problem("CONFIG_AGGREGATOR: %q is not the name of an AWS Config aggregator such as organization, "+
			"or organization@eu-central-1 if it is in another Region", value)
	}
	if value != "" && !i.On {
		r.problem("CONFIG_AGGREGATOR: needs INVENTORY to be on")
	}
	return i
}

// regionPattern are the names of Regions.
const regionPattern = `[a-z]{2,4}(-[a-z]+)+-\d{1,2}`

// allRegions is the value that stands for every Region that the account has enabled.
const allRegions = "all"

func (r *reader) regions(name string) (regions []string, all bool) {
	list := r.text(name)
	if all = list == allRegions; all || list == "" {
		list = r.text("AWS_REGION")
	}
	if list == "" {
		r.problem("%s: missing, name at least one Region such as eu-central-1", name)
		return nil, all
	}
	return r.listed(name, list, "; several are separated by commas, and all stands for every enabled one"), all
}

// forwarded are Regions without AWS_REGION, which needs no forwarder.
func (r *reader) forwarded(name string) []string {
	list := r.text(name)
	if list == "" {
		return nil
	}
	regions := r.listed(name, list, "; several are separated by commas")
	return slices.DeleteFunc(regions, func(region string) bool { return region == r.text("AWS_REGION") })
}

// listed are the Regions of a list, each once. advice says what else the setting takes.
func (r *reader) listed(name, list, advice string) []string {
	var regions []string
	for region := range strings.SplitSeq(list, ",") {
		region = strings.TrimSpace(region)
		if !matches(regionPattern, region) {
			r.problem("%s: %q is not a Region such as eu-central-1%s", name, region, advice)
			continue
		}
		if !slices.Contains(regions, region) {
			regions = append(regions, region)
		}
	}
	return regions
}
