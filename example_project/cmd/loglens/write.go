package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"example.com/loglens/parse"
	"example.com/loglens/stats"
)

// write prints a summary, for people or as JSON.
func write(w io.Writer, summary stats.Summary, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(summary)
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintf(table, "records\t%d\n", summary.Records)
	if summary.Filtered > 0 {
		fmt.Fprintf(table, "filtered\t%d\n", summary.Filtered)
	}
	if summary.Malformed > 0 {
		fmt.Fprintf(table, "malformed\t%d\n", summary.Malformed)
	}
	if summary.First != nil {
		fmt.Fprintf(table, "first\t%s\n", summary.First.Format(time.RFC3339))
		fmt.Fprintf(table, "last\t%s\n", summary.Last.Format(time.RFC3339))
	}
	for level := parse.LevelUnknown; level <= parse.LevelFatal; level++ {
		if n := summary.Levels[level.String()]; n > 0 {
			fmt.Fprintf(table, "level %s\t%d\n", level, n)
		}
	}
	for _, count := range summary.Top {
		fmt.Fprintf(table, "%s %s\t%d\n", summary.By, count.Value, count.Count)
	}
	if d := summary.Distribution; d != nil {
		fmt.Fprintf(table, "%s\tp50 %.4g  p90 %.4g  p99 %.4g  max %.4g\n", d.Field, d.P50, d.P90, d.P99, d.Max)
	}
	return table.Flush() // and with it any error from above
}
