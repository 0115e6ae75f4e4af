package format

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"guardduty-coverage-notifier/pkg/coverage"
)

// DiagnosisVersion is that of what the notifier and the diagnose function say to each other. While a stack is
// updated, either may be the newer one.
const DiagnosisVersion = 1

// DiagnosisRequest asks for the causes of losses.
type DiagnosisRequest struct {
	// AnswerBy is when the answer is too late. It is a moment, not a duration, so that a slow start of the
	// function counts.
	AnswerBy   time.Time
	Candidates []coverage.Candidate
}

type (
	sentRequest struct {
		Version    int             `json:"version"`
		AnswerBy   time.Time       `json:"answerBy"`
		Candidates []sentCandidate `json:"candidates"`
	}
	sentCandidate struct {
		Change   storedChange `json:"change"`
		Findings []string     `json:"findings,omitempty"`
	}
	sentAnswer struct {
		Version  int                `json:"version"`
		Evidence [][]storedEvidence `json:"evidence"`
	}
)

// MarshalDiagnosisRequest is the form in which a request is sent.
func MarshalDiagnosisRequest(r DiagnosisRequest) ([]byte, error) {
	s := sentRequest{Version: DiagnosisVersion, AnswerBy: r.AnswerBy}
	for _, c := range r.Candidates {
		s.Candidates = append(s.Candidates, sentCandidate{storeChange(c.Change), c.Findings})
	}
	return json.Marshal(s)
}

// UnmarshalDiagnosisRequest reads what MarshalDiagnosisRequest wrote. The error of a request that a later
// version wrote is ErrNewer.
func UnmarshalDiagnosisRequest(data []byte) (DiagnosisRequest, error) {
	s, err := read[sentRequest](data, DiagnosisVersion)
	if err != nil {
		return DiagnosisRequest{}, err
	}
	if s.AnswerBy.IsZero() {
		return DiagnosisRequest{}, errors.New("the document has no answerBy")
	}
	r := DiagnosisRequest{AnswerBy: s.AnswerBy}
	for _, c := range s.Candidates {
		r.Candidates = append(r.Candidates, coverage.Candidate{Change: c.Change.change(), Findings: c.Findings})
	}
	return r, nil
}

// MarshalDiagnosis is the form in which the evidence about each candidate, in their order, is sent.
func MarshalDiagnosis(found [][]coverage.Evidence) ([]byte, error) {
	s := sentAnswer{Version: DiagnosisVersion, Evidence: make([][]storedEvidence, len(found))}
	for i, evidence := range found {
		s.Evidence[i] = storeEvidence(coverage.ClipEvidence(evidence))
	}
	return json.Marshal(s)
}

// UnmarshalDiagnosis reads the answer about so many candidates that MarshalDiagnosis wrote. The error of an
// answer that a later version wrote is ErrNewer.
func UnmarshalDiagnosis(data []byte, candidates int) ([][]coverage.Evidence, error) {
	s, err := read[sentAnswer](data, DiagnosisVersion)
	if err != nil {
		return nil, err
	}
	if len(s.Evidence) != candidates {
		return nil, fmt.Errorf("the answer is about %d changes, expected %d", len(s.Evidence), candidates)
	}
	found := make([][]coverage.Evidence, candidates)
	for i, evidence := range s.Evidence {
		found[i] = evidenceOf(evidence)
	}
	return found, nil
}
