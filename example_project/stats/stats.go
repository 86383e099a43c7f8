// Package stats sums up records: counts by level, the span of time, the most
// frequent values of one field and the distribution of another.
package stats

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/loglens/parse"
)

// Options says which fields are looked at.
type Options struct {
	By      string // the field whose values are counted; "" for none
	Measure string // the field whose numbers are measured; "" for none
}

// shards is how many goroutines can add at the same time without waiting.
const shards = 8

// Collector sums up records. It is safe for concurrent use.
type Collector struct {
	options   Options
	turn      atomic.Uint64
	malformed atomic.Uint64
	filtered  atomic.Uint64
	shards    [shards]shard
}

type shard struct {
	mu          sync.Mutex
	records     uint64
	levels      map[parse.Level]uint64
	values      map[string]uint64
	measured    Sketch
	first, last time.Time
}

// NewCollector returns an empty Collector.
func NewCollector(options Options) *Collector {
	c := &Collector{options: options}
	for i := range c.shards {
		c.shards[i].levels = make(map[parse.Level]uint64)
		c.shards[i].values = make(map[string]uint64)
	}
	return c
}

// Add counts a record.
func (c *Collector) Add(r parse.Record) {
	s := &c.shards[c.turn.Add(1)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records++
	s.levels[r.Level]++
	if by := c.options.By; by != "" {
		if value, ok := r.Field(by); ok {
			s.values[value]++
		}
	}
	if measure := c.options.Measure; measure != "" {
		if number, ok := r.Number(measure); ok {
			s.measured.Add(number)
		}
	}
	s.span(r.Time, r.Time)
}

// AddMalformed counts a line that could not be read.
func (c *Collector) AddMalformed() { c.malformed.Add(1) }

// AddFiltered counts a record that the filter left out.
func (c *Collector) AddFiltered() { c.filtered.Add(1) }

// span widens the shard's time to take in first and last.
func (s *shard) span(first, last time.Time) {
	if first.IsZero() {
		return
	}
	if s.first.IsZero() || first.Before(s.first) {
		s.first = first
	}
	if last.After(s.last) {
		s.last = last
	}
}

// Summary is what a Collector has seen, ready to be printed or sent.
type Summary struct {
	Records      uint64            `json:"records"`
	Filtered     uint64            `json:"filtered"`
	Malformed    uint64            `json:"malformed"`
	First        *time.Time        `json:"first,omitempty"`
	Last         *time.Time        `json:"last,omitempty"`
	Levels       map[string]uint64 `json:"levels"`
	By           string            `json:"by,omitempty"`
	Top          []Count           `json:"top,omitempty"`
	Distribution *Distribution     `json:"distribution,omitempty"`
}

// Count is how often a value came.
type Count struct {
	Value string `json:"value"`
	Count uint64 `json:"count"`
}

// Distribution describes the numbers of a field. Durations are in milliseconds.
type Distribution struct {
	Field string  `json:"field"`
	Count uint64  `json:"count"`
	Min   float64 `json:"min"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// Summary sums up what was added so far, with at most top of the most frequent
// values. Records that are being added meanwhile may or may not be in it.
func (c *Collector) Summary(top int) Summary {
	total := shard{levels: make(map[parse.Level]uint64), values: make(map[string]uint64)}
	for i := range c.shards {
		total.merge(&c.shards[i])
	}
	summary := Summary{
		Records:   total.records,
		Filtered:  c.filtered.Load(),
		Malformed: c.malformed.Load(),
		Levels:    make(map[string]uint64, len(total.levels)),
		By:        c.options.By,
		Top:       mostFrequent(total.values, top),
	}
	for level, n := range total.levels {
		summary.Levels[level.String()] = n
	}
	if !total.first.IsZero() {
		summary.First, summary.Last = &total.first, &total.last
	}
	if m := &total.measured; m.Count() > 0 {
		summary.Distribution = &Distribution{
			Field: c.options.Measure,
			Count: m.Count(),
			Min:   m.Quantile(0),
			Mean:  m.Mean(),
			P50:   m.Quantile(0.5),
			P90:   m.Quantile(0.9),
			P99:   m.Quantile(0.99),
			Max:   m.Quantile(1),
		}
	}
	return summary
}

// merge takes in what a shard that others may still add to has counted.
func (s *shard) merge(other *shard) {
	other.mu.Lock()
	defer other.mu.Unlock()
	s.records += other.records
	for level, n := range other.levels {
		s.levels[level] += n
	}
	for value, n := range other.values {
		s.values[value] += n
	}
	s.measured.Merge(&other.measured)
	s.span(other.first, other.last)
}

// mostFrequent returns the top values, the most frequent first; equally
// frequent ones come in alphabetical order.
func mostFrequent(values map[string]uint64, top int) []Count {
	counts := make([]Count, 0, len(values))
	for value, n := range values {
		counts = append(counts, Count{Value: value, Count: n})
	}
	slices.SortFunc(counts, func(a, b Count) int {
		if order := cmp.Compare(b.Count, a.Count); order != 0 {
			return order
		}
		return cmp.Compare(a.Value, b.Value)
	})
	return counts[:max(0, min(top, len(counts)))]
}
