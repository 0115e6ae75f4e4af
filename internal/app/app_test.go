package app_test

import (
	"log/slog"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/internal/telemetry"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/locale"
)

// TestEveryLanguageCanBeSet holds the setting to what the catalogue speaks.
func TestEveryLanguageCanBeSet(t *testing.T) {
	for _, l := range locale.Languages() {
		env := map[string]string{"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x", "MESSAGE_LANGUAGE": l.Code}
		cfg, err := config.Load(func(name string) string { return env[name] })
		if err != nil {
			t.Errorf("%v (edit pkg/config)", err)
			continue
		}
		destinations, err := app.Connect(t.Context(), cfg, aws.Config{}, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		pipeline := app.Pipeline(cfg, destinations, aws.Config{}, telemetry.Observer{Log: slog.New(slog.DiscardHandler), Now: time.Now})
		if got := pipeline.Language.Code; got != l.Code {
			t.Errorf("MESSAGE_LANGUAGE=%s makes messages in %s", l.Code, got)
		}
	}
}

func TestALanguageNobodySpeaksIsNotGuessed(t *testing.T) {
	for _, code := range []string{"", "tlh"} {
		if _, err := app.Connect(t.Context(), config.Config{Language: code}, aws.Config{}, time.Now); err == nil {
			t.Errorf("somebody is told in %q", code)
		}
	}
}

// TestTimeZonesNeedNoDatabase: what the functions are built of has the zones in it.
func TestTimeZonesNeedNoDatabase(t *testing.T) {
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil || !slices.Contains(strings.Fields(string(list)), "time/tzdata") {
		t.Errorf("time/tzdata is not built in: %v", err)
	}
}

func TestTimesAreInTheZoneOfTheSettings(t *testing.T) {
	env := map[string]string{"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x", "TIME_ZONE": "Asia/Tokyo"}
	cfg, err := config.Load(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	destinations, err := app.Connect(t.Context(), cfg, aws.Config{}, time.Now)
	if err != nil || destinations.Local().Zone.String() != "Asia/Tokyo" {
		t.Errorf("zone %v, %v", destinations.Local().Zone, err)
	}
}
