// Package build says which build of loglens is running.
package build

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by release builds:
//
//	go build -ldflags "-X example.com/loglens/build.version=v1.2.3" ./cmd/loglens
var version string

// Info describes the running executable.
type Info struct {
	Version   string // a release such as v1.2.3, or "devel"
	Revision  string // the commit it was built from, "" when Go did not record one
	Modified  bool   // whether files differed from that commit
	GoVersion string // the Go release that compiled it
	Platform  string // GOOS/GOARCH
}

// Read returns what is known about the running executable.
func Read() Info {
	info := Info{
		Version:   version,
		GoVersion: runtime.Version(),
		Platform:  runtime.GOOS + "/" + runtime.GOARCH,
	}
	if recorded, ok := debug.ReadBuildInfo(); ok {
		info.apply(recorded)
	}
	if info.Version == "" {
		info.Version = "devel"
	}
	return info
}

func (i *Info) apply(recorded *debug.BuildInfo) {
	if v := recorded.Main.Version; i.Version == "" && v != "(devel)" {
		i.Version = v
	}
	for _, setting := range recorded.Settings {
		switch setting.Key {
		case "vcs.revision":
			i.Revision = setting.Value
		case "vcs.modified":
			i.Modified = setting.Value == "true"
		}
	}
}

// String is the line that `loglens --version` prints.
func (i Info) String() string {
	revision := ""
	if i.Revision != "" {
		short := i.Revision[:min(12, len(i.Revision))]
		if i.Modified {
			short += ", modified"
		}
		revision = " (" + short + ")"
	}
	return fmt.Sprintf("loglens %s%s %s %s", i.Version, revision, i.GoVersion, i.Platform)
}
