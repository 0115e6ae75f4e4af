package sns

import (
	"strconv"
	"time"

	"guardduty-coverage-notifier/pkg/message"
)

// reportStatus is the status of a report, and its only attribute: filters for what happened to a resource let none
// through.
const reportStatus = "REPORT"

// machineTitle stands in for a title in letters that ASCII lacks.
func machineTitle(m message.Message) string {
	if m.Report == nil {
		return recordTitle(m.Record)
	}
	title := reportStatus + " " + strconv.Itoa(m.Report.Total.Covered) + "/" + strconv.Itoa(m.Report.Total.Total)
	if percent := m.Report.Total.Percent; percent != nil {
		title += " " + strconv.FormatFloat(*percent, 'f', 1, 64) + "%"
	}
	return title
}

// topicHash identifies what m is about: messages about it stay in order, and in one thread.
func topicHash(m message.Message) string {
	if m.Report != nil {
		return hash(append([]string{reportStatus}, m.Report.Regions...)...)
	}
	return resourceHash(m.Record)
}

// reportHash identifies a report.
func reportHash(m message.Message) string {
	return hash(topicHash(m), m.Report.At.UTC().Format(time.RFC3339Nano))
}

// reportShrinkings are what a report loses when it is too large, in this order, until it fits: the length of texts, all
// but the ten oldest resources of a finding, links and steps, the others of these resources, and at last all but the
// first finding and anything long. It stays a valid report throughout.
func reportShrinkings() []func(r message.Report, mark string) message.Report {
	return []func(message.Report, string) message.Report{
		func(r message.Report, _ string) message.Report { return r },
		shortReport, tenResources, withoutAdvice, withoutResources, essentialReport,
	}
}

func eachFinding(r message.Report, change func(*message.ReportFinding)) message.Report {
	r.Findings = each(r.Findings, func(f message.ReportFinding) message.ReportFinding {
		change(&f)
		return f
	})
	return r
}

func shortReport(r message.Report, mark string) message.Report {
	const runes = 1000
	r.Problems = each(r.Problems, func(p message.ReportProblem) message.ReportProblem {
		p.Detail = clipRunes(p.Detail, runes, mark)
		return p
	})
	return eachFinding(r, func(f *message.ReportFinding) {
		f.Title, f.Cause, f.Text = clipRunes(f.Title, runes, mark), clipRunes(f.Cause, runes, mark), clipRunes(f.Text, runes, mark)
	})
}

func tenResources(r message.Report, _ string) message.Report {
	const most = 10
	return eachFinding(r, func(f *message.ReportFinding) { f.Resources = f.Resources[:min(len(f.Resources), most)] })
}

func withoutAdvice(r message.Report, _ string) message.Report {
	r.Links = nil
	return eachFinding(r, func(f *message.ReportFinding) { f.Steps, f.Links = nil, nil })
}

func withoutResources(r message.Report, _ string) message.Report {
	return eachFinding(r, func(f *message.ReportFinding) { f.Resources = nil })
}

func essentialReport(r message.Report, mark string) message.Report {
	const (
		most  = 50
		runes = 30
		text  = 200
	)
	short := func(s string) string { return clipRunes(s, runes, mark) }
	r.Regions = each(r.Regions[:min(len(r.Regions), most)], short)
	r.Problems = each(r.Problems[:min(len(r.Problems), most)], func(p message.ReportProblem) message.ReportProblem {
		return message.ReportProblem{Region: short(p.Region), Reason: p.Reason}
	})
	r.Coverage = each(r.Coverage[:min(len(r.Coverage), most)], func(c message.ReportCoverage) message.ReportCoverage {
		c.Kind = short(c.Kind)
		return c
	})
	r.Findings = r.Findings[:min(len(r.Findings), 1)]
	return eachFinding(r, func(f *message.ReportFinding) {
		f.Kind = short(f.Kind)
		f.Title, f.Cause, f.Text = clipRunes(f.Title, text, mark), clipRunes(f.Cause, text, mark), clipRunes(f.Text, text, mark)
	})
}
