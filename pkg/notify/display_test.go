package notify_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/incident"
	"guardduty-coverage-notifier/pkg/message"
)

// display is a sink, and everything that people read there.
type display struct {
	world    *world
	name     string
	editable bool
	words    []word
	shown    map[string]*shown
}

// word is what a sink was notified of about one resource.
type word struct {
	key       string
	status    coverage.Status
	changedAt time.Time
	issue     string
	// ref is the message that says so; edit is true when it only changed.
	ref  string
	edit bool
	at   time.Duration
	// unknown is true when no record knows of it: it was sent while the table was away.
	unknown bool
}

// shown is a group's message as it stands.
type shown struct{ members, open []string }

func (d *display) Name() string { return d.name }

func (d *display) Send(ctx context.Context, m message.Message, parent string) (ref string, err error) {
	about := d.about(m, parent)
	inv := invocationOf(ctx)
	d.world.mu.Lock()
	for _, key := range about {
		if _, claimed := inv.claimed[key]; !claimed && d.shown[parent] == nil {
			// Sent without memory: it may be a repeat itself, and is sent again with a record.
			d.world.excuses[key+"/"+d.name] += 2
		}
	}
	d.world.mu.Unlock()
	err = d.world.call(ctx, d.name, m.Title+parent+fmt.Sprint(recordOf(m).Group), about, func(inv *invocation) { ref = d.show(inv, m, parent) })
	if err != nil {
		return "", err
	}
	return ref, nil
}

// about are the resources that a message speaks of.
func (d *display) about(m message.Message, parent string) (keys []string) {
	d.world.mu.Lock()
	defer d.world.mu.Unlock()
	if g := d.shown[parent]; g != nil {
		return g.members
	}
	if recordOf(m).Group == nil {
		return []string{keyOf(recordOf(m).Resource.Name)}
	}
	for _, name := range recordOf(m).Group.Names {
		keys = append(keys, keyOf(name))
	}
	return keys
}

// show shows m. Like Slack it changes the parent where there is one, like SNS it cannot.
func (d *display) show(inv *invocation, m message.Message, parent string) string {
	w := d.world
	if m.Update && (!d.editable || parent == "") {
		return ""
	}
	ref := parent
	if ref == "" || !d.editable {
		ref = fmt.Sprint(d.name, " ", w.calls)
	}
	w.notef("%s shows %q as %s (parent %q, update %v)", d.name, m.Title, ref, parent, m.Update)
	switch {
	case d.shown[parent] != nil:
		d.showMembers(inv, parent)
	case recordOf(m).Group == nil:
		d.say(inv, m, keyOf(recordOf(m).Resource.Name), ref)
	default:
		var members []string
		for _, name := range recordOf(m).Group.Names {
			members = append(members, keyOf(name))
			d.say(inv, m, keyOf(name), ref)
		}
		if recordOf(m).Group.Open > 0 && d.editable {
			d.shown[ref] = &shown{members, members}
		}
	}
	if !d.editable {
		return ""
	}
	return ref
}

// showMembers changes a group's message: whoever is not counted any more counts as healthy.
func (d *display) showMembers(inv *invocation, ref string) {
	g := d.shown[ref]
	var open []string
	for _, key := range g.members {
		if slices.Contains(inv.groups[ref], incident.Member(key)) {
			open = append(open, key)
			continue
		}
		if last := d.last(key); last != nil && last.ref == ref && last.status == coverage.Unhealthy {
			d.words = append(d.words, word{key: key, status: coverage.Healthy, ref: ref, edit: true, at: time.Since(d.world.start)})
		}
	}
	g.open = open
}

func (d *display) say(inv *invocation, m message.Message, key, ref string) {
	change, claimed := inv.claimed[key]
	if !claimed {
		change = inv.batch[key][0]
		for _, c := range inv.batch[key] {
			if c.ChangedAt.After(change.ChangedAt) {
				change = c
			}
		}
	}
	issue := ""
	if len(recordOf(m).Findings) > 0 {
		issue = recordOf(m).Findings[0].Text
	}
	if strings.HasPrefix(m.Title, "vpc-1: ") && len(change.Issues) > 0 {
		issue = change.Issues[0] // The message names what all share, whatever GuardDuty says of each.
	}
	d.words = append(d.words, word{
		key: key, status: coverage.Status(recordOf(m).Status), changedAt: change.ChangedAt, issue: issue, ref: ref,
		at: time.Since(d.world.start), unknown: !claimed,
	})
}

// last is what people read last of a resource.
func (d *display) last(key string) *word {
	for i := len(d.words) - 1; i >= 0; i-- {
		if d.words[i].key == key {
			return &d.words[i]
		}
	}
	return nil
}
