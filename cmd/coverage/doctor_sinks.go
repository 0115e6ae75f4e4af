package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"guardduty-coverage-notifier/internal/app"
	"guardduty-coverage-notifier/pkg/awserror"
	"guardduty-coverage-notifier/pkg/compose"
	"guardduty-coverage-notifier/pkg/config"
	"guardduty-coverage-notifier/pkg/message"
	"guardduty-coverage-notifier/pkg/notify"
	"guardduty-coverage-notifier/pkg/slack"
)

// destinations checks the rules and everybody whom they and the settings name.
func (d *doctor) destinations(
	ctx context.Context, cfg config.Config, cloud aws.Config, account string, send bool,
) {
	var connected app.Destinations
	d.checkIf(ctx, account != "" || cfg.Routes.Parameter == "", "Routes", func(ctx context.Context) finding {
		var err error
		if connected, err = app.Connect(ctx, cfg, cloud, d.now); err != nil {
			return fails(err.Error(), "Correct the rules; coverage routes shows what they do.")
		}
		return routesFound(cfg.Routes, connected)
	})
	reachable := func(sink notify.Sink) bool {
		return account != "" || strings.HasPrefix(sink.Name(), "slack") && cfg.Slack.SecretSource == ""
	}
	for _, sink := range connected.All() {
		if checked, ok := sink.(*slack.Sink); ok {
			d.checkIf(ctx, reachable(sink), "Slack ("+sink.Name()+")", slackWorks(checked))
		}
	}
	for _, topic := range topicsOf(cfg, connected) {
		d.checkIf(ctx, account != "", "Topic "+topic, topicWorks(cloud, topic))
	}
	if !send {
		return
	}
	test := compose.New(connected.Language, connected.Local()).Test(compose.Test{
		Account: account, Region: cloud.Region, SentAt: d.now(), ByDoctor: true,
	})
	for _, sink := range connected.All() {
		d.checkIf(ctx, reachable(sink), "Test message to "+sink.Name(), sent(sink, test))
	}
}

// sent sends the test message.
func sent(sink notify.Sink, test message.Message) probe {
	return func(ctx context.Context) finding {
		_, err := sink.Send(ctx, test, "")
		_, bySlack := sink.(*slack.Sink)
		switch {
		case err == nil:
			return passes("sent")
		case bySlack:
			return slackFailure(err)
		case isDenied(err):
			return fails("access is denied: "+awserror.Said(err), "Allow sns:Publish on the topic.")
		}
		return fails(awserror.Said(err), "Correct what it names, then run coverage doctor again.")
	}
}

func routesFound(routes config.Routes, connected app.Destinations) finding {
	from := "in ROUTES"
	switch {
	case routes.Parameter != "":
		from = "in the parameter " + routes.Parameter
	case routes.Text == "":
		return passes("none are set; the default applies")
	}
	rules, sinks := counted(len(connected.Table.Rules), "rule"), counted(len(connected.All()), "destination")
	return passes(fmt.Sprintf("%s %s, for %s", rules, from, sinks))
}

// counted is a number with what it counts.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// topicsOf are the topics of the settings and of the rules.
func topicsOf(cfg config.Config, connected app.Destinations) []string {
	var topics []string
	if cfg.SNS.Enabled() {
		topics = append(topics, cfg.SNS.TopicARN)
	}
	for _, target := range connected.Table.Targets() {
		if target.SNS != "" && !slices.Contains(topics, target.SNS) {
			topics = append(topics, target.SNS)
		}
	}
	return topics
}

// slackWorks checks a credential and its channel.
func slackWorks(sink *slack.Sink) probe {
	return func(ctx context.Context) finding {
		access, err := sink.Check(ctx)
		known := fmt.Sprintf("the token is that of %s in %s", access.Bot, access.Workspace)
		switch {
		case err != nil:
			return slackFailure(err)
		case access.Webhook:
			return passes("an incoming webhook; coverage doctor --send shows whether it works")
		case access.Scopes != nil && !slices.Contains(access.Scopes, "chat:write"):
			return fails(known+", and lacks the scope chat:write",
				"Add the scope, install the app again, and store the new token.")
		case access.Channel == "":
			return passes(known + "; it may not look the channel up, " +
				"coverage doctor --send shows whether it may post")
		case access.Archived:
			return fails("the channel #"+access.Channel+" is archived", "Name another channel.")
		case !access.Member:
			return fails("the app is not in #"+access.Channel, "Invite it there: /invite @"+access.Bot)
		}
		return passes(known + ", and may post in #" + access.Channel)
	}
}

// slackFailure is a refusal of Slack's, or why the credential could not be read.
func slackFailure(err error) finding {
	const unreadable = "the credential cannot be read: "
	if refusal, ok := errors.AsType[*slack.Error](err); ok {
		return fails(refusal.Error(), slackRemedy(refusal.Code))
	}
	switch code := codeOf(err); {
	case code == "ParameterNotFound", code == "ResourceNotFoundException":
		return fails(unreadable+code,
			"Create the parameter or secret that SLACK_SECRET names, or correct its name.")
	case isDenied(err):
		return fails(unreadable+awserror.Said(err),
			"Allow ssm:GetParameter or secretsmanager:GetSecretValue on it, and kms:Decrypt on its key.")
	}
	return fails(unreadable+awserror.Said(err), "Correct it, then run coverage doctor again.")
}

// slackRemedy is what to do about a refusal with that code
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors,
// https://docs.slack.dev/reference/methods/auth.test#errors).
func slackRemedy(code string) string {
	switch code {
	case "not_in_channel", "channel_not_found":
		return "Invite the app to the channel, and set SLACK_CHANNEL to the channel's ID, not its name."
	case "missing_scope":
		return "Add the scope chat:write, install the app again, and store the new token."
	case "invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed":
		return "Install the app again, and store its Bot User OAuth Token (xoxb-…)."
	case "no_service", "no_team", "invalid_token":
		return "Create a new incoming webhook, and store its URL."
	case "unusable_credential":
		return "Store a bot token (xoxb-…) or a webhook's URL, alone and as plain text."
	case "":
		return "Check the network, and SLACK_API_URL if it is set."
	}
	return "Look the code up at https://docs.slack.dev/reference/methods/chat.postMessage#errors."
}
