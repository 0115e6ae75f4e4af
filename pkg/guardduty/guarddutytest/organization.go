package guarddutytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Organization is what an account administers in one Region.
type Organization struct {
	Members []Member
	// AutoEnable are the settings by the names of the features, GUARDDUTY for GuardDuty itself; ALL where
	// none is named.
	AutoEnable map[string]string
	// Total is how many accounts the organization has; 0: that is not counted yet.
	Total int
	// ByInvitation has the account administer members of no organization.
	ByInvitation bool
}

// Member is an account that is administered
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Member.html).
type Member struct {
	AccountID string
	// Status is that of the relationship; empty: Enabled.
	Status string
	// Off has Runtime Monitoring turned off, AgentsOff are the settings of it that are off.
	Off       bool
	AgentsOff []string
	// Unprocessed has GuardDuty say nothing about what is on.
	Unprocessed bool
}

// agentSettings are the settings of Runtime Monitoring
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_MemberAdditionalConfigurationResult.html).
var agentSettings = []string{"EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"}

func enabled(on bool) string {
	if on {
		return "ENABLED"
	}
	return "DISABLED"
}

// features are those of an account, one of which the SDK does not know.
func features(off bool, agentsOff []string) []map[string]any {
	var settings []map[string]any
	for _, name := range agentSettings {
		on := !off && !slices.Contains(agentsOff, name)
		settings = append(settings, map[string]any{"name": name, "status": enabled(on), "updatedAt": 1.7e9})
	}
	return []map[string]any{
		{"name": "EKS_AUDIT_LOGS", "status": "ENABLED", "updatedAt": 1.7e9},
		{"name": "A_NEWER_FEATURE", "status": "ENABLED", "updatedAt": 1.7e9},
		{
			"name":                    "RUNTIME_MONITORING",
			"status":                  enabled(!off),
			"updatedAt":               1.7e9,
			"additionalConfiguration": settings,
		},
	}
}

func readMembers(detector string, query url.Values) (request, *Answer) {
	list := request{operation: "ListMembers", detector: detector, size: 50}
	if size := query.Get("maxResults"); size != "" {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 || n > 50 {
			return request{}, invalid("maxResults is not between 1 and 50")
		}
		list.size = n
	}
	if only := query.Get("onlyAssociated"); only != "true" && only != "false" {
		return request{}, invalid("onlyAssociated is " + only)
	}
	if token := query.Get("nextToken"); token != "" {
		first, err := strconv.Atoi(strings.TrimPrefix(token, "from-"))
		if err != nil {
			return request{}, invalid("nextToken is not one of ours")
		}
		list.first = first
	}
	return list, nil
}

func readMemberDetectors(detector string, data []byte) (request, *Answer) {
	var body struct {
		Accounts []string `json:"accountIds"`
	}
	if err := json.Unmarshal(data, &body); err != nil || len(body.Accounts) < 1 || len(body.Accounts) > 50 {
		return request{}, invalid("accountIds are not between 1 and 50")
	}
	return request{
		operation: "GetMemberDetectors",
		detector:  detector,
		accounts:  strings.Join(body.Accounts, " "),
	}, nil
}

// noAdministrator is what others than the organization's administrator are told.
func noAdministrator() *Answer {
	return Refusal(http.StatusBadRequest, "BadRequestException",
		"The request failed because the account is not the delegated administrator of an organization.")
}

func (o *Organization) list(q request, administrator string) *Answer {
	members := []map[string]any{}
	body := map[string]any{}
	if o != nil {
		last := min(len(o.Members), q.first+q.size)
		for _, m := range o.Members[q.first:last] {
			status := m.Status
			if status == "" {
				status = "Enabled"
			}
			members = append(members, map[string]any{
				"accountId": m.AccountID, "masterId": administrator, "administratorId": administrator,
				"relationshipStatus": status, "email": "root@example.com", "updatedAt": "2024-02-01T09:00:00.000Z",
			})
		}
		if last < len(o.Members) {
			body["nextToken"] = fmt.Sprint("from-", last)
		}
	}
	body["members"] = members
	return reply(body)
}

func (o *Organization) describe(q request) *Answer {
	described, unprocessed, known := []map[string]any{}, []map[string]any{}, map[string]Member{}
	if o != nil {
		for _, m := range o.Members {
			known[m.AccountID] = m
		}
	}
	for id := range strings.FieldsSeq(q.accounts) {
		member, ok := known[id]
		if !ok || member.Unprocessed {
			unprocessed = append(
				unprocessed,
				map[string]any{"accountId": id, "result": "The account is not a member."},
			)
			continue
		}
		described = append(
			described,
			map[string]any{"accountId": id, "features": features(member.Off, member.AgentsOff)},
		)
	}
	return reply(map[string]any{"members": described, "unprocessedAccounts": unprocessed})
}

func (o *Organization) settings() *Answer {
	if o == nil || o.ByInvitation {
		return noAdministrator()
	}
	value := func(name string) string {
		if value := o.AutoEnable[name]; value != "" {
			return value
		}
		return "ALL"
	}
	var additional []map[string]any
	for _, name := range agentSettings {
		additional = append(additional, map[string]any{"name": name, "autoEnable": value(name)})
	}
	return reply(map[string]any{
		"memberAccountLimitReached": false, "autoEnable": false, "autoEnableOrganizationMembers": value("GUARDDUTY"),
		"features": []map[string]any{
			{"name": "S3_DATA_EVENTS", "autoEnable": "NONE"},
			{
				"name":                    "RUNTIME_MONITORING",
				"autoEnable":              value("RUNTIME_MONITORING"),
				"additionalConfiguration": additional,
			},
		},
	})
}

func (o *Organization) statistics() *Answer {
	if o == nil || o.ByInvitation {
		return noAdministrator()
	}
	statistics := map[string]any{}
	if o.Total > 0 {
		statistics["totalAccountsCount"] = o.Total
		statistics["memberAccountsCount"] = len(o.Members)
	}
	return reply(map[string]any{"organizationDetails": map[string]any{
		"updatedAt": 1.7e9, "organizationStatistics": statistics,
	}})
}
