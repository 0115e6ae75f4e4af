package integration

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"guardduty-coverage-notifier/pkg/slack/slacktest"
)

// fromSecret are the settings to post to that Slack with the credential that is kept there.
func fromSecret(slack *slacktest.Server, source string) []string {
	return []string{"SLACK_SECRET=" + source, "SLACK_CHANNEL=" + slack.Channel(), "SLACK_API_URL=" + slack.APIURL()}
}

func (c *cloud) putParameter(name, value string) {
	c.t.Helper()
	_, err := ssm.NewFromConfig(c.aws).PutParameter(c.t.Context(), &ssm.PutParameterInput{
		Name: &name, Value: &value, Type: types.ParameterTypeSecureString, Overwrite: new(true),
	})
	c.check(err)
}

// rotatedParameter has the token change while the function runs.
func rotatedParameter(t *testing.T) {
	c := newCloud(t)
	slack := slacktest.New(t, slacktest.Options{Token: "xoxb-111111111111-before"})
	name := "/" + c.table
	c.putParameter(name, slack.Token()+"\n")
	f := c.start(fromSecret(slack, name)...)
	f.secrets = append(f.secrets, "xoxb-111111111111-before", "xoxb-111111111111-after")
	f.invoke(lost("i-1", disconnected, 0))
	slack.RotateToken("xoxb-111111111111-after", "token_revoked")
	c.putParameter(name, slack.Token())
	f.invoke(lost("i-2", disconnected, 0))
	f.invoke(lost("i-3", disconnected, 0))
	f.expect("notified", "notified", "notified")
	inSlack(t, slack, 3)
	if reads, refusals := c.asked("GetParameter"), slack.Refused("token_revoked"); reads != 2 || refusals != 1 {
		t.Errorf("the parameter was read %d times and the old token used %d times after it was revoked, expected 2 and 1", reads, refusals)
	}
	c.wrote()
}

func rotatedSecret(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	client := secretsmanager.NewFromConfig(c.aws)
	secret, err := client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: &c.table, SecretString: new(slack.WebhookURL()),
	})
	c.check(err)
	f := c.start(fromSecret(slack, *secret.ARN)...)
	f.secrets = append(f.secrets, secretsIn(byWebhook(slack))...)
	f.invoke(lost("i-1", disconnected, 0))
	_, err = client.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: secret.ARN, SecretString: new(slack.RotateWebhook()),
	})
	c.check(err)
	f.secrets = append(f.secrets, secretsIn(byWebhook(slack))...)
	f.invoke(lost("i-2", disconnected, 0))
	f.expect("notified", "notified")
	inSlack(t, slack, 2)
	if reads, refusals := c.asked("GetSecretValue"), slack.Refused("no_service"); reads != 2 || refusals != 1 {
		t.Errorf("the secret was read %d times and the old webhook used %d times after it was gone, expected 2 and 1", reads, refusals)
	}
	c.wrote()
}

// unreadableSecret is put there while the change waits.
func unreadableSecret(t *testing.T) {
	c, slack := newCloud(t), slacktest.New(t, slacktest.Options{})
	name := "/" + c.table
	f := c.start(fromSecret(slack, name)...)
	f.invoke(lost("i-1", disconnected, 0))
	f.expect("waiting")
	if last := f.last(); !strings.Contains(last.Error, name) || !strings.Contains(last.Error, "ParameterNotFound") {
		t.Errorf("the log does not say which parameter is missing: %s", last.raw)
	}
	c.wrote(wakes(30))

	c.putParameter(name, slack.Token())
	second := c.start(fromSecret(slack, name)...)
	second.secrets = append(second.secrets, slack.Token())
	c.bring(second)
	second.expect("notified")
	inSlack(t, slack, 1)
}

func revokedForGood(t *testing.T) {
	c := newCloud(t)
	slack := slacktest.New(t, slacktest.Options{Token: "xoxb-111111111111-before"})
	settings := byBot(slack)
	slack.RotateToken("xoxb-111111111111-after", "token_revoked")
	f := c.start(settings...)
	f.invoke(lost("i-1", disconnected, 0))
	f.expect("gave_up")
	if n := slack.Requests(""); n != 2 {
		t.Errorf("Slack was asked %d times, expected once more after the token was read again", n)
	}
	c.wrote(givenUp("slack"))
	if reasons := c.reasons(); !slices.ContainsFunc(reasons, func(r string) bool { return strings.Contains(r, "token_revoked") }) {
		t.Errorf("given up for %q, expected token_revoked", reasons)
	}
}
