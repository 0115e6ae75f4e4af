package sns_test

import "guardduty-coverage-notifier/pkg/message"

// recordOf is the machine form of a message about a change.
func recordOf(m message.Message) *message.Record { return m.Form.(*message.Record) }

// reportOf is the machine form of a report.
func reportOf(m message.Message) *message.Report { return m.Form.(*message.Report) }
