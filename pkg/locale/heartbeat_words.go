package locale

// HeartbeatWords are the sentences and labels of test messages, and of reports about events that do not arrive.
type HeartbeatWords struct {
	// TestTitle says that the message is a test. Doctor and SelfTest say who sent it; {region} is where.
	TestTitle, Doctor, SelfTest string
	// Labels of what a test message states.
	Account, Region, Sent, ID string

	// Missing says from which {regions} no heartbeat arrives. Heading heads the section about them, Text and Step
	// say what follows and what to do.
	Missing, Heading, Text, Step string
	// Last says of one {region} at what {time} a heartbeat last arrived, Never that none has.
	Last, Never string

	// EventlessOne and Eventless count {n} accounts of which reports alone find changes. EventlessHeading heads the
	// section about them, EventlessText and EventlessStep say what follows and what to do.
	EventlessOne, Eventless, EventlessHeading, EventlessText, EventlessStep string
}
