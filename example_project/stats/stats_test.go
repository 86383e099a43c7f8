package stats

import (
	"fmt"
	"math"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.com/loglens/parse"
)

func ExampleCollector() {
	collector := NewCollector(Options{By: "path", Measure: "duration"})
	for _, line := range []string{
		"level=info path=/ duration=10ms",
		"level=info path=/cart duration=30ms",
		"level=error path=/ duration=20ms",
	} {
		record, err := parse.Line(parse.Logfmt, line)
		if err != nil {
			fmt.Println(err)
			return
		}
		collector.Add(record)
	}
	summary := collector.Summary(1)
	fmt.Println(summary.Records, summary.Levels, summary.Top)
	fmt.Println(summary.Distribution.Min, summary.Distribution.Max)
	// Output:
	// 3 map[error:1 info:2] [{/ 2}]
	// 10 30
}

func TestEmptyCollector(t *testing.T) {
	t.Parallel()
	summary := NewCollector(Options{By: "path", Measure: "duration"}).Summary(10)
	if summary.Records != 0 || summary.First != nil || summary.Distribution != nil || len(summary.Top) != 0 {
		t.Errorf("nothing was added, yet the summary is %+v", summary)
	}
}

// fill adds n records from each of several goroutines and meanwhile asks for
// summaries, as a progress display would.
func fill(c *Collector, goroutines, n int) {
	start := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	var wg sync.WaitGroup
	for g := 0; g < goroutines; g++ {
		wg.Add(1)
		go func(g int) {
			defer wg.Done()
			for i := 0; i < n; i++ {
				c.Add(parse.Record{
					Time:  start.Add(time.Duration(g*n+i) * time.Second),
					Level: parse.LevelInfo,
					Fields: map[string]string{
						"path":     "/" + strconv.Itoa(i%10),
						"duration": strconv.Itoa(i + 1),
					},
				})
				if i%100 == 0 {
					c.Summary(3)
				}
			}
			c.AddMalformed()
			c.AddFiltered()
		}(g)
	}
	wg.Wait()
}

func TestCollectorConcurrently(t *testing.T) {
	t.Parallel()
	const goroutines, n = 8, 500
	c := NewCollector(Options{By: "path", Measure: "duration"})
	fill(c, goroutines, n)

	got := c.Summary(2)
	if got.Records != goroutines*n || got.Malformed != goroutines || got.Filtered != goroutines {
		t.Errorf("records, malformed, filtered = %d, %d, %d", got.Records, got.Malformed, got.Filtered)
	}
	if want := []Count{{"/0", 400}, {"/1", 400}}; !slices.Equal(got.Top, want) {
		t.Errorf("Top = %v, want %v", got.Top, want)
	}
	if span := got.Last.Sub(*got.First); span != (goroutines*n-1)*time.Second {
		t.Errorf("the records span %v", span)
	}
	if d := got.Distribution; d.Count != goroutines*n || d.Min != 1 || d.Max != n || d.Mean != (n+1)/2.0 {
		t.Errorf("Distribution = %+v", d)
	}
}

func TestCollectorSoak(t *testing.T) {
	if os.Getenv("LOGLENS_SOAK") == "" {
		t.Skip("takes about a minute: set LOGLENS_SOAK=1 to run it")
	}
	c := NewCollector(Options{By: "path", Measure: "duration"})
	fill(c, 64, 200_000)
	if got := c.Summary(0).Records; got != 64*200_000 {
		t.Errorf("%d records, want %d", got, 64*200_000)
	}
}

func TestMostFrequent(t *testing.T) {
	t.Parallel()
	values := map[string]uint64{"b": 2, "a": 2, "c": 9}
	for top, want := range map[int][]Count{
		-1: {},
		0:  {},
		2:  {{"c", 9}, {"a", 2}},
		5:  {{"c", 9}, {"a", 2}, {"b", 2}},
	} {
		if got := mostFrequent(values, top); !slices.Equal(got, want) {
			t.Errorf("the top %d are %v, want %v", top, got, want)
		}
	}
}

func TestSketchQuantiles(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewSource(1))
	distributions := map[string]func() float64{
		"uniform":     func() float64 { return 1000 * random.Float64() },
		"exponential": random.ExpFloat64,
		"log-normal":  func() float64 { return math.Exp(3 * random.NormFloat64()) },
	}
	for name, draw := range distributions {
		// Not parallel: the distributions share one source of random numbers.
		t.Run(name, func(t *testing.T) {
			var sketch Sketch
			values := make([]float64, 5000)
			for i := range values {
				values[i] = draw()
				sketch.Add(values[i])
			}
			slices.Sort(values)
			for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 1} {
				want := values[int(q*float64(len(values)-1))]
				got := sketch.Quantile(q)
				if math.Abs(got-want) > 1.001*accuracy*want {
					t.Errorf("quantile %v = %v, want %v within %v%%", q, got, want, 100*accuracy)
				}
			}
		})
	}
}

func TestSketchMerge(t *testing.T) {
	t.Parallel()
	var whole, left, right Sketch
	for i := -10; i < 200; i++ {
		whole.Add(float64(i))
		if i%3 == 0 {
			left.Add(float64(i))
		} else {
			right.Add(float64(i))
		}
	}
	left.Merge(&right)
	left.Merge(&Sketch{})
	for _, q := range []float64{0, 0.01, 0.25, 0.5, 0.99, 1} {
		if got, want := left.Quantile(q), whole.Quantile(q); got != want {
			t.Errorf("quantile %v = %v after merging, want %v", q, got, want)
		}
	}
	if left.Count() != whole.Count() || left.Mean() != whole.Mean() {
		t.Errorf("count, mean = %d, %v; want %d, %v", left.Count(), left.Mean(), whole.Count(), whole.Mean())
	}
}

func BenchmarkCollectorAdd(b *testing.B) {
	c := NewCollector(Options{By: "path", Measure: "duration"})
	record := parse.Record{Level: parse.LevelInfo, Fields: map[string]string{"path": "/", "duration": "12ms"}}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c.Add(record)
		}
	})
}
