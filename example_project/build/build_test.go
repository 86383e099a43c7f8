package build

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestReadNamesGoAndPlatform(t *testing.T) {
	info := Read()
	if info.Version == "" {
		t.Error("Version is empty")
	}
	for _, want := range []string{runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH} {
		if !strings.Contains(info.String(), want) {
			t.Errorf("%q does not contain %q", info, want)
		}
	}
}

func TestInfoString(t *testing.T) {
	base := Info{Version: "v1.2.3", GoVersion: "go1.21.13", Platform: "linux/arm64"}
	for name, tc := range map[string]struct {
		revision string
		modified bool
		want     string
	}{
		"no revision": {want: "loglens v1.2.3 go1.21.13 linux/arm64"},
		"short one":   {revision: "abc", want: "loglens v1.2.3 (abc) go1.21.13 linux/arm64"},
		"modified": {
			revision: "0123456789abcdef",
			modified: true,
			want:     "loglens v1.2.3 (0123456789ab, modified) go1.21.13 linux/arm64",
		},
	} {
		t.Run(name, func(t *testing.T) {
			info := base
			info.Revision, info.Modified = tc.revision, tc.modified
			if got := info.String(); got != tc.want {
				t.Errorf("String() = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestApplyReadsVCSSettings(t *testing.T) {
	recorded := &debug.BuildInfo{
		Main: debug.Module{Path: "example.com/loglens", Version: "v0.4.0"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "deadbeef"},
			{Key: "vcs.modified", Value: "true"},
		},
	}
	var got Info
	got.apply(recorded)
	if want := (Info{Version: "v0.4.0", Revision: "deadbeef", Modified: true}); got != want {
		t.Errorf("apply gave %+v, want %+v", got, want)
	}
}
