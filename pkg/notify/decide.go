package notify

import (
	"maps"
	"slices"

	"guardduty-coverage-notifier/pkg/catalog"
	"guardduty-coverage-notifier/pkg/coverage"
)

// verdict is what is to be done about a change, by what is remembered of its resource.
type verdict int

const (
	// The zero verdict is none yet.
	_ verdict = iota
	// unreadable: it was no coverage event.
	unreadable
	// putOff: somebody else is working on the incident.
	putOff
	// tell: the sinks that are pending.
	tell
	// hold: it may heal by itself.
	hold
	// healed: it healed while it was held.
	healed
	// duplicate: it is known, and nobody is left to be told.
	duplicate
	// stale: something newer is known.
	stale
	// muted: its route leads to no sink, and none says otherwise.
	muted
)

// decide says of every claim's tasks what is to be done. Of several changes to one resource only the
// newest, the claim's lead, is told; what the others say is remembered on the way to it.
func (p *Pipeline) decide(claims []*claim) {
	for _, c := range claims {
		for _, t := range c.tasks {
			if c.busy {
				t.verdict = putOff
				continue
			}
			if t.letter.Reason == held && c.tasks[len(c.tasks)-1].change.ID() != t.change.ID() {
				// The wait is over, and so is what it waited for: the rest of the batch is newer.
				t.verdict = stale
				continue
			}
			t.verdict = p.judge(&c.incident, t)
			if t.verdict != stale {
				c.follow(t)
			}
		}
	}
}

// follow makes t the lead, if there is anything to do about it. An older change is not to be told after it either way.
func (c *claim) follow(t *task) {
	if c.lead != nil && (t.verdict != duplicate || c.lead.change.ID() != t.change.ID()) {
		c.lead.verdict = superseded(c.lead, t)
		c.lead = nil
	}
	if t.verdict != duplicate {
		c.lead = t
	}
}

// superseded is the verdict on a task after a later one of the same batch took the lead.
func superseded(earlier, later *task) verdict {
	if earlier.change.ID() == later.change.ID() {
		return duplicate
	}
	return stale
}

// judge remembers the change in the incident and says what is to be done.
func (p *Pipeline) judge(i *coverage.Incident, t *task) verdict {
	t.route = p.routeOf(*i, t.change, t.findings)
	switch {
	case t.change.Found && i.Status == t.change.Status && t.letter.Reason == "" && len(i.Pending) == 0:
		return duplicate // An event told of it since the report looked.
	case i.Newer(t.change):
		return p.judgeOlder(i, t)
	case i.Knows(t.change):
		return p.judgeKnown(i, t)
	case t.change.Status == coverage.Healthy:
		return p.judgeRecovery(i, t)
	}
	return p.judgeLoss(i, t)
}

// judgeOlder drops a change that is older than the newest, unless a sink was told of it after the newest, or may have been:
// whom that misled is told the newest again.
func (p *Pipeline) judgeOlder(i *coverage.Incident, t *task) verdict {
	misled := suspect(i, t)
	if len(t.letter.Sinks) > 0 && t.letter.Doubtful && (t.change.Status != i.Status || i.Held) {
		t.letter.Told = assumed(*i, t)
	}
	if !p.learn(i, t) && !misled {
		return stale
	}
	newest := i.Change
	newest.Resource = t.change.Resource
	t.change, t.findings = newest, catalog.Classify(newest)
	t.letter.Change, t.letter.Told = &newest, nil
	t.route = p.routeOf(*i, t.change, t.findings)
	return tell
}

// suspect notes who may have been told of the loss by somebody who died before that was noted, and reports whether any of
// them has to hear that it is over. Where the loss went need not be where what is newest goes.
func suspect(i *coverage.Incident, t *task) (misled bool) {
	if t.change.Status != coverage.Unhealthy {
		return false
	}
	for _, sink := range t.route.names {
		last := i.Told[sink]
		if !slices.Contains(i.Doubted, sink) || last.Status == coverage.Unhealthy {
			continue
		}
		pending := i.Pending
		tellIn(i, sink, coverage.Told{Status: coverage.Unhealthy, ChangedAt: t.change.ChangedAt, At: last.At})
		if i.Pending = pending; i.Status == coverage.Healthy {
			i.Pending, misled = with(pending, sink), true
		}
	}
	return misled
}

// assumed is what the sinks of a doubtful letter were told at worst: the change, although no answer says so. Who was
// told something since, or is to be told the newest yet, is not misled by it.
func assumed(i coverage.Incident, t *task) map[string]coverage.Told {
	told := make(map[string]coverage.Told, len(t.letter.Sinks))
	for _, sink := range t.letter.Sinks {
		last := i.Told[sink]
		if last.Status != t.change.Status && last.At.Before(t.letter.Untold) && !slices.Contains(i.Pending, sink) {
			told[sink] = coverage.Told{Status: t.change.Status, ChangedAt: t.change.ChangedAt, At: t.letter.Untold}
		}
	}
	return told
}

// judgeKnown finds out whether anybody is left to be told of a change that was seen before.
func (p *Pipeline) judgeKnown(i *coverage.Incident, t *task) verdict {
	if i.Held {
		if t.letter.Reason == "" || t.letter.Reason == busy {
			return duplicate
		}
		i.Held = false // Whatever else waits was told, or tried, once the hold was over.
		i.Pending = t.route.names
		p.restrict(i, t)
	}
	i.Pending = slices.DeleteFunc(slices.Clone(i.Pending), func(sink string) bool { return !slices.Contains(p.sinkNames(), sink) })
	p.learn(i, t)
	for _, sink := range t.letter.Sinks {
		if !slices.Contains(p.sinkNames(), sink) {
			continue
		}
		if told := i.Told[sink]; told.Status != t.change.Status || !told.ChangedAt.Equal(t.change.ChangedAt) || told.At.Before(t.letter.Untold) {
			i.Pending = with(i.Pending, sink)
		}
	}
	if len(i.Pending) == 0 {
		return duplicate
	}
	return tell
}

func (p *Pipeline) judgeRecovery(i *coverage.Incident, t *task) verdict {
	before := *i
	i.Status, i.ChangedAt, i.Change, i.Held = t.change.Status, t.change.ChangedAt, clipped(t.change), false
	if i.Pending = nil; !t.route.silent {
		i.Pending = p.uncoveredIn(before)
	}
	lost := before.Status != coverage.Healthy && !before.Held
	for _, sink := range t.route.names {
		if lost || slices.Contains(before.Doubted, sink) {
			i.Pending = with(i.Pending, sink)
		}
	}
	if before.Status == coverage.Healthy {
		// A repeat: only who says otherwise, or may, or was not told yet, is told.
		for _, sink := range before.Pending {
			i.Pending = with(i.Pending, sink)
		}
	}
	p.restrict(i, t)
	switch {
	case len(i.Pending) > 0:
		return tell
	case before.Held:
		return healed
	case len(t.route.names) == 0 && before.Status != coverage.Healthy:
		return muted
	}
	return duplicate
}

func (p *Pipeline) judgeLoss(i *coverage.Incident, t *task) verdict {
	before := *i
	causes := causesOf(t.findings)
	i.Status, i.ChangedAt, i.Change, i.Causes = t.change.Status, t.change.ChangedAt, clipped(t.change), causes
	if before.Status != coverage.Unhealthy || before.OpenedAt.IsZero() {
		i.OpenedAt = t.change.ChangedAt
	}
	i.Pending = t.route.names
	if again := t.change.Previous == coverage.Unhealthy || before.Change.Found; again && slices.Equal(before.Causes, causes) {
		// GuardDuty looked again and found the same, or its event came after the report: nothing new to those who know.
		for _, sink := range p.sinkNames() {
			told, sure := before.Told[sink], !slices.Contains(before.Doubted, sink)
			if sure && told.Status == coverage.Unhealthy && told.ChangedAt.Equal(before.ChangedAt) {
				told.ChangedAt = t.change.ChangedAt
				tellIn(i, sink, told)
			}
		}
	}
	i.Held = p.mayHeal(before, t)
	p.restrict(i, t)
	switch {
	case i.Held:
		i.Pending = nil
		return hold
	case len(i.Pending) == 0 && len(t.route.names) == 0:
		return muted
	case len(i.Pending) == 0:
		return duplicate
	}
	return tell
}

// mayHeal reports whether the change is to be held: it usually heals by itself, and nobody waits for it
// or was told that the resource is uncovered.
func (p *Pipeline) mayHeal(before coverage.Incident, t *task) bool {
	if p.Queue == nil || p.Hold <= 0 || t.change.Found || len(t.route.names) == 0 || t.letter.Reason != "" && t.letter.Reason != busy {
		return false
	}
	switch {
	case len(before.Pending) > 0, len(p.uncoveredIn(before)) > 0:
		return false
	case before.Status == coverage.Unhealthy:
		if !before.Held || t.change.ChangedAt.Sub(before.OpenedAt) >= p.Hold {
			return false
		}
	}
	return !slices.ContainsFunc(t.findings, func(f catalog.Finding) bool { return !f.Transient })
}

// restrict leaves out the sinks that a letter about a change the store does not know says were told, unless they are
// known to have been told otherwise. Who wrote the letter may have died before it wrote another, for the rest of the
// sinks: then nothing is left out.
func (p *Pipeline) restrict(i *coverage.Incident, t *task) {
	if len(t.letter.Sinks) > 0 {
		i.Pending = slices.DeleteFunc(slices.Clone(i.Pending), func(sink string) bool {
			last := i.Told[sink].Status
			agrees := (last == "" || last == i.Status) && !slices.Contains(i.Doubted, sink)
			return agrees && !slices.Contains(t.letter.Sinks, sink)
		})
	}
	p.learn(i, t)
}

// learn notes what sinks were told while the store could not be reached, and reports whether any of them has to be told
// what is newest since its last word says, or may say, otherwise.
func (p *Pipeline) learn(i *coverage.Incident, t *task) (misled bool) {
	for _, sink := range p.sinkNames() {
		told, ok := t.letter.Told[sink]
		if !ok {
			continue
		}
		if told.At.After(i.Told[sink].At) {
			tellIn(i, sink, told)
		}
		if !i.Held && (slices.Contains(i.Doubted, sink) || i.Told[sink].Status != i.Status) {
			i.Pending = with(i.Pending, sink)
			misled = true
		}
	}
	return misled
}

// uncoveredIn are the sinks that last said that the resource is uncovered.
func (p *Pipeline) uncoveredIn(i coverage.Incident) []string {
	var sinks []string
	for _, name := range p.sinkNames() {
		if i.Told[name].Status == coverage.Unhealthy {
			sinks = append(sinks, name)
		}
	}
	return sinks
}

func (p *Pipeline) sinkNames() []string {
	names := make([]string, len(p.Sinks))
	for i, sink := range p.Sinks {
		names[i] = sink.Name()
	}
	return names
}

func causesOf(findings []catalog.Finding) []string {
	causes := make([]string, 0, len(findings))
	for _, f := range findings {
		causes = append(causes, string(f.ID))
	}
	slices.Sort(causes)
	return slices.Compact(causes)
}

// tellIn notes in the incident that the sink was told.
func tellIn(i *coverage.Incident, sink string, told coverage.Told) {
	fresh := make(map[string]coverage.Told, len(i.Told)+1)
	maps.Copy(fresh, i.Told)
	fresh[sink] = told
	i.Told = fresh
	i.Pending = without(i.Pending, sink)
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
}

func with(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(slices.Clone(names), name)
}
