package templatetest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Alarm is a metric alarm, which says what CloudWatch would make of samples.
type Alarm struct {
	Name, Description string
	// Watched are the metrics by their ids; a lone one has the id "".
	Watched map[string]Metric

	expression       string
	statistic        string
	period           time.Duration
	periods, needed  int
	threshold        float64
	below            bool
	missingBreaching bool
}

// Alarms are the alarms that the stack would have, by their names.
func (s Stack) Alarms(t testing.TB) map[string]Alarm {
	t.Helper()
	alarms := make(map[string]Alarm)
	for name, resource := range s.Resources("AWS::CloudWatch::Alarm") {
		alarms[name] = newAlarm(t, name, resource["Properties"].(map[string]any))
	}
	return alarms
}

func newAlarm(t testing.TB, name string, properties map[string]any) Alarm {
	t.Helper()
	number := func(value any) float64 {
		n, err := strconv.ParseFloat(value.(string), 64)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return n
	}
	a := Alarm{Name: name, Watched: make(map[string]Metric)}
	a.Description = properties["AlarmDescription"].(string)
	watch := func(id string, metric map[string]any, period, statistic any) {
		a.Watched[id] = metricOf(metric)
		a.period, a.statistic = time.Duration(number(period))*time.Second, statistic.(string)
	}
	if properties["Metrics"] == nil {
		watch("", properties, properties["Period"], properties["Statistic"])
	} else {
		for _, query := range properties["Metrics"].([]any) {
			query := query.(map[string]any)
			if stat, ok := query["MetricStat"].(map[string]any); ok {
				watch(query["Id"].(string), stat["Metric"].(map[string]any), stat["Period"], stat["Stat"])
			} else {
				a.expression = query["Expression"].(string)
			}
		}
	}
	a.periods = int(number(properties["EvaluationPeriods"]))
	a.needed = a.periods
	if needed, ok := properties["DatapointsToAlarm"]; ok {
		a.needed = int(number(needed))
	}
	a.threshold = number(properties["Threshold"])
	switch properties["ComparisonOperator"] {
	case "GreaterThanThreshold":
	case "LessThanThreshold":
		a.below = true
	default:
		t.Fatalf("%s: unknown comparison %v", name, properties["ComparisonOperator"])
	}
	switch properties["TreatMissingData"] {
	case "notBreaching":
	case "breaching":
		a.missingBreaching = true
	default:
		t.Fatalf("%s: unknown treatment of missing data, %v", name, properties["TreatMissingData"])
	}
	return a
}

func metricOf(fields map[string]any) Metric {
	dimensions := make(map[string]string)
	for _, d := range fields["Dimensions"].([]any) {
		d := d.(map[string]any)
		dimensions[d["Name"].(string)] = d["Value"].(string)
	}
	return newMetric(fields["Namespace"].(string), fields["MetricName"].(string), dimensions)
}

func newMetric(namespace, name string, dimensions map[string]string) Metric {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(dimensions)) {
		pairs = append(pairs, key+"="+dimensions[key])
	}
	return Metric{namespace, name, strings.Join(pairs, ",")}
}

// Metrics are the metrics that the alarm watches, those of an expression included.
func (a Alarm) Metrics() []Metric { return slices.Collect(maps.Values(a.Watched)) }

// Span is how far the alarm looks back, but for its further points.
func (a Alarm) Span() time.Duration { return time.Duration(a.periods) * a.period }

// On reports whether the alarm is in ALARM when it is evaluated at that moment. It is evaluated every minute,
// on periods that end then; one that looks back for more than a day is evaluated once an hour, up to the
// hour. CloudWatch fetches some points more than the alarm needs, further how many is documented only in
// examples: with 3 periods, 2 more. See "How alarm state is evaluated when data is missing" in
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html.
func (a Alarm) On(samples []Sample, at time.Time, further int) bool {
	at = at.Truncate(time.Minute)
	if a.Span() > 24*time.Hour {
		at = at.Truncate(time.Hour)
	}
	var found []bool // of the periods that have data, the newest first: is it breaching?
	for i := range a.periods + further {
		end := at.Add(-time.Duration(i) * a.period)
		if value, ok := a.point(samples, end.Add(-a.period), end); ok {
			found = append(found, value > a.threshold && !a.below || value < a.threshold && a.below)
		}
	}
	breaching := 0
	for _, breaches := range found[:min(len(found), a.periods)] {
		if breaches {
			breaching++
		}
	}
	if missing := a.periods - len(found); missing > 0 && a.missingBreaching {
		breaching += missing
	}
	return breaching >= a.needed
}

// point is the value of one period; ok is false where there is none.
func (a Alarm) point(samples []Sample, from, to time.Time) (value float64, ok bool) {
	values := make(map[string]float64)
	for id, metric := range a.Watched {
		if value, ok := a.aggregate(samples, metric, from, to); ok {
			values[id] = value
		}
	}
	if a.expression == "" {
		value, ok = values[""]
		return value, ok
	}
	expression, err := parser.ParseExpr(a.expression)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", a.Name, err))
	}
	return compute(expression, values)
}

func (a Alarm) aggregate(samples []Sample, metric Metric, from, to time.Time) (value float64, ok bool) {
	for _, s := range samples {
		if s.Metric != metric || s.At.Before(from) || !s.At.Before(to) {
			continue
		}
		switch {
		case a.statistic == "Sum":
			value += s.Value
		case a.statistic == "Maximum" && (!ok || s.Value > value):
			value = s.Value
		case a.statistic != "Maximum":
			panic(a.Name + ": unknown statistic " + a.statistic)
		}
		ok = true
	}
	return value, ok
}

// compute is metric math for one period
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html); what is computed
// from a missing value is missing.
func compute(e ast.Expr, values map[string]float64) (value float64, ok bool) {
	switch e := e.(type) {
	case *ast.Ident:
		value, ok = values[e.Name]
		return value, ok
	case *ast.BasicLit:
		value, err := strconv.ParseFloat(e.Value, 64)
		return value, err == nil
	case *ast.BinaryExpr:
		x, okX := compute(e.X, values)
		y, okY := compute(e.Y, values)
		return operate(e.Op, x, y), okX && okY
	case *ast.CallExpr:
		value, ok = compute(e.Args[0], values)
		switch name := e.Fun.(*ast.Ident).Name; {
		case name == "FILL" && !ok:
			return compute(e.Args[1], values)
		case name == "FILL":
			return value, ok
		case name == "IF" && ok && value != 0:
			return compute(e.Args[1], values)
		case name == "IF" && ok:
			return compute(e.Args[2], values)
		}
	}
	return 0, false
}

func operate(operator token.Token, x, y float64) float64 {
	switch operator {
	case token.ADD:
		return x + y
	case token.MUL:
		return x * y
	case token.QUO:
		return x / y
	case token.GEQ:
		if x >= y {
			return 1
		}
		return 0
	}
	panic("unknown operator " + operator.String())
}
