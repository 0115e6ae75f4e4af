package coverage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// text is a JSON string, trimmed, or a number as it is written; anything else is empty.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	*t = text(textIn(data))
	return nil
}

// textIn is text, of valid JSON. What needs no decoding is taken as it stands.
func textIn(data []byte) string {
	switch {
	case isNumber(data):
		return string(data)
	case len(data) < 2 || data[0] != '"':
		return ""
	case utf8.Valid(data) && bytes.IndexByte(data, '\\') < 0:
		return strings.TrimSpace(string(data[1 : len(data)-1]))
	}
	var s string
	if json.Unmarshal(data, &s) != nil {
		return ""
	}
	return strings.TrimSpace(s)
}

// account is an AWS account id; one that came as a number gets its leading zeros back.
type account string

func (a *account) UnmarshalJSON(data []byte) error {
	*a = account(textIn(data))
	if !isNumber(data) {
		return nil
	}
	if n, err := strconv.ParseUint(string(data), 10, 64); err == nil {
		*a = account(fmt.Sprintf("%012d", n))
	}
	return nil
}

// number is a JSON integer or a string of one. It is unset where AWS told none, or a negative one, with
// which it says that it does not know.
type number struct {
	value int
	set   bool
}

func (n *number) UnmarshalJSON(data []byte) error {
	f, ok := float(textIn(data))
	if ok && f >= 0 && f <= math.MaxInt32 && f == math.Trunc(f) {
		n.value, n.set = int(f), true
	}
	return nil
}

func (n number) orUnknown() int {
	if !n.set {
		return Unknown
	}
	return n.value
}

// stamp is a moment: RFC 3339, or an epoch as a number or a string of one, in seconds, milliseconds
// (seen for EC2 and ECS), microseconds (seen for EKS) or nanoseconds, told apart by magnitude. It stays zero for
// what cannot be a moment in the life of GuardDuty.
type stamp struct{ time.Time }

func (s *stamp) UnmarshalJSON(data []byte) error {
	t := textIn(data)
	moment, ok := epoch(t)
	if !ok {
		var err error
		if moment, err = time.Parse(time.RFC3339, t); err != nil {
			return nil
		}
	}
	if year := moment.UTC().Year(); year >= 2000 && year < 2200 {
		s.Time = moment.UTC()
	}
	return nil
}

func epoch(t string) (time.Time, bool) {
	f, ok := float(t)
	switch {
	case !ok || f < 0 || f >= math.MaxInt64:
		return time.Time{}, false
	case f < 1e11:
		return time.UnixMilli(int64(f * 1e3)), true
	case f < 1e14:
		return time.UnixMilli(int64(f)), true
	case f < 1e17:
		return time.UnixMicro(int64(f)), true
	}
	return time.Unix(0, int64(f)), true
}

// float reads a number as JSON writes it.
func float(t string) (float64, bool) {
	if !isNumber([]byte(t)) {
		return 0, false
	}
	f, err := strconv.ParseFloat(t, 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

func isNumber(data []byte) bool {
	return len(data) > 0 && (data[0] == '-' || data[0] >= '0' && data[0] <= '9') && json.Valid(data)
}
