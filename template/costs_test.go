package template_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	costRow = regexp.MustCompile(`(?m)^\| (.+?) \| ([0-9.,×÷ ]+) \| ([0-9,.]+) \|$`)
	sumRow  = regexp.MustCompile(`(?m)^\| \*\*sum\*\* \| \| \*\*([0-9,.]+)\*\* \|$`)
)

// TestCostsAreComputed: each row of docs/costs.md is what its factors come to, each sum that of its rows, and the
// alarms' metrics are the template's.
func TestCostsAreComputed(t *testing.T) {
	page := read(t, "../docs/costs.md")
	rows := 0
	for section := range strings.SplitSeq(page, "\n## ") {
		sum := 0.0
		summed, _, _ := strings.Cut(section, "| **sum** |")
		for _, row := range costRow.FindAllStringSubmatch(section, -1) {
			rows++
			amount := product(t, row[2])
			if strings.Contains(summed, row[0]) {
				sum += amount
			}
			if got := fmt.Sprintf("%.2f", amount); got != strings.ReplaceAll(row[3], ",", "") {
				t.Errorf("%s: %s is %s, not %s", row[1], row[2], got, row[3])
			}
		}
		if total := sumRow.FindStringSubmatch(section); total != nil && math.Abs(decimal(t, total[1])-sum) > 0.0051 {
			t.Errorf("the rows of %q are %.4f, not %s", strings.SplitN(section, "\n", 2)[0], sum, total[1])
		}
	}
	if rows < 20 {
		t.Errorf("only %d rows were checked", rows)
	}
	billed := 0
	for _, alarm := range newStack(t, nil).Alarms(t) {
		billed += len(alarm.Metrics())
	}
	want := fmt.Sprintf("| metrics that the alarms watch | %d × 0.10 |", billed)
	if strings.Count(page, want) != 2 {
		t.Errorf("docs/costs.md does not say twice: %s", want)
	}
}

// product is what factors come to, each after the first behind × or ÷.
func product(t *testing.T, factors string) float64 {
	t.Helper()
	words := strings.Fields(factors)
	value := decimal(t, words[0])
	for i := 1; i+1 < len(words); i += 2 {
		if words[i] == "÷" {
			value /= decimal(t, words[i+1])
		} else {
			value *= decimal(t, words[i+1])
		}
	}
	return value
}

func decimal(t *testing.T, text string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}
