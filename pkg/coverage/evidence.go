package coverage

// Evidence is what one look at the live resource, or at what it depends on, found.
type Evidence struct {
	// Check is what was looked at and Found what it was like: together they are an entry of the catalogue's table of
	// evidence, which knows what it means.
	Check, Found string
	// Values fill the placeholders of the entry's sentence. They come from AWS and are as hostile as an event's text.
	Values map[string]string
}
