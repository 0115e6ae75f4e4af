// Package config turns the environment into settings and names every mistake in it at once.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Config is what the functions are set to.
type Config struct {
	Slack Slack
	SNS   SNS
	// IncidentTable is the DynamoDB table of incidents; empty: they are remembered in memory.
	IncidentTable string
	// WaitingQueue is the URL of the SQS queue of what has to wait; empty: nothing waits.
	WaitingQueue string
	// DeadLetterQueue is the URL of the SQS queue to which goes at once what can never be delivered;
	// empty: the function fails on it, and Lambda and SQS move it after their retries.
	DeadLetterQueue string
	// Hold is how long findings wait that usually heal by themselves, 0 to 15 minutes; it is 0 without
	// a WaitingQueue.
	Hold time.Duration
	// StormLimit is how many messages a minute a sink is sent before changes are told together, 1 to 1000.
	StormLimit int
	// Stack is the name of the CloudFormation stack, under which metrics are written; empty: none are.
	Stack string
	// DiagnoseFunction is the name or ARN of the Lambda function that diagnoses; empty: nothing is diagnosed.
	DiagnoseFunction string
	// Language is the code of the language of messages, as it is set. Which there are is not known here.
	Language string
	// TimeZone is that of times in messages. Slack shows each reader's own.
	TimeZone *time.Location
	Routes   Routes
	// Forwarded are the Regions besides the function's own whose events forwarders bring.
	Forwarded []string
	// Directory is what the report reads of AWS Organizations, for all functions.
	Directory Directory
}

// Directory is what is read of the organization's accounts. The zero Directory is nothing.
type Directory struct {
	// On is for names and organizational units, Tags for the accounts' tags besides.
	On, Tags bool
}

// Slack is where and as whom to post. The zero Slack posts nothing.
type Slack struct {
	// SecretSource is the SSM parameter (name or ARN) or the Secrets Manager secret (ARN) that holds a bot token
	// or a webhook's URL. At most one of it, BotToken and WebhookURL is set.
	SecretSource string
	BotToken     Secret
	WebhookURL   Secret
	// Channel is the id of the channel a bot posts to; always set with a BotToken.
	Channel string
	// APIURL is the base of the Web API, ending in a slash; empty: Slack's own.
	APIURL string
	// BroadcastRecovery shows recoveries in the channel too, not only in the thread.
	BroadcastRecovery bool
}

// Enabled reports whether there is a credential, or a place to read one.
func (s Slack) Enabled() bool {
	return s.SecretSource != "" || !s.BotToken.IsZero() || !s.WebhookURL.IsZero()
}

// SNS is the topic to publish to. The zero SNS publishes nothing.
type SNS struct {
	TopicARN string
	// Format is text, json or amazon-q.
	Format string
}

// Enabled reports whether there is a topic.
func (s SNS) Enabled() bool { return s.TopicARN != "" }

// Diagnosis is what the function that diagnoses is set to. The zero Diagnosis diagnoses the own account's resources.
type Diagnosis struct {
	// RoleName is the IAM role to assume in the account of a resource that is not the function's own; empty: resources
	// of other accounts are not looked at.
	RoleName string
	// ExternalID is what that role's trust policy asks for; empty: nothing.
	ExternalID string
	// Actor is how much is said of whoever requested the change behind a loss: off, role or full.
	Actor string
	// ExpectedActors are the ARNs of roles whose changes are intended: such a loss is posted as information.
	ExpectedActors []string
}

// Load reads the settings; getenv is os.Getenv or stands in for it, and white space around values is
// ignored. Its error is an *Invalid.
func Load(getenv func(string) string) (Config, error) {
	r := &reader{getenv: getenv}
	c := r.config()
	// What the report finds is queued for the function that reads this.
	c.DiagnoseFunction = r.named("DIAGNOSE_FUNCTION", functionPattern, 1, 64, "the name or ARN of a Lambda function")
	if err := r.err(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// LoadDiagnosis reads the settings of the function that diagnoses, as Load does.
func LoadDiagnosis(getenv func(string) string) (Diagnosis, error) {
	r := &reader{getenv: getenv}
	d := r.diagnosis()
	if err := r.err(); err != nil {
		return Diagnosis{}, err
	}
	return d, nil
}

// config reads what every function needs.
func (r *reader) config() Config {
	c := Config{
		Slack:           r.slack(),
		SNS:             r.sns(),
		IncidentTable:   r.named("INCIDENT_TABLE", `[A-Za-z0-9_.-]+`, 3, 255, "the name of a DynamoDB table"),
		WaitingQueue:    r.queue("WAITING_QUEUE_URL"),
		DeadLetterQueue: r.queue("DEAD_LETTER_QUEUE_URL"),
		StormLimit:      r.number("STORM_LIMIT", 20, 1, 1000),
		Stack:           r.named("STACK_NAME", `[A-Za-z][A-Za-z0-9-]*`, 1, 128, "the name of a CloudFormation stack"),
		Language:        cmp.Or(r.text("MESSAGE_LANGUAGE"), "en"),
		TimeZone:        r.zone("TIME_ZONE"),
		Routes:          r.routes(),
		Directory:       r.directory(),
		Forwarded:       r.forwarded("FORWARDED_REGIONS"),
	}
	c.Hold = r.hold()
	if r.text("SNS_TOPIC_ARN") == "" && !r.anySlack() {
		r.problem("no destination: set SLACK_SECRET, or SNS_TOPIC_ARN, or both (for a local run, SLACK_WEBHOOK_URL, or SLACK_BOT_TOKEN with SLACK_CHANNEL)")
	}
	return c
}

// Invalid is the error of settings that are missing, malformed or in conflict with each other.
type Invalid struct {
	// Problems are all that was found. Each names its setting, and shows no credential.
	Problems []error
}

// Error has a line for each problem.
func (i *Invalid) Error() string {
	return fmt.Sprintf("settings to correct: %d\n%v", len(i.Problems), errors.Join(i.Problems...))
}

// Unwrap returns the problems.
func (i *Invalid) Unwrap() []error { return i.Problems }

// TimeZone is the zone of that IANA name; UTC for "". A path, or the machine's own zone, is none.
func TimeZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("%q is not a time zone; give an IANA name such as Europe/Berlin or Asia/Tokyo", name)
	}
	return zone, nil
}

func (r *reader) zone(name string) *time.Location {
	zone, err := TimeZone(r.text(name))
	if err != nil {
		r.problem("%s: %w", name, err)
	}
	return zone
}

// err is everything that is wrong, or nil.
func (r *reader) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	return &Invalid{r.problems}
}

// reader reads settings and collects what is wrong with them.
type reader struct {
	getenv   func(string) string
	problems []error
}

func (r *reader) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf(format, args...))
}

func (r *reader) text(name string) string { return strings.TrimSpace(r.getenv(name)) }

// matching is a setting that has to match the whole pattern, if it is set.
func (r *reader) matching(name, pattern, what string) string {
	return r.named(name, pattern, 0, math.MaxInt, what)
}

// named is matching for what ends in a name of so many characters.
func (r *reader) named(name, pattern string, least, most int, what string) string {
	value := r.text(name)
	if n := nameLength(value); value != "" && (!matches(pattern, value) || n < least || n > most) {
		r.problem("%s: %q is not %s", name, value, what)
	}
	return value
}

// nameLength counts what stands behind the last colon or slash. A pattern that counted so far itself would cost
// each start of the function milliseconds.
func nameLength(value string) int { return len(value) - 1 - strings.LastIndexAny(value, ":/") }

func matches(pattern, value string) bool {
	return regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(value)
}

// oneOf is a setting with a list of values, of which the first is the default.
func (r *reader) oneOf(name string, values ...string) string {
	value := cmp.Or(r.text(name), values[0])
	if !slices.Contains(values, value) {
		r.problem("%s: %q is not one of: %s", name, value, strings.Join(values, ", "))
	}
	return value
}

func (r *reader) number(name string, unset, low, high int) int {
	value := r.text(name)
	if value == "" {
		return unset
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		r.problem("%s: %q is not a whole number from %d to %d", name, value, low, high)
	}
	return n
}

func (r *reader) truth(name string) bool { return r.oneOf(name, "false", "true") == "true" }

const (
	// channelPattern are the ids of Slack's channels, private groups and direct messages.
	channelPattern = `[CGD][A-Z0-9]{2,}`
	topicPattern   = `arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+(\.fifo)?`
	// rolePattern are the ARNs of roles. A comma, which IAM allows in names, would end one of a list.
	rolePattern      = `arn:aws[a-z-]*:iam::[0-9]{12}:role/([!-~]+/)?[A-Za-z0-9_+=.@-]{1,64}`
	functionPattern  = `(arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:)?[A-Za-z0-9_-]+`
	queuePathPattern = `/[0-9]{12}/[A-Za-z0-9_-]+`
	// parameterPattern are the names and ARNs of SSM parameters, with a version or label if need be, and sourcePattern
	// those and the ARNs of secrets.
	parameterPattern = `[A-Za-z0-9_./-]+(:[A-Za-z0-9_.-]+)?` +
		`|arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+(:[A-Za-z0-9_.-]+)?`
	sourcePattern = parameterPattern + `|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+`
	// tokenPrefix begins the tokens of Slack's bots.
	tokenPrefix = "xoxb-"
)

func (r *reader) anySlack() bool {
	return r.text("SLACK_SECRET") != "" || r.text("SLACK_BOT_TOKEN") != "" || r.text("SLACK_WEBHOOK_URL") != ""
}

func (r *reader) slack() Slack {
	s := Slack{
		SecretSource:      r.secretSource(),
		BotToken:          r.botToken(),
		WebhookURL:        r.webhookURL(),
		Channel:           r.matching("SLACK_CHANNEL", channelPattern, "a channel id such as C0123456789 (a channel's name does not do; its id stands at the end of its details in Slack)"),
		APIURL:            r.apiURL(),
		BroadcastRecovery: r.truth("SLACK_BROADCAST_RECOVERY"),
	}
	var credentials []string
	for _, name := range []string{"SLACK_SECRET", "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"} {
		if r.text(name) != "" {
			credentials = append(credentials, name)
		}
	}
	if len(credentials) > 1 {
		r.problem("%s: set only one of them", strings.Join(credentials, ", "))
	}
	if !s.BotToken.IsZero() && s.Channel == "" {
		r.problem("SLACK_CHANNEL: missing, SLACK_BOT_TOKEN needs a channel id such as C0123456789")
	}
	return s
}

// secretSource never shows what was set: people put the credential itself there.
func (r *reader) secretSource() string {
	value := r.text("SLACK_SECRET")
	switch {
	case value == "":
	case looksLikeCredential(value):
		r.problem("SLACK_SECRET: holds a credential itself; it names the SSM parameter, or the Secrets Manager secret by its ARN, that holds it (for a local run, use SLACK_BOT_TOKEN or SLACK_WEBHOOK_URL)")
	case !matches(sourcePattern, value):
		r.problem("SLACK_SECRET: neither the name or ARN of an SSM parameter nor the ARN of a Secrets Manager secret")
	}
	return value
}

func looksLikeCredential(value string) bool {
	return strings.HasPrefix(value, "xox") || strings.Contains(value, "://")
}

func (r *reader) botToken() Secret {
	value := r.text("SLACK_BOT_TOKEN")
	if value != "" && (!strings.HasPrefix(value, tokenPrefix) || strings.ContainsAny(value, " \t\r\n")) {
		r.problem("SLACK_BOT_TOKEN: not a bot token, which begins with %s", tokenPrefix)
	}
	return NewSecret(value)
}

func (r *reader) webhookURL() Secret {
	value := r.text("SLACK_WEBHOOK_URL")
	if value != "" && !safeURL(value) {
		r.problem("SLACK_WEBHOOK_URL: not an https address (http is for this machine only)")
	}
	return NewSecret(value)
}

func (r *reader) apiURL() string {
	value := r.text("SLACK_API_URL")
	if value == "" {
		return ""
	}
	if !safeURL(value) {
		r.problem("SLACK_API_URL: %q is not an https address such as https://slack.com/api/ (http is for this machine only)", value)
	}
	return strings.TrimSuffix(value, "/") + "/"
}

func (r *reader) sns() SNS {
	return SNS{
		TopicARN: r.named("SNS_TOPIC_ARN", topicPattern, 1, 256, "the ARN of a topic such as arn:aws:sns:eu-central-1:111122223333:coverage"),
		Format:   r.oneOf("SNS_FORMAT", "text", "json", "amazon-q"),
	}
}

// diagnosis knows what IAM allows: a role's name has at most 64 characters, an external id 2 to 1224
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
func (r *reader) diagnosis() Diagnosis {
	d := Diagnosis{
		RoleName:   r.named("DIAGNOSIS_ROLE_NAME", `[A-Za-z0-9_+=,.@-]+`, 1, 64, "the name of an IAM role such as coverage-diagnosis, without a path"),
		ExternalID: r.text("DIAGNOSIS_EXTERNAL_ID"),
	}
	d.Actor, d.ExpectedActors = r.actor()
	if n := len(d.ExternalID); n > 0 && (n < 2 || n > 1224 || !matches(`[A-Za-z0-9_+=,.@:/-]+`, d.ExternalID)) {
		r.problem("DIAGNOSIS_EXTERNAL_ID: not 2 to 1224 letters, digits and _+=,.@:/-")
	}
	return d
}

// directory needs the table: the report keeps there what it read.
func (r *reader) directory() Directory {
	d := DirectoryOf(r.oneOf("ACCOUNT_DIRECTORY", "off", directoryNames, directoryTags))
	if d.On && r.text("INCIDENT_TABLE") == "" {
		r.problem("ACCOUNT_DIRECTORY: needs INCIDENT_TABLE, where the report keeps what it read of the accounts")
	}
	return d
}

// DirectoryOf is what a value of ACCOUNT_DIRECTORY stands for; of any other, nothing.
func DirectoryOf(value string) Directory {
	return Directory{On: value == directoryNames || value == directoryTags, Tags: value == directoryTags}
}

// The values of ACCOUNT_DIRECTORY with which something is read.
const (
	directoryNames = "names"
	directoryTags  = "tags"
)

// actor is how much is said of actors, and whose changes are intended.
func (r *reader) actor() (shown string, expected []string) {
	shown = r.oneOf("ACTOR", "role", "off", "full")
	list := r.text("EXPECTED_ACTORS")
	if list == "" {
		return shown, nil
	}
	for arn := range strings.SplitSeq(list, ",") {
		arn = strings.TrimSpace(arn)
		if !matches(rolePattern, arn) {
			r.problem("EXPECTED_ACTORS: %q is not the ARN of a role such as arn:aws:iam::111122223333:role/platform/deploy", arn)
		}
		expected = append(expected, arn)
	}
	if shown == "off" {
		r.problem("EXPECTED_ACTORS: needs ACTOR not to be off")
	}
	return shown, expected
}

// queue is a standard queue's URL: a FIFO queue cannot delay single messages, and what waits or was
// given up needs no order.
func (r *reader) queue(name string) string {
	value := r.text(name)
	if value == "" {
		return ""
	}
	if u, err := url.Parse(value); err != nil || !safeURL(value) || !matches(queuePathPattern, u.Path) || nameLength(u.Path) > 80 {
		r.problem("%s: %q is not the URL of a standard SQS queue such as https://sqs.eu-central-1.amazonaws.com/111122223333/waiting", name, value)
	}
	return value
}

// hold is the longest that SQS delays a message where there is a queue, and nothing where there is none.
func (r *reader) hold() time.Duration {
	const longest = 15
	unset := 0
	if r.text("WAITING_QUEUE_URL") != "" {
		unset = longest
	}
	minutes := r.number("HOLD_MINUTES", unset, 0, longest)
	if minutes > 0 && r.text("WAITING_QUEUE_URL") == "" {
		r.problem("HOLD_MINUTES: nothing can wait without WAITING_QUEUE_URL")
	}
	return time.Duration(minutes) * time.Minute
}

// safeURL reports whether a credential may be sent there: by https, or by http without leaving the machine.
func safeURL(value string) bool {
	u, err := url.Parse(value)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return false
	}
	switch u.Scheme {
	case "https":
		return true
	case "http":
		ip := net.ParseIP(u.Hostname())
		return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	default:
		return false
	}
}
