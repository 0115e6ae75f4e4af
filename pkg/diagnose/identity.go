package diagnose

import (
	"cmp"
	"strings"
)

// identity is who made a request
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html).
type identity struct {
	Type, ARN, AccountID, UserName string
	// InvokedBy is the service that made the request for somebody, or by itself.
	InvokedBy      string
	SessionContext struct {
		SessionIssuer struct {
			Type, ARN, UserName string
		}
		SourceIdentity string
	}
	// InvokedByDelegate is the provider of a product that acted with access that was delegated to it.
	InvokedByDelegate struct{ AccountID string }
	OnBehalfOf        struct{ UserID string }
}

// The forms of an actor in evidence.
const (
	byRole          = "role"
	byPermissionSet = "permission-set"
	byUser          = "user"
	byRoot          = "root"
	byFederated     = "federated-user"
	byCenterUser    = "identity-center-user"
	byService       = "service"
	byAccount       = "account"
	byUnknown       = "unknown"
)

// actor is whoever made a request.
type actor struct {
	// by is its form, name and session what it is called; session is whose session of a role it is.
	by, name, session string
	// person says that the name is a person's, or may be.
	person bool
	// through is the service that made the request for the actor.
	through string
	// account is the actor's own, where the request was made in another, and delegate a provider's that acted for it.
	account, delegate string
}

// actorOf reads every form that is documented. What has none of them is unknown.
func actorOf(i identity, account string) actor {
	a := i.form()
	if a.by != byService && isService(i.InvokedBy) {
		a.through = i.InvokedBy
	}
	if a.by != byAccount && i.AccountID != account {
		a.account = i.AccountID
	}
	a.delegate = i.InvokedByDelegate.AccountID
	return a
}

func (i identity) form() actor {
	switch i.Type {
	case "AssumedRole":
		return i.ofRole()
	case "IAMUser":
		return actor{by: byUser, name: i.UserName, person: true}
	case "Root":
		return actor{by: byRoot}
	case "FederatedUser", "SAMLUser", "WebIdentityUser":
		return actor{by: byFederated, name: cmp.Or(i.UserName, lastOf(i.ARN)), person: true}
	case "IdentityCenterUser":
		return actor{by: byCenterUser, name: i.OnBehalfOf.UserID, person: true}
	case "AWSAccount":
		return actor{by: byAccount, name: i.AccountID}
	}
	if isService(i.InvokedBy) {
		return actor{by: byService, name: i.InvokedBy}
	}
	return actor{by: byUnknown}
}

// ofRole tells a role of people from one of a service, whose sessions are the service's own.
func (i identity) ofRole() actor {
	issuer := i.SessionContext.SessionIssuer
	if service := serviceOf(issuer.ARN); service != "" {
		return actor{by: byService, name: service}
	}
	role, session := sessionOf(i.ARN)
	role = cmp.Or(issuer.UserName, role)
	session = cmp.Or(i.SessionContext.SourceIdentity, session)
	if set := permissionSetOf(role); set != "" {
		return actor{by: byPermissionSet, name: set, session: session}
	}
	return actor{by: byRole, name: role, session: session}
}

// role is the ARN of the role that made the request, "" for anybody else. A service's role is nobody's.
func (i identity) role() string {
	if i.Type != "AssumedRole" || serviceOf(i.SessionContext.SessionIssuer.ARN) != "" {
		return ""
	}
	return i.SessionContext.SessionIssuer.ARN
}

// serviceOf is the service of a service-linked role, which is in a path of its own
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html); else "".
func serviceOf(role string) string {
	_, path, ok := strings.Cut(role, ":role/aws-service-role/")
	if !ok {
		return ""
	}
	service, _, _ := strings.Cut(path, "/")
	return service
}

// sessionOf are the parts of arn:aws:sts::111122223333:assumed-role/ROLE/SESSION.
func sessionOf(arn string) (role, session string) {
	_, path, _ := strings.Cut(arn, ":assumed-role/")
	role, session, _ = strings.Cut(path, "/")
	return role, session
}

// permissionSetOf is the permission set of IAM Identity Center that a role AWSReservedSSO_SET_0123456789abcdef stands
// for, "" for another role
// (https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html).
func permissionSetOf(role string) string {
	rest, ok := strings.CutPrefix(role, "AWSReservedSSO_")
	at := strings.LastIndex(rest, "_")
	if !ok || at <= 0 || len(rest)-at-1 != 16 {
		return ""
	}
	return rest[:at]
}

// isService tells a service from what else may have invoked, such as "AWS Internal".
func isService(invokedBy string) bool {
	name, ok := strings.CutSuffix(strings.TrimSuffix(invokedBy, ".cn"), ".amazonaws.com")
	return ok && name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
	})
}

// lastOf is what stands behind the last slash or colon.
func lastOf(arn string) string { return arn[strings.LastIndexAny(arn, "/:")+1:] }
