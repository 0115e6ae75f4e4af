package version

import (
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	module := func(version string) *debug.BuildInfo { return &debug.BuildInfo{Main: debug.Module{Version: version}} }
	for _, test := range []struct {
		linked string
		built  *debug.BuildInfo
		want   string
	}{
		{"v1.2.3", module("v9.9.9"), "v1.2.3"},
		{"", module("v1.0.0"), "v1.0.0"},
		{"", module("(devel)"), "devel"},
		{"", module(""), "devel"},
		{"", nil, "devel"},
	} {
		if got := of(test.linked, test.built); got != test.want {
			t.Errorf("version of %q and %v: %q, expected %q", test.linked, test.built, got, test.want)
		}
	}
}
