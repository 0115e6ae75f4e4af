package diagnose

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
)

// record is what is read of a CloudTrail record. The caller's address and program are not: nobody is told of them
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
type record struct {
	EventID, EventName, EventSource, AWSRegion string
	RecipientAccountID                         string
	EventTime                                  time.Time
	// ReadOnly is a boolean that some records have as a text.
	ReadOnly                json.RawMessage
	ErrorCode, ErrorMessage string
	UserIdentity            identity
	// The parameters have a form for each operation, often more than one.
	RequestParameters, ResponseElements, ServiceEventDetails json.RawMessage
}

// recordMost is the longest record that is read: its two lists of parameters are cut at 100 KB each.
const recordMost = 256 << 10

// readRecord reports false for what is no record.
func readRecord(text string) (record, bool) {
	if len(text) > recordMost {
		return record{}, false
	}
	var r record
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return record{}, false
	}
	return r, r.EventName != "" && !r.EventTime.IsZero()
}

// isOf reports whether the record is one of that place, as far as it says.
func (r record) isOf(at place) bool {
	return (r.RecipientAccountID == "" || r.RecipientAccountID == at.account) && (r.AWSRegion == "" || r.AWSRegion == at.region)
}

// isDone reports whether the request changed something. AWS records refused requests, too, and some services answer
// without an error to what they refused in part: see names.
func (r record) isDone() bool {
	if r.ErrorCode != "" || r.ErrorMessage != "" || slices.Contains([]string{"true", `"true"`}, string(r.ReadOnly)) {
		return false
	}
	for v := range parameters(r.ResponseElements) {
		switch v.key() {
		case "errorCode", "errorMessage":
			if len(v.path) == 1 && v.text != "" {
				return false
			}
		case "_return", "return":
			if v.text == "false" {
				return false
			}
		}
	}
	return true
}

// partial are the parts of answers that list what was not done
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html,
// https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateMemberDetectors.html,
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html).
func partial() []string {
	return []string{"unsuccessful", "unprocessedAccounts", "unknownIpPermissionSet", "failures"}
}

// names reports whether the record is about that id and was done to it: an id is unique, wherever it stands.
func (r record) names(id string) bool {
	found := false
	for _, part := range []json.RawMessage{r.RequestParameters, r.ResponseElements, r.ServiceEventDetails} {
		for v := range parameters(part) {
			switch {
			case v.text != id:
			case v.isIn(partial()...):
				return false
			default:
				found = true
			}
		}
	}
	return found && id != ""
}

// asks reports whether the request has one of these values under one of these keys, in whatever letters: newer operations
// of EC2 begin theirs with a capital. A name is not unique, so that where it stands matters.
func (r record) asks(keys []string, values ...string) bool {
	for v := range parameters(r.RequestParameters) {
		named := slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(key, v.key()) })
		if named && v.text != "" && slices.Contains(values, v.text) {
			return true
		}
	}
	return false
}

// answersTo are the values under that name in the answer.
func (r record) answersTo(key string) []string {
	var all []string
	for v := range parameters(r.ResponseElements) {
		if strings.EqualFold(v.key(), key) && v.text != "" {
			all = append(all, v.text)
		}
	}
	return all
}

// answers reports whether a value under that name in the answer ends so.
func (r record) answers(key, end string) bool {
	return slices.ContainsFunc(r.answersTo(key), func(value string) bool { return strings.HasSuffix(value, end) })
}

// excludes reports whether the request sets the tag that excludes a resource. EC2 and ECS list tags as pairs, EKS as an
// object.
func (r record) excludes() bool {
	key := false
	for v := range parameters(r.RequestParameters) {
		switch {
		case v.key() == managed && v.text == "false":
			return true
		case strings.EqualFold(v.key(), "key"):
			key = v.text == managed
		case strings.EqualFold(v.key(), "value") && key && v.text == "false":
			return true
		}
	}
	return false
}

// parameter is one value of a record's parameters.
type parameter struct {
	// path are the names of the objects that it is in, its own last.
	path []string
	text string
}

func (p parameter) key() string {
	if len(p.path) == 0 {
		return ""
	}
	return p.path[len(p.path)-1]
}

func (p parameter) isIn(keys ...string) bool {
	return slices.ContainsFunc(p.path, func(key string) bool { return slices.Contains(keys, key) })
}

// parameters are all values in their order, texts without percent encoding, which services with a path have
// (arn%3Aaws%3Aeks).
func parameters(raw json.RawMessage) func(yield func(parameter) bool) {
	return func(yield func(parameter) bool) { walk(raw, nil, yield) }
}

// depthMost bounds what hostile parameters may cost.
const depthMost = 32

// walk reports false when yield wants no more.
func walk(raw json.RawMessage, path []string, yield func(parameter) bool) bool {
	if len(raw) == 0 || len(path) > depthMost {
		return true
	}
	switch raw[0] {
	case '{':
		return walkObject(raw, path, yield)
	case '[':
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return true
		}
		for _, item := range items {
			if !walk(item, path, yield) {
				return false
			}
		}
		return true
	}
	return yield(parameter{path, textOf(raw)})
}

func walkObject(raw json.RawMessage, path []string, yield func(parameter) bool) bool {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	if _, err := decoder.Token(); err != nil {
		return true
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return true
		}
		name, _ := key.(string)
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return true
		}
		if !walk(value, append(slices.Clone(path), name), yield) {
			return false
		}
	}
	return true
}

// textOf is a value as text: what it says, for a text.
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return string(raw)
	}
	if strings.Contains(text, "%") {
		if decoded, err := url.PathUnescape(text); err == nil {
			return decoded
		}
	}
	return text
}
