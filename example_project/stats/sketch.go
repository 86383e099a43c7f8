package stats

import (
	"math"
	"sort"
)

// accuracy is the relative error of a quantile.
const accuracy = 0.01

const gamma = (1 + accuracy) / (1 - accuracy)

var logGamma = math.Log(gamma)

// Sketch estimates quantiles of a stream in little memory: each value falls
// into a bucket whose bounds are two percent apart, so a quantile is off by at
// most one percent. The zero Sketch is ready to use. It is not safe for
// concurrent use.
type Sketch struct {
	buckets  map[int]uint64
	low      uint64 // values that are zero or negative
	count    uint64
	sum      float64
	min, max float64
}

// Add counts a value.
func (s *Sketch) Add(value float64) {
	if s.count == 0 || value < s.min {
		s.min = value
	}
	if s.count == 0 || value > s.max {
		s.max = value
	}
	s.count++
	s.sum += value
	if value <= 0 {
		s.low++
		return
	}
	if s.buckets == nil {
		s.buckets = make(map[int]uint64)
	}
	s.buckets[int(math.Ceil(math.Log(value)/logGamma))]++
}

// Merge counts everything that other has counted.
func (s *Sketch) Merge(other *Sketch) {
	if other.count == 0 {
		return
	}
	if s.count == 0 {
		s.min, s.max = other.min, other.max
	}
	s.min, s.max = min(s.min, other.min), max(s.max, other.max)
	s.count += other.count
	s.sum += other.sum
	s.low += other.low
	if s.buckets == nil {
		s.buckets = make(map[int]uint64, len(other.buckets))
	}
	for index, n := range other.buckets {
		s.buckets[index] += n
	}
}

// Count returns how many values were added.
func (s *Sketch) Count() uint64 { return s.count }

// Mean returns the average, 0 when there are no values.
func (s *Sketch) Mean() float64 {
	if s.count == 0 {
		return 0
	}
	return s.sum / float64(s.count)
}

// Quantile returns an estimate of the value below which the share q of the
// values lies; 0 when there are no values.
func (s *Sketch) Quantile(q float64) float64 {
	switch {
	case s.count == 0:
		return 0
	case q <= 0:
		return s.min
	case q >= 1:
		return s.max
	}
	rank := uint64(q * float64(s.count-1))
	if rank < s.low {
		return min(s.min, 0)
	}
	indexes := make([]int, 0, len(s.buckets))
	for index := range s.buckets {
		indexes = append(indexes, index)
	}
	sort.Ints(indexes)
	seen := s.low
	for _, index := range indexes {
		if seen += s.buckets[index]; seen > rank {
			middle := 2 * math.Pow(gamma, float64(index)) / (gamma + 1)
			return max(s.min, min(s.max, middle))
		}
	}
	return s.max
}
