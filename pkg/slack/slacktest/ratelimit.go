package slacktest

import (
	"math"
	"time"
)

// bucket lets through burst calls at once, and one more whenever every has passed.
type bucket struct {
	every time.Duration
	burst int
	level float64
	last  time.Time
}

func newBucket(every time.Duration, burst int, now time.Time) *bucket {
	return &bucket{every: every, burst: burst, level: float64(burst), last: now}
}

// take returns how long to wait before the call would be let through; zero when it is.
func (b *bucket) take(now time.Time) time.Duration {
	if now.After(b.last) {
		b.level = min(float64(b.burst), b.level+now.Sub(b.last).Seconds()/b.every.Seconds())
		b.last = now
	}
	if b.level >= 1 {
		b.level--
		return 0
	}
	return time.Duration(math.Ceil((1 - b.level) * float64(b.every)))
}
