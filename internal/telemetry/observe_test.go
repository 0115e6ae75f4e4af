package telemetry_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/notify"
)

func TestEvidenceIsLogged(t *testing.T) {
	tests := map[string]struct {
		evidence []coverage.Evidence
		want     []string
	}{
		"none":   {nil, nil},
		"some":   {[]coverage.Evidence{{Check: "ec2-ssm", Found: "unmanaged"}, {Check: "vpc-dns", Found: "denied", Values: map[string]string{"action": "a"}}}, []string{"ec2-ssm=unmanaged", "vpc-dns=denied"}},
		"a long": {[]coverage.Evidence{{Check: "x", Found: strings.Repeat("y", 1000)}}, []string{"x=" + strings.Repeat("y", 498) + "…"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			observer := telemetry.Observer{Log: slog.New(slog.NewJSONHandler(&log, nil))}
			observer.Observe(t.Context(), notify.Outcome{Result: notify.Notified, Evidence: test.evidence})
			var line struct{ Evidence []string }
			if err := json.Unmarshal(log.Bytes(), &line); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(line.Evidence, test.want) {
				t.Errorf("logged %q, want %q", line.Evidence, test.want)
			}
			if test.want == nil && strings.Contains(log.String(), "evidence") {
				t.Errorf("an empty list is logged: %s", &log)
			}
		})
	}
}
