package integration

import "testing"

// TestAgainstMoto needs an AWS to talk to.
func TestAgainstMoto(t *testing.T) {
	if motoURL() == "" {
		t.Skip("MOTO_URL is not set: make integration starts moto and runs these tests")
	}
	for name, test := range map[string]func(*testing.T){
		"a duplicate changes nothing":             duplicate,
		"an older change is stale":                reordered,
		"the administrator's copy is a duplicate": administratorsCopy,
		"two processes with the same change":      twoProcesses,
		"a recovery updates and answers":          recovery,
		"a new cause updates and answers":         newCause,
		"a deleted message is replaced":           deletedMessage,
		"a killed process, after Slack took it":   killedAfterSlack,
		"a killed process, before Slack took it":  killedBeforeSlack,
		"wake-ups of nothing":                     unknownWakeUps,
		"wake-ups a thousand times":               duplicatedWakeUps,
		"a group of 500":                          largestGroup,
		"changes of the future":                   fromTheFuture,
		"a clock that is off":                     clockOff,
		"trouble":                                 troubles,
		"500 changes in one batch":                batches,
		"what may recover is held":                held,
		"what recovered while held stays quiet":   recoveredWhileHeld,
		"a rate limit makes a group":              rateLimitMakesGroup,
		"Slack down, then up":                     downThenUp,
		"what fails for long is given up":         patienceEnds,
		"a sink's failure does not cost another":  oneSinkFails,
		"Slack is left alone after a failure":     leftAlone,
		"a refusal is given up and redriven":      redrive,
		"the unreadable is given up":              unreadableIsBuried,
		"the table is away for a moment":          tableAway,
		"the table is away for long":              withoutMemory,
		"the table is missing":                    tableMissing,
		"an item of another version":              foreignItem,
		"the queue is missing":                    queueMissing,
		"the queue is missing for what is held":   queueMissingForHeld,
		"no dead-letter queue":                    deadLetterQueueMissing,
		"SNS through a filter policy":             snsFiltered,
		"SNS, every sample":                       snsEverySample,
		"SNS in every format":                     snsFormats,
		"a missing topic":                         topicMissing,
		"a rotated token in a parameter":          rotatedParameter,
		"a rotated webhook in a secret":           rotatedSecret,
		"a secret that cannot be read":            unreadableSecret,
		"a token that is revoked for good":        revokedForGood,
		"two channels and a topic":                routed,
		"rules and a webhook in parameters":       routedByParameter,
		"rules that are missing":                  routesMissing,
		"what nobody can do anything about":       notActionable,
		"a report is sent once and remembered":    reportOnce,
		"forwarder.yaml is created":               forwarderCreated,
		"heartbeats of three Regions":             heartbeats,
		"a report names a silent Region":          silentRegionInReport,
		"a self-test is remembered nowhere":       selfTestLeavesNothing,
		"a report names what is not watched":      reportOfAnOrganization,
		"names, tags and what exists":             organizationInMoto,
		"two reports at the same time":            reportConflict,
		"a loss without an event is found":        foundLost,
		"a recovery without an event is found":    foundRegained,
		"a resource that is gone is found":        foundGone,
		"a Region that may not be read":           regionDenied,
		"a Slack without native blocks":           reportPlain,
		"a Slack that refuses blocks":             blocksRefused,
		"a report without its table":              reportTableMissing,
		"an instance is looked at":                diagnosedInstance,
		"an EKS cluster is looked at":             diagnosedEKS,
		"an ECS cluster is looked at":             diagnosedECS,
		"another account is looked at":            diagnosedElsewhere,
		"a ledger of several pages":               ledgerPages,
		"a ledger that two write":                 ledgerConflict,
		"everything in Japanese":                  inJapanese,
		"every alarm of our own metrics":          everyAlarm,
		"the command line's doctor":               doctor,
	} {
		t.Run(name, test)
	}
	t.Run("one answer of Slack's", slackAnswers)
	t.Run("a process killed at every call", killedAnywhere)
}
