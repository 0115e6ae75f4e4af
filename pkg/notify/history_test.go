package notify_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
)

// history is everything about an account that is not the pipeline's to decide.
type history struct {
	// Seed varies how long each call takes, up to Latency.
	Seed      uint64
	Latency   time.Duration
	Hold      time.Duration
	RateLimit int
	// Batch is how many messages the queue delivers at once at most.
	Batch     int
	Resources []resource
	Troubles  []trouble
	// Crashes and Blips are by the number of the call at which the process dies, or that goes wrong.
	Crashes map[int]crash
	Blips   map[int]fault
	// TwiceEvery and LoseEvery are which of the queue's messages are delivered twice, or lost; 0: none.
	TwiceEvery, LoseEvery int
	// Routes are the sinks by resource and issue; nil: everybody is notified of everything. From RoutesChange on,
	// OtherRoutes hold.
	Routes, OtherRoutes map[string][]string
	RoutesChange        time.Duration
	// Shared are the resources whose losses have the same cause, as the diagnosis finds.
	Shared []string
	// SilentRecoveries is true when nobody is notified of recoveries.
	SilentRecoveries bool
	// Skew is how far the process's clock is off, now ahead, now behind. Ahead is how far GuardDuty's clock is ahead.
	Skew, Ahead time.Duration
	// Expire is when the table forgets everything that is at rest, as its time-to-live would; 0: never.
	Expire time.Duration
}

// resource is what became of one instance, oldest first.
type resource struct {
	Name        string
	Transitions []transition
	// Vanishes is true when GuardDuty does not list it in the end.
	Vanishes bool
}

// transition is one change, and when its events are delivered: copies, repeats, late ones; none: it is lost.
type transition struct {
	At       time.Duration
	Status   coverage.Status
	Issue    string
	Arrivals []time.Duration
}

// trouble is a time in which a service fails. The service "groups" is the table for group items alone.
type trouble struct {
	Service   string
	From, For time.Duration
	Fault     fault
}

// fault is how a call fails.
type fault string

const (
	none      fault = ""
	refuse    fault = "refuses"
	throttle  fault = "throttles"
	moment    fault = "asks for a moment"
	hang      fault = "hangs"
	lost      fault = "does it, and its answer is lost"
	late      fault = "does it late"
	permanent fault = "refuses for good"
)

// crash is when the process dies at a call: before it, after it, or while it is on its way and arrives later.
type crash string

const (
	before crash = "before"
	after  crash = "after"
	during crash = "during"
)

// Issues, of which the first usually recovers by itself.
const (
	transient = "No Agent Reporting:Waiting for SSM notification"
	lasting   = "No Agent Reporting:Agent disconnected"
	other     = "Agent Not Provisioned:Kernel version is lower than the supported version."
)

// options are which kinds of trouble a history may have.
type options struct{ faults, loses, routes, groupsOnly, shares bool }

func anyHistory(o options) *rapid.Generator[history] {
	return rapid.Custom(func(t *rapid.T) history {
		h := history{
			Seed:       rapid.Uint64().Draw(t, "seed"),
			Latency:    rapid.SampledFrom([]time.Duration{20 * time.Millisecond, time.Second, 2500 * time.Millisecond}).Draw(t, "latency"),
			Hold:       rapid.SampledFrom([]time.Duration{15 * time.Minute, 0}).Draw(t, "hold"),
			RateLimit:  rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "limit"),
			Batch:      rapid.SampledFrom([]int{10, 50}).Draw(t, "batch"),
			TwiceEvery: rapid.SampledFrom([]int{0, 0, 5, 12}).Draw(t, "twice"),
			Skew:       rapid.SampledFrom([]time.Duration{0, 0, 4 * time.Second}).Draw(t, "skew"),
			Ahead:      rapid.SampledFrom([]time.Duration{0, 0, 2 * time.Minute}).Draw(t, "ahead"),
			Crashes:    map[int]crash{}, Blips: map[int]fault{},
		}
		count := rapid.IntRange(1, 2).Draw(t, "resources")
		fleet := rapid.Bool().Draw(t, "fleet")
		if fleet {
			count = rapid.IntRange(3, 6).Draw(t, "members")
		}
		for i := range count {
			r := resource{Name: fmt.Sprintf("i-%d", i)}
			if fleet && i > 0 {
				r.Transitions = sameAgain(t, h.Resources[0].Transitions)
			} else {
				r.Transitions = anyTransitions(t)
			}
			h.Resources = append(h.Resources, r)
		}
		if o.routes {
			h.drawRoutes(t)
		}
		if o.faults {
			h.drawFaults(t, count)
		}
		if o.groupsOnly {
			for range rapid.IntRange(1, 2).Draw(t, "troubles") {
				h.Troubles = append(h.Troubles, anyTrouble(t, "groups"))
			}
		}
		if o.loses {
			h.drawLosses(t)
		}
		if o.shares {
			for _, r := range h.Resources {
				if rapid.IntRange(0, 4).Draw(t, "shares") > 0 {
					h.Shared = append(h.Shared, r.Name)
				}
			}
		}
		return h
	})
}

func (h *history) drawRoutes(t *rapid.T) {
	draw := func() map[string][]string {
		routes := map[string][]string{}
		for _, r := range h.Resources {
			for _, issue := range []string{transient, lasting, other} {
				routes[r.Name+"/"+issue] = rapid.SampledFrom([][]string{{"slack", "sns"}, {"slack"}, {"sns"}, nil}).Draw(t, "route")
			}
		}
		return routes
	}
	if rapid.Bool().Draw(t, "routes") {
		h.Routes = draw()
		h.SilentRecoveries = rapid.IntRange(0, 4).Draw(t, "silent") == 0
		if rapid.IntRange(0, 3).Draw(t, "change") == 0 {
			h.OtherRoutes = draw()
			h.RoutesChange = rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Minute, 30 * time.Minute}).Draw(t, "changed")
		}
	}
}

func (h *history) drawFaults(t *rapid.T, resources int) {
	for range rapid.SampledFrom([]int{0, 0, 1, 2, 4}).Draw(t, "crashes") {
		h.Crashes[rapid.IntRange(1, 30*resources).Draw(t, "call")] = rapid.SampledFrom([]crash{before, after, during}).Draw(t, "crash")
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2, 4}).Draw(t, "blips") {
		faults := []fault{refuse, throttle, moment, hang, lost, late, permanent}
		h.Blips[rapid.IntRange(1, 30*resources).Draw(t, "call")] = rapid.SampledFrom(faults).Draw(t, "blip")
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2, 3}).Draw(t, "troubles") {
		service := rapid.SampledFrom([]string{"slack", "sns", "store", "groups", "queue"}).Draw(t, "service")
		h.Troubles = append(h.Troubles, anyTrouble(t, service))
	}
	if rapid.IntRange(0, 7).Draw(t, "expires") == 0 {
		h.Expire = rapid.SampledFrom([]time.Duration{time.Minute, 10 * time.Minute, 40 * time.Minute}).Draw(t, "expire")
	}
}

func (h *history) drawLosses(t *rapid.T) {
	h.LoseEvery = rapid.SampledFrom([]int{0, 0, 2, 3, 5}).Draw(t, "loses")
	for i := range h.Resources {
		for j := range h.Resources[i].Transitions {
			if rapid.IntRange(0, 3).Draw(t, "lost") == 0 {
				h.Resources[i].Transitions[j].Arrivals = nil
			}
		}
		h.Resources[i].Vanishes = rapid.IntRange(0, 4).Draw(t, "vanishes") == 0
	}
}

var delays = []time.Duration{0, 0, 0, time.Second, 12 * time.Second, 35 * time.Second, 5 * time.Minute, 20 * time.Minute}

func anyTransitions(t *rapid.T) (all []transition) {
	gaps := []time.Duration{0, time.Second, 12 * time.Second, time.Minute, 5 * time.Minute, 14 * time.Minute, 20 * time.Minute, time.Hour}
	at, status := time.Duration(0), coverage.Healthy
	for range rapid.IntRange(1, 5).Draw(t, "transitions") {
		next := transition{At: at, Status: coverage.Unhealthy}
		if status == coverage.Unhealthy && rapid.IntRange(0, 3).Draw(t, "again") > 0 {
			next.Status = coverage.Healthy
		} else {
			next.Issue = rapid.SampledFrom([]string{transient, lasting, other}).Draw(t, "issue")
		}
		next.Arrivals = anyArrivals(t, at)
		all = append(all, next)
		status = next.Status
		at += rapid.SampledFrom(gaps).Draw(t, "gap")
	}
	return all
}

// sameAgain is what became of another instance of the same fleet: the same, delivered in its own way.
func sameAgain(t *rapid.T, all []transition) []transition {
	all = slices.Clone(all)
	if rapid.IntRange(0, 3).Draw(t, "shorter") == 0 {
		all = all[:rapid.IntRange(1, len(all)).Draw(t, "length")]
	}
	for i := range all {
		all[i].Arrivals = anyArrivals(t, all[i].At)
	}
	return all
}

func anyArrivals(t *rapid.T, at time.Duration) (all []time.Duration) {
	for range rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "copies") {
		all = append(all, at+rapid.SampledFrom(delays).Draw(t, "delay"))
	}
	return all
}

func anyTrouble(t *rapid.T, service string) trouble {
	x := trouble{
		Service: service,
		From:    rapid.SampledFrom([]time.Duration{0, time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}).Draw(t, "from"),
	}
	faults := []fault{refuse, hang, lost, late}
	lengths := []time.Duration{time.Second, 40 * time.Second, 10 * time.Minute, 50 * time.Minute, 2 * time.Hour}
	if isSink(service) {
		faults, lengths = append(faults, throttle, moment, permanent), append(lengths, 29*time.Hour)
	}
	x.Fault = rapid.SampledFrom(faults).Draw(t, "fault")
	if x.Fault == lost || x.Fault == late {
		lengths = lengths[:3]
		if service == "queue" {
			lengths = lengths[:2] // Every repeat of a call whose answer is lost is one more that is done.
		}
	}
	x.For = rapid.SampledFrom(lengths).Draw(t, "for")
	return x
}

func isSink(service string) bool { return service == "slack" || service == "sns" }

// String prints the history for a person who has to understand a failure.
func (h history) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "history: seed %d, latency %v, hold %v, limit %d, batch %d, twice %d, lose %d, skew %v, ahead %v, expire %v, silent %v\n",
		h.Seed, h.Latency, h.Hold, h.RateLimit, h.Batch, h.TwiceEvery, h.LoseEvery, h.Skew, h.Ahead, h.Expire, h.SilentRecoveries)
	if len(h.Shared) > 0 {
		fmt.Fprintf(&b, "  %v share their cause\n", h.Shared)
	}
	for _, r := range h.Resources {
		for _, x := range r.Transitions {
			fmt.Fprintf(&b, "  %s at %v: %s %s, delivered at %v\n", r.Name, x.At, x.Status, x.Issue, x.Arrivals)
		}
		if r.Vanishes {
			fmt.Fprintf(&b, "  %s vanishes\n", r.Name)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(h.Routes)) {
		fmt.Fprintf(&b, "  %s goes to %v, from %v on to %v\n", k, h.Routes[k], h.RoutesChange, h.OtherRoutes[k])
	}
	for _, x := range h.Troubles {
		fmt.Fprintf(&b, "  %s %s from %v for %v\n", x.Service, x.Fault, x.From, x.For)
	}
	for _, n := range slices.Sorted(maps.Keys(h.Crashes)) {
		fmt.Fprintf(&b, "  crash %s call %d\n", h.Crashes[n], n)
	}
	for _, n := range slices.Sorted(maps.Keys(h.Blips)) {
		fmt.Fprintf(&b, "  call %d %s\n", n, h.Blips[n])
	}
	return b.String()
}

// faultless reports whether everything works, and every event comes.
func (h history) faultless() bool {
	return len(h.Troubles)+len(h.Crashes)+len(h.Blips)+h.LoseEvery == 0 && h.Expire == 0 && !h.losesEvents()
}

func (h history) losesEvents() bool {
	return slices.ContainsFunc(h.Resources, func(r resource) bool {
		return slices.ContainsFunc(r.Transitions, func(x transition) bool { return len(x.Arrivals) == 0 })
	})
}

// end is when nothing more happens from outside.
func (h history) end() (end time.Duration) {
	for _, x := range h.Troubles {
		end = max(end, x.From+x.For)
	}
	for _, r := range h.Resources {
		for _, x := range r.Transitions {
			end = max(end, x.At)
			for _, at := range x.Arrivals {
				end = max(end, at)
			}
		}
	}
	return max(end, h.Expire, h.RoutesChange)
}

// newest are the transitions that are true in the end: the last one, or several losses of the same moment. Of a loss and a
// recovery of the same moment the loss is.
func (r resource) newest() (all []transition) {
	latest := r.Transitions[len(r.Transitions)-1].At
	for _, x := range r.Transitions {
		if x.At == latest && x.Status == coverage.Unhealthy {
			all = append(all, x)
		}
	}
	if len(all) == 0 {
		all = r.Transitions[len(r.Transitions)-1:]
	}
	return all
}

// lateBy is how late after its error a call may take effect at most: within incident.Fence, clocks and the call's own time
// considered.
const lateBy = incident.Fence - 10*time.Second
