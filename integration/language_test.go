package integration

import (
	"strings"
	"testing"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// inJapanese has people notified in Japanese, by events and by the report, and programs in English.
func inJapanese(t *testing.T) {
	const japanese = "MESSAGE_LANGUAGE=ja"
	o := newOffice(t, slacktest.Options{}, covered("i-1", moment(0)), uncovered("i-2", disconnected, moment(0)))
	topic := o.createTopic("japanese")
	inbox := o.subscribe(topic, "")
	events := o.start(append(byBot(o.slack), "SNS_TOPIC_ARN="+topic, japanese)...)

	events.invoke(lost("i-2", disconnected, 0))
	says(t, inSlack(t, o.slack, 1)[0], "カバレッジ異常", "i-2: エージェントの接続が切断",
		"https://docs.aws.amazon.com/ja_jp/guardduty/latest/ug/", "sudo systemctl restart amazon-guardduty-agent")
	received := o.receive(inbox)
	if len(received) != 1 || !strings.Contains(*received[0].Body, `"title":"agent disconnected"`) ||
		strings.ContainsRune(*received[0].Body, 'の') {
		t.Errorf("programs are not notified in English: %v", received)
	}

	o.check(o.reporter(japanese).report(monday))
	says(t, inSlack(t, o.slack, 2)[1], "カバレッジレポート", "カバー率 50.0%", "最初のレポート", "data_table")

	events.invoke(regained("i-2", 25))
	says(t, inSlack(t, o.slack, 3)[0], "カバレッジ回復", "正常に復帰")
	events.expect("notified", "notified")
}
