package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"syscall"

	"example.com/loglens"
	"example.com/loglens/build"
	"example.com/loglens/filter"
	"example.com/loglens/parse"
	"example.com/loglens/sink"
	"example.com/loglens/stats"
	"example.com/loglens/tail"
)

// The exit statuses.
const (
	exitFound   = 0
	exitNothing = 1
	exitTrouble = 2
)

// maxMessages is how many malformed lines are described.
const maxMessages = 5

type config struct {
	format  parse.Format
	filter  *filter.Filter
	by      string
	measure string
	top     int
	json    bool
	print   bool
	follow  bool
	lenient bool
	post    string
	version bool
	files   []string
}

// parseFlags reads the command line. The flag package has already told the user
// about an error.
func parseFlags(args []string, stderr io.Writer) (config, error) {
	c := config{format: parse.Auto}
	flags := flag.NewFlagSet("loglens", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Func("format", "`format` of the lines: auto, common, logfmt, json (default auto)",
		func(name string) (err error) {
			c.format, err = parse.ParseFormat(name)
			return err
		})
	flags.Func("filter", "only records for which `expression` is true: level>=warn && status>499",
		func(expression string) (err error) {
			c.filter, err = filter.Compile(expression)
			return err
		})
	flags.StringVar(&c.by, "by", "path", "count the values of `field`")
	flags.StringVar(&c.measure, "measure", "duration", "describe the numbers of `field`")
	flags.IntVar(&c.top, "top", 5, "show the `n` most frequent values")
	flags.BoolVar(&c.json, "json", false, "print the summary as JSON")
	flags.BoolVar(&c.print, "print", false, "print the selected lines instead of the summary")
	flags.BoolVar(&c.follow, "follow", false, "go on reading a file that grows, until interrupted")
	flags.BoolVar(&c.lenient, "lenient", false, "count malformed lines, and do not mind them")
	flags.StringVar(&c.post, "post", "", "send the summary to the sink at `URL`")
	flags.BoolVar(&c.version, "version", false, "print the version")
	if err := flags.Parse(args); err != nil {
		return config{}, err
	}
	c.files = flags.Args()
	if c.follow && len(c.files) != 1 {
		err := errors.New("-follow needs exactly one file")
		fmt.Fprintf(stderr, "loglens: %v\n", err)
		return config{}, err
	}
	return c, nil
}

// run is main without the process around it: it returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c, err := parseFlags(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitFound
	case err != nil:
		return exitTrouble
	case c.version:
		fmt.Fprintln(stdout, build.Read())
		return exitFound
	}

	status := exitFound
	trouble := func(err error) {
		status = exitTrouble
		fmt.Fprintf(stderr, "loglens: %v\n", err)
	}
	out := bufio.NewWriter(stdout)
	a := &analysis{
		config:    c,
		collector: stats.NewCollector(stats.Options{By: c.by, Measure: c.measure}),
		out:       out,
		stderr:    stderr,
	}
	switch err := a.readAll(ctx, stdin); {
	case isBrokenPipe(err):
		return exitFound // whoever reads our output has seen enough
	case errors.Is(err, context.Canceled):
		trouble(errors.New("interrupted: the summary is about what was read so far"))
	case err != nil:
		trouble(err)
	}
	summary := a.collector.Summary(c.top)
	if summary.Malformed > 0 && !c.lenient {
		trouble(fmt.Errorf("%d malformed lines", summary.Malformed))
	}

	if !c.print {
		if err := write(out, summary, c.json); err != nil && !isBrokenPipe(err) {
			trouble(fmt.Errorf("write summary: %w", err))
		}
	}
	if err := out.Flush(); err != nil && !isBrokenPipe(err) {
		trouble(fmt.Errorf("write output: %w", err))
	}
	if c.post != "" {
		client := sink.Client{URL: c.post}
		// An interrupt ends reading; what was read is still worth sending.
		if _, err := client.Post(context.WithoutCancel(ctx), summary); err != nil {
			trouble(err)
		}
	}
	if status == exitFound && summary.Records == 0 {
		return exitNothing
	}
	return status
}

func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// analysis reads all input into one collector.
type analysis struct {
	config
	collector *stats.Collector
	out       *bufio.Writer
	stderr    io.Writer
	messages  int
}

func (a *analysis) readAll(ctx context.Context, stdin io.Reader) error {
	if a.follow {
		return a.readFollowing(ctx, a.files[0])
	}
	if len(a.files) == 0 {
		return a.read(ctx, "stdin", stdin)
	}
	for _, path := range a.files {
		if err := a.readFile(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

func (a *analysis) readFile(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return a.read(ctx, path, file)
}

// readFollowing reads a file until ctx ends, which is the ordinary end here.
func (a *analysis) readFollowing(ctx context.Context, path string) error {
	ctx, cancel := context.WithCancel(ctx)
	reader, writer := io.Pipe()
	followed := make(chan error, 1)
	go func() {
		err := tail.Follower{Path: path}.Follow(ctx, func(line string) error {
			_, err := io.WriteString(writer, line+"\n")
			return err
		})
		writer.Close()
		followed <- err
	}()
	// The lines that were found before the end are still to be counted.
	err := a.read(context.WithoutCancel(ctx), path, reader)
	reader.CloseWithError(err)
	cancel()
	if followErr := <-followed; err == nil {
		err = followErr
	}
	return err
}

func (a *analysis) read(ctx context.Context, name string, r io.Reader) error {
	err := loglens.Analyze(ctx, r, loglens.Options{
		Format:    a.format,
		Filter:    a.filter,
		Collector: a.collector,
		Matched:   a.matched,
		Malformed: func(err error) error {
			a.malformed(name, err)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (a *analysis) matched(line string) error {
	if !a.print {
		return nil
	}
	if _, err := a.out.WriteString(line + "\n"); err != nil {
		return err
	}
	if a.follow {
		return a.out.Flush() // somebody is watching
	}
	return nil
}

func (a *analysis) malformed(name string, err error) {
	if a.lenient {
		return
	}
	switch a.messages++; {
	case a.messages <= maxMessages:
		fmt.Fprintf(a.stderr, "loglens: %s: %v\n", name, err)
	case a.messages == maxMessages+1:
		fmt.Fprintln(a.stderr, "loglens: more malformed lines are not shown")
	}
}
