package guardduty

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"guardduty-coverage-notifier/pkg/coverage"
)

// ErrNotCoverage says that a file is no saved answer of ListCoverage.
var ErrNotCoverage = errors.New("it is not what aws guardduty list-coverage prints as JSON: an object with a list Resources")

// Saved yields the resources of a saved answer of aws guardduty list-coverage, or of several in a row; both versions of the AWS
// CLI are understood, and the API's own spelling. region is where they are, which the answer does not say; a cluster's ARN in
// it is believed first. The first error is the last of what it yields.
func Saved(r io.Reader, region string) iter.Seq2[coverage.State, error] {
	return func(yield func(coverage.State, error) bool) {
		decoder := json.NewDecoder(r)
		for answers := 0; ; answers++ {
			err := readAnswer(decoder, func(s saved) bool { return yield(s.state(region), nil) })
			switch {
			case err == nil:
			case errors.Is(err, io.EOF) && answers > 0, errors.Is(err, errEnough):
				return
			case errors.Is(err, io.EOF):
				yield(coverage.State{}, ErrNotCoverage)
				return
			default:
				yield(coverage.State{}, err)
				return
			}
		}
	}
}

// errEnough ends reading.
var errEnough = errors.New("enough")

// readAnswer gives every resource of one answer to take, one at a time, until take says that it has enough.
func readAnswer(decoder *json.Decoder, take func(saved) bool) error {
	token, err := decoder.Token()
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if token != json.Delim('{') {
		return ErrNotCoverage
	}
	found := false
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return unreadable(err)
		}
		name, _ := key.(string)
		switch strings.ToLower(name) {
		case "resources":
			found = true
			err = readResources(decoder, take)
		case "nexttoken", "responsemetadata":
			err = skip(decoder)
		default:
			err = ErrNotCoverage
		}
		if err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return unreadable(err)
	}
	if !found {
		return ErrNotCoverage
	}
	return nil
}

func skip(decoder *json.Decoder) error {
	var skipped json.RawMessage
	if err := decoder.Decode(&skipped); err != nil {
		return unreadable(err)
	}
	return nil
}

func readResources(decoder *json.Decoder, take func(saved) bool) error {
	if token, err := decoder.Token(); err != nil {
		return unreadable(err)
	} else if token != json.Delim('[') {
		return ErrNotCoverage
	}
	for n := 1; decoder.More(); n++ {
		var s saved
		err := decoder.Decode(&s)
		if _, other := errors.AsType[*json.UnmarshalTypeError](err); other {
			return fmt.Errorf("resource %d is of another form: %w", n, ErrNotCoverage)
		}
		if err != nil {
			return fmt.Errorf("resource %d: %w", n, unreadable(err))
		}
		if s.CoverageStatus == "" {
			return fmt.Errorf("resource %d has no CoverageStatus: %w", n, ErrNotCoverage)
		}
		if !take(s) {
			return errEnough
		}
	}
	if _, err := decoder.Token(); err != nil {
		return unreadable(err)
	}
	return nil
}

// unreadable makes nothing of where a file is cut off, for there is no answer to end.
func unreadable(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading the saved answer: %w", err)
}

// saved is a resource as the AWS CLI prints it. Its keys are those of the SDK's type, but for the moment.
type saved struct {
	types.CoverageResource
	UpdatedAt moment
}

func (s saved) state(region string) coverage.State {
	s.CoverageResource.UpdatedAt = &s.UpdatedAt.Time
	if d := s.ResourceDetails; d != nil && d.Ec2InstanceDetails != nil {
		if arn := strings.Split(aws.ToString(d.Ec2InstanceDetails.ClusterArn), ":"); len(arn) > 3 && arn[3] != "" {
			region = arn[3]
		}
	}
	return stateOf(s.CoverageResource, region)
}

// moment is a time as version 2 of the AWS CLI writes it, RFC 3339, or as version 1 and the API do: seconds.
type moment struct{ time.Time }

// UnmarshalJSON reads either form.
func (m *moment) UnmarshalJSON(data []byte) error {
	var seconds float64
	if json.Unmarshal(data, &seconds) == nil {
		if seconds > -1e11 && seconds < 1e11 {
			m.Time = time.UnixMilli(int64(seconds * 1e3)).UTC()
		}
		return nil
	}
	return m.Time.UnmarshalJSON(data)
}
