package integration

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// about are the channel's messages that name the instance, but for answers in threads.
func about(slack *slacktest.Server, instance string) []slacktest.Message {
	named := regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(instance) + `($|[^\w-])`)
	return slices.DeleteFunc(slack.Messages(), func(m slacktest.Message) bool {
		return m.ThreadTS != "" || !named.MatchString(m.Text+string(m.Blocks))
	})
}

// lastWord is the text of the last of them.
func lastWord(slack *slacktest.Server, instance string) string {
	messages := about(slack, instance)
	if len(messages) == 0 {
		return ""
	}
	return messages[len(messages)-1].Text
}

// green fails the test unless the channel's last word on each instance is that it is covered.
func green(t *testing.T, slack *slacktest.Server, instances ...string) {
	requireLastWord(t, slack, "🟢", instances)
}

// red fails the test unless the channel's last word on each instance is that it is not covered.
func red(t *testing.T, slack *slacktest.Server, instances ...string) {
	requireLastWord(t, slack, "🔴", instances)
}

func requireLastWord(t *testing.T, slack *slacktest.Server, symbol string, instances []string) {
	t.Helper()
	for _, instance := range instances {
		if word := lastWord(slack, instance); !strings.HasPrefix(word, symbol) {
			t.Errorf("the last word on %s is not %s: %.200s", instance, symbol, word)
		}
	}
}
