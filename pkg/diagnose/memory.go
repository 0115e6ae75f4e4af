package diagnose

import (
	"context"
	"maps"
	"sync"
	"time"
)

const (
	// fresh is how long an answer is as good as a new one: changes that arrive together, in one invocation or in two that
	// follow each other, share what is true of their account and VPC, and a message is not out of date by more than that.
	fresh = 10 * time.Second
	// patience is how long AWS is given for one answer, whoever still waits for it.
	patience = 5 * time.Second
)

// memory keeps answers while they are fresh. Whoever asks what is being asked already shares that answer.
type memory struct {
	now     func() time.Time
	mu      sync.Mutex
	answers map[string]*answer
}

// answer is one that was given, or will be.
type answer struct {
	// done is closed when value and err are set; they do not change any more.
	done  chan struct{}
	value any
	err   error
	// at is when it was given.
	at time.Time
	// until is when it is no longer to be used, by the wall clock: an environment that was frozen has grown older, too.
	until time.Time
}

func newMemory(now func() time.Time) *memory {
	return &memory{now: now, answers: make(map[string]*answer)}
}

// recall returns the answer of that key and when it was given, asking for it if need be, but not after ctx is done: what
// does not answer, though it was told to stop, is left behind with its answer.
func recall[T any](
	ctx context.Context, m *memory, key string, ask func(context.Context) (T, error),
) (value T, at time.Time, err error) {
	a, found := m.answer(key)
	if !found {
		go func() {
			// Who asked first may be in a greater hurry than who shares the answer.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
			defer cancel()
			defer close(a.done)
			a.value, a.err = ask(ctx)
			a.at = m.now()
		}()
	}
	select {
	case <-a.done:
	case <-ctx.Done():
		return value, m.now(), ctx.Err()
	}
	if a.err != nil {
		return value, a.at, a.err
	}
	return a.value.(T), a.at, nil
}

// answer is that of the key, and whether somebody asked for it already.
func (m *memory) answer(key string) (*answer, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now().Round(0)
	maps.DeleteFunc(m.answers, func(_ string, a *answer) bool { return !now.Before(a.until) })
	if a, ok := m.answers[key]; ok {
		return a, true
	}
	a := &answer{done: make(chan struct{}), until: now.Add(fresh)}
	m.answers[key] = a
	return a, false
}
