//go:build !race

package notify_test

// histories is how many histories each simulation runs unless -rapid.checks says otherwise.
const histories = "1200"
