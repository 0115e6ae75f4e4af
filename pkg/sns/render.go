package sns

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"guardduty-coverage-notifier/pkg/message"
)

// What SNS takes (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
const (
	// maxBytes is the size of a message with its attributes.
	maxBytes = 262_144
	// maxSubject is the length of a subject, which has to be "less than 100 characters".
	maxSubject = 99
	// maxSMS is what one SMS holds whatever the network makes of it.
	maxSMS = 140
	// maxUnicodeSMS is what one SMS holds of other letters, in UTF-16 code units.
	maxUnicodeSMS = 70
)

// What this package takes of those limits.
const (
	// maxText leaves more than half of the bytes to the machine form even if every character has to be escaped.
	maxText = 60_000
	// maxAttribute and maxIssues keep attributes small; filter policies compare short values.
	maxAttribute = 256
	maxIssues    = 50
)

// cutMark stands in for message.Words.Cut where that is empty.
const cutMark = "…"

// recordMark stands where a text of the machine form was cut. It is the same whatever language people read.
const recordMark = "… (cut)"

// errTooLarge cannot happen while the last step of every Form bounds each of its parts.
var errTooLarge = errors.New("the message does not fit into SNS's limit even when cut to the bone")

// fit wraps the largest machine form of m that stays within budget bytes when wrapped.
func fit(m message.Message, budget int, wrap func(record string) (string, error)) (string, error) {
	for step := 0; ; step++ {
		form, ok := m.Form.Shorter(step, recordMark)
		if !ok {
			return "", errTooLarge
		}
		text, err := encode(form)
		if err != nil {
			return "", err
		}
		body, err := wrap(text)
		if err != nil {
			return "", err
		}
		if len(body) <= budget {
			return body, nil
		}
	}
}

func itself(record string) (string, error) { return record, nil }

// perProtocol is the body for MessageStructure "json". Protocols that are not named get the default.
func perProtocol(m message.Message, budget int) (string, error) {
	text := clipBytes(plainText(m), maxText, mark(m))
	line := sms(m)
	return fit(m, budget, func(record string) (string, error) {
		return encode(map[string]string{
			"default": text,
			"sms":     line,
			"sqs":     record,
			"lambda":  record,
			"http":    record,
			"https":   record,
		})
	})
}

func plainText(m message.Message) string {
	var b strings.Builder
	// A strings.Builder never fails.
	_ = m.WriteText(&b, message.Plain, message.DefaultWidth)
	return b.String()
}

// headline is the message in one line of at most limit characters of ASCII that GSM networks and mail
// programs of any age show. It keeps the cause: where the resource is gives way first, then its name, and then the end.
func headline(m message.Message, limit int) string {
	line, name := ascii(m.Title), ascii(m.Form.Labels().Name)
	if !isASCII(m.Title) {
		return trimmed(shortenEnd(shortenName(ascii(m.Form.Line()), name, limit), limit))
	}
	if state := ascii(m.State); state != "" {
		line = strings.TrimPrefix(line+" - "+state, " - ")
	}
	line = shortenName(line, name, limit)
	if where := ascii(m.Where); where != "" && len(line)+len(where)+len(" ()") <= limit {
		line += " (" + where + ")"
	}
	return trimmed(shortenEnd(line, limit))
}

// isASCII reports whether the letters of a text are ASCII.
func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) })
}

func shortenEnd(line string, limit int) string {
	if len(line) > limit {
		return line[:limit-3] + "..."
	}
	return line
}

// trimmed begins with a letter or a figure, as a subject has to.
func trimmed(line string) string {
	line = strings.TrimLeftFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if line == "" {
		return "GuardDuty coverage notification"
	}
	return line
}

// sms is the message in one SMS. Letters beyond those of GSM networks halve what it holds
// (https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html).
func sms(m message.Message) string {
	if isASCII(m.Title) {
		return headline(m, maxSMS)
	}
	line := message.CleanLine(m.Title)
	if name := message.CleanLine(m.Form.Labels().Name); units(line) > maxUnicodeSMS && name != "" {
		const recognisable = 12
		line = strings.Replace(line, name, clipRunes(name, recognisable, cutMark), 1)
	}
	if state := message.CleanLine(m.State); units(line+" "+state) <= maxUnicodeSMS {
		line += " " + state
	}
	for units(line) > maxUnicodeSMS {
		line = clipRunes(line, utf8.RuneCountInString(line)-1, cutMark)
	}
	return line
}

// units counts UTF-16 code units, of which an SMS holds 70.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// shortenName takes from the name what the line is too long, as far as the name stays recognisable.
func shortenName(line, name string, limit int) string {
	const recognisable = 12
	over := len(line) - limit
	if over <= 0 || name == "" {
		return line
	}
	keep := max(recognisable, len(name)-over-len("..."))
	if keep+len("...") >= len(name) {
		return line
	}
	return strings.Replace(line, name, name[:keep]+"...", 1)
}

// ascii is s on one line, in characters that are one character in the GSM 03.38 alphabet too.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range message.CleanLine(s) {
		switch r {
		case '‘', '’', '`', '\u00B4':
			b.WriteByte('\'')
		case '“', '”', '„', '«', '»':
			b.WriteByte('"')
		case '‐', '‑', '–', '—', '~', '·':
			b.WriteByte('-')
		case '…':
			b.WriteString("...")
		case '[', '{':
			b.WriteByte('(')
		case ']', '}':
			b.WriteByte(')')
		case '|', '\\':
			b.WriteByte('/')
		case '^':
			b.WriteByte(' ')
		default:
			if r > unicode.MaxASCII {
				r = '?'
			}
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// attributes are what subscribers filter by
// (https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html). SNS refuses an empty
// value, so that what is not known is left out.
func attributes(m message.Message) map[string]types.MessageAttributeValue {
	l := m.Form.Labels()
	attributes := map[string]types.MessageAttributeValue{}
	set := func(name, kind, value string) {
		if value != "" {
			attributes[name] = types.MessageAttributeValue{DataType: &kind, StringValue: &value}
		}
	}
	set("status", "String", attributeValue(l.Status))
	set("kind", "String", attributeValue(l.Kind))
	set("account", "String", attributeValue(l.Account))
	set("region", "String", attributeValue(l.Region))
	set("issue", "String.Array", issueList(l.Issues))
	if l.Actionable != nil {
		set("actionable", "String", strconv.FormatBool(*l.Actionable))
	}
	return attributes
}

func attributeValue(s string) string { return clipBytes(message.CleanLine(s), maxAttribute, "") }

// issueList is a JSON array of ids of findings, each once; "" for none.
func issueList(issues []string) string {
	var ids []string
	for _, issue := range issues {
		id := attributeValue(issue)
		if id != "" && !slices.Contains(ids, id) && len(ids) < maxIssues {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	list, _ := encode(ids) // strings always encode
	return list
}

// attributesSize counts what SNS counts: names, types and values.
func attributesSize(attributes map[string]types.MessageAttributeValue) int {
	size := 0
	for name, value := range attributes {
		size += len(name) + len(*value.DataType) + len(*value.StringValue)
	}
	return size
}

// subjectHash identifies what m is about: its messages stay in order, and in one thread.
func subjectHash(m message.Message) string { return hash(m.Form.Subject()...) }

// messageHash identifies what a message says.
func messageHash(m message.Message) string {
	return hash(append([]string{subjectHash(m)}, m.Form.Event(m.Title)...)...)
}

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// unassigned are two code points that JSON allows and the XML of SNS and SQS does not.
var unassigned = strings.NewReplacer("\ufffe", `\ufffe`, "\uffff", `\uffff`)

// encode is value as JSON, in which <, > and & are left as they are.
func encode[T any](value T) (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return unassigned.Replace(strings.TrimSuffix(b.String(), "\n")), nil
}

func mark(m message.Message) string {
	if m.Words.Cut == "" {
		return cutMark
	}
	return clipRunes(message.CleanLine(m.Words.Cut), 40, "")
}

// clipBytes is s in at most limit bytes, mark included where it was cut.
func clipBytes(s string, limit int, mark string) string {
	if len(s) <= limit {
		return s
	}
	end := max(0, limit-len(mark))
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}

// clipRunes is s in at most limit runes, mark included where it was cut.
func clipRunes(s string, limit int, mark string) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(s)
	return string(runes[:max(0, limit-utf8.RuneCountInString(mark))]) + mark
}
