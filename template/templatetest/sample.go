package templatetest

import (
	"encoding/json"
	"fmt"
	"time"
)

// Metric identifies a metric as CloudWatch does. Dimensions is "Name=value" of each, sorted, joined by
// commas.
type Metric struct{ Namespace, Name, Dimensions string }

// Sample is one value of a metric.
type Sample struct {
	Metric
	At    time.Time
	Value float64
}

// Samples are what CloudWatch would extract from a line of the log: nothing where it is not in the embedded metric
// format. See
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func Samples(line string) ([]Sample, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &members); err != nil {
		return nil, fmt.Errorf("reading a line of the log: %w", err)
	}
	if members["_aws"] == nil {
		return nil, nil
	}
	var metadata struct {
		Timestamp         int64
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name string }
		}
	}
	if err := json.Unmarshal(members["_aws"], &metadata); err != nil {
		return nil, fmt.Errorf("reading the metrics of a line: %w", err)
	}
	var samples []Sample
	for _, directive := range metadata.CloudWatchMetrics {
		for _, names := range directive.Dimensions {
			dimensions := make(map[string]string)
			for _, name := range names {
				var value string
				if err := json.Unmarshal(members[name], &value); err != nil {
					return nil, fmt.Errorf("reading the dimension %s: %w", name, err)
				}
				dimensions[name] = value
			}
			for _, metric := range directive.Metrics {
				s := Sample{Metric: newMetric(directive.Namespace, metric.Name, dimensions)}
				s.At = time.UnixMilli(metadata.Timestamp)
				if err := json.Unmarshal(members[metric.Name], &s.Value); err != nil {
					return nil, fmt.Errorf("reading the metric %s: %w", metric.Name, err)
				}
				samples = append(samples, s)
			}
		}
	}
	return samples, nil
}
