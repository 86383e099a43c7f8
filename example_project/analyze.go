// Package loglens reads logs, selects records and sums them up.
//
// [Analyze] ties the other packages together: lines are parsed (package
// parse), selected (package filter) and counted (package stats) on all
// processors, and handed on in the order in which they were read.
package loglens

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

	"example.com/loglens/filter"
	"example.com/loglens/parse"
	"example.com/loglens/stats"
)

// Options says what [Analyze] does with each line.
type Options struct {
	Format    parse.Format     // parse.Auto when empty
	Filter    *filter.Filter   // selects records; nil selects all
	Collector *stats.Collector // counts what was selected; may be shared by several calls
	Workers   int              // how many lines are parsed at a time; GOMAXPROCS when zero

	// Matched is called for each line whose record was selected, Malformed for
	// each one that could not be read. Both may be nil. They are called in the
	// order of the lines, never at the same time; an error ends the analysis.
	Matched   func(line string) error
	Malformed func(err error) error
}

// batchSize is how many lines a worker takes at a time.
const batchSize = 256

// batch is a run of lines on its way through the workers.
type batch struct {
	number  int // of its first line, counted from 1
	lines   []string
	results []result
	done    chan struct{} // closed when results are complete
}

type result struct {
	matched bool
	err     error
}

// Analyze reads r to its end. It returns early when ctx ends, with the error of
// ctx; a Read of r that does not return is then left behind.
func Analyze(ctx context.Context, r io.Reader, options Options) error {
	if options.Workers <= 0 {
		options.Workers = runtime.GOMAXPROCS(0)
	}
	if options.Collector == nil {
		options.Collector = stats.NewCollector(stats.Options{})
	}
	ctx, cancel := context.WithCancel(ctx)
	work := make(chan *batch)
	ordered := make(chan *batch, 2*options.Workers)
	failed := make(chan error, 1)

	go func() {
		defer close(ordered)
		defer close(work)
		failed <- read(ctx, r, work, ordered)
	}()
	var workers sync.WaitGroup
	for i := 0; i < options.Workers; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			options.work(ctx, work)
		}()
	}
	// No worker may count into the collector once Analyze has returned.
	defer workers.Wait()
	defer cancel()
	if err := options.deliver(ctx, ordered); err != nil {
		return err
	}
	return <-failed
}

// read cuts r into batches and sends each to the workers and, in order, to the
// one who delivers.
func read(ctx context.Context, r io.Reader, work, ordered chan<- *batch) error {
	reader := bufio.NewReaderSize(r, 1<<16)
	next := 1
	for {
		b, err := readBatch(reader, next)
		if len(b.lines) > 0 {
			next += len(b.lines)
			for _, to := range []chan<- *batch{ordered, work} {
				select {
				case to <- b:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read line %d: %w", next, err)
		}
	}
}

// readBatch reads some lines. It stops where the next line may be long in
// coming, so that lines are never held back.
func readBatch(reader *bufio.Reader, number int) (*batch, error) {
	b := &batch{number: number, done: make(chan struct{})}
	for len(b.lines) == 0 || len(b.lines) < batchSize && reader.Buffered() > 0 {
		line, err := reader.ReadString('\n')
		if line != "" {
			b.lines = append(b.lines, strings.TrimRight(line, "\r\n"))
		}
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// work parses, selects and counts batches until there are no more.
func (o *Options) work(ctx context.Context, batches <-chan *batch) {
	for {
		select {
		case <-ctx.Done():
			return
		case b, ok := <-batches:
			if !ok {
				return
			}
			b.results = make([]result, len(b.lines))
			for i, line := range b.lines {
				b.results[i] = o.one(line, b.number+i)
			}
			close(b.done)
		}
	}
}

// one deals with one line. Blank lines are passed over.
func (o *Options) one(line string, number int) result {
	if strings.TrimSpace(line) == "" {
		return result{}
	}
	record, err := parse.Line(o.Format, line)
	if err != nil {
		var syntax *parse.SyntaxError
		if errors.As(err, &syntax) {
			syntax.Line = number
		}
		o.Collector.AddMalformed()
		return result{err: err}
	}
	if !o.Filter.Match(record) {
		o.Collector.AddFiltered()
		return result{}
	}
	o.Collector.Add(record)
	return result{matched: true}
}

// deliver hands the results on in the order of the lines.
func (o *Options) deliver(ctx context.Context, ordered <-chan *batch) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b, ok := <-ordered:
			if !ok {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-b.done:
			}
			if err := o.deliverBatch(b); err != nil {
				return err
			}
		}
	}
}

func (o *Options) deliverBatch(b *batch) error {
	for i, result := range b.results {
		var err error
		switch {
		case result.err != nil && o.Malformed != nil:
			err = o.Malformed(result.err)
		case result.matched && o.Matched != nil:
			err = o.Matched(b.lines[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}
