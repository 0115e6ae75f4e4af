package regions_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"guardduty-coverage-notifier/pkg/regions"
)

// lister asks a server that answers so
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html has the form).
func lister(t *testing.T, status int, body string) *regions.Lister {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, err := io.ReadAll(r.Body)
		if err != nil || !strings.Contains(string(form), "Action=DescribeRegions") ||
			strings.Contains(string(form), "AllRegions") {
			t.Errorf("the request is %q: %v", form, err)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return regions.New(aws.Config{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
}

func TestEnabled(t *testing.T) {
	var items strings.Builder
	for _, item := range []string{"us-east-1 opt-in-not-required", "eu-south-2 not-opted-in", "af-south-1 opted-in"} {
		name, status, _ := strings.Cut(item, " ")
		fmt.Fprintf(
			&items,
			"<item><regionName>%s</regionName><optInStatus>%s</optInStatus></item>",
			name,
			status,
		)
	}
	l := lister(
		t,
		http.StatusOK,
		`<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><regionInfo>`+
			items.String()+`</regionInfo></DescribeRegionsResponse>`,
	)
	got, err := l.Enabled(t.Context())
	if want := []string{"af-south-1", "us-east-1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestDenied(t *testing.T) {
	l := lister(t, http.StatusForbidden, `<Response><Errors><Error><Code>UnauthorizedOperation</Code>`+
		`<Message>You are not authorized to perform this operation.</Message></Error></Errors></Response>`)
	got, err := l.Enabled(t.Context())
	if err == nil || !strings.Contains(err.Error(), "listing the Regions: ") || len(got) > 0 {
		t.Errorf("%q, %v", got, err)
	}
}
