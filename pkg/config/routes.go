package config

import "strings"

// Routes are the rules that say who is told of a change, or the place to read them. The zero Routes are none.
type Routes struct {
	// Text is the rules as JSON.
	Text string
	// Parameter is the name or the ARN of the SSM parameter that holds the JSON. At most one of it and Text is set.
	Parameter string
}

// routes tells the rules from the name of a parameter by their first brace. What the rules say is checked by who
// follows them.
func (r *reader) routes() Routes {
	value := r.text("ROUTES")
	switch {
	case value == "":
		return Routes{}
	case strings.HasPrefix(value, "{"):
		return Routes{Text: value}
	case looksLikeCredential(value) || !matches(parameterPattern, value):
		r.problem("ROUTES: neither rules, which are a JSON object, nor the name or ARN of the SSM parameter that holds them")
	}
	return Routes{Parameter: value}
}
