// Loglens sums up logs.
//
// Usage:
//
//	loglens [flags] [file ...]
//
// It reads the files, or standard input when none is named, and prints how many
// records there are, by level, with the most frequent values of one field and
// the distribution of another. Run loglens -help for the flags.
//
// The exit status is 0 when records were found, 1 when there were none, and 2
// when something went wrong: a bad flag, a file or line that cannot be read, a
// sink that cannot be reached.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// Without this, a write to a pipe whose reader has gone ends the process
	// before it can tidy up. Ignored, it is an error like any other.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
