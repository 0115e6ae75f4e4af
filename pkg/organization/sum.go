package organization

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Named is how many accounts are named for one gap; the rest are counted.
const Named = 50

// Sum is what is not watched in all Regions of a report together. The zero Sum says that nobody asked.
type Sum struct {
	// Accounts is how many accounts there are, NotWatched of how many GuardDuty sees nothing at run time, in
	// at least one Region of the report.
	Accounts, NotWatched int
	// Regions is how many were asked about.
	Regions int
	// ByAccount are the gaps of accounts, ByRegion those of whole Regions, the gravest first.
	ByAccount []Accounts
	ByRegion  []Place
}

// Accounts are those with one gap.
type Accounts struct {
	Gap Gap
	// Total counts them. Named are the first of them by their IDs, at most 50.
	Total int
	Named []Missing
}

// Missing is an account with a gap in some Regions, sorted.
type Missing struct {
	Account, Detail string
	Regions         []string
}

// Place is a gap of whole Regions, sorted.
type Place struct {
	Gap     Gap
	Detail  string
	Regions []string
}

// order is that of the gaps, the gravest first.
var order = []Gap{
	RegionsUnknown, GuardDutyOff, NoAdministrator, MembersDenied, MembersFailed,
	NotMember, NotEnabled, Suspended, MonitoringOff, Unknown, AgentsUnmanaged, NotAutoEnabled, NotReported,
	AccountsUnknown, NoSuchUnit,
}

// Watched reports whether nothing is known that GuardDuty does not see. What is not switched on for new
// accounts, and Regions that the report leaves out on purpose, do not count here.
func (s Sum) Watched() bool {
	grave := func(p Place) bool { return p.Gap != NotAutoEnabled && p.Gap != NotReported }
	return s.NotWatched == 0 && !slices.ContainsFunc(s.ByRegion, grave)
}

// Empty reports whether there is no gap at all.
func (s Sum) Empty() bool { return len(s.ByAccount) == 0 && len(s.ByRegion) == 0 }

// Note adds a gap that is about no Region, but about what the report knows.
func (s *Sum) Note(gap Gap, detail string) {
	s.ByRegion = append(s.ByRegion, Place{Gap: gap, Detail: detail})
	s.sort()
}

// Enabled are all Regions that an account has enabled, or why that is not known. The zero value says that
// nobody asked.
type Enabled struct {
	Regions []string
	Unknown error
}

// Add sums up the Regions that a report asked about.
func Add(regions []Region, enabled Enabled) Sum {
	s := adder{
		byAccount: map[Gap]map[string]Missing{},
		byRegion:  map[placeKey][]string{},
		known:     map[string]bool{},
	}
	administers := slices.ContainsFunc(regions, func(r Region) bool { return r.State == Administers })
	for _, r := range regions {
		for _, account := range r.Accounts {
			s.known[account.ID] = true
		}
	}
	for _, r := range regions {
		s.region(r, administers)
	}
	s.left(regions, enabled)
	return s.result(regions)
}

// adder is a Sum in the making.
type adder struct {
	byAccount map[Gap]map[string]Missing
	byRegion  map[placeKey][]string
	known     map[string]bool
}

type placeKey struct {
	gap    Gap
	detail string
}

// region adds one Region. Of an account that administers nothing anywhere, nobody expects an administrator.
func (s *adder) region(r Region, administers bool) {
	switch r.State {
	case Off:
		s.place(GuardDutyOff, "", r.Name)
		return
	case Denied:
		s.place(MembersDenied, r.Detail, r.Name)
	case Failed:
		s.place(MembersFailed, r.Detail, r.Name)
	case Alone:
		if administers {
			s.place(NoAdministrator, "", r.Name)
		}
	case Administers:
		s.absent(r)
		s.settings(r)
	}
	for _, account := range r.Accounts {
		if account.Gap != "" {
			s.account(account.Gap, account.ID, account.Detail, r.Name)
		}
	}
}

// absent adds the accounts that are members elsewhere.
func (s *adder) absent(r Region) {
	here := make(map[string]bool, len(r.Accounts))
	for _, account := range r.Accounts {
		here[account.ID] = true
	}
	for id := range s.known {
		if !here[id] {
			s.account(NotMember, id, "", r.Name)
		}
	}
}

// settings adds what is not switched on for all accounts.
func (s *adder) settings(r Region) {
	var not []string
	for _, setting := range r.AutoEnable {
		if setting.Value != all {
			not = append(not, setting.Name+" "+setting.Value)
		}
	}
	if len(not) > 0 {
		slices.Sort(not)
		s.place(NotAutoEnabled, strings.Join(not, ", "), r.Name)
	}
}

// left adds the Regions that the report leaves out.
func (s *adder) left(regions []Region, enabled Enabled) {
	if enabled.Unknown != nil {
		s.byRegion[placeKey{RegionsUnknown, enabled.Unknown.Error()}] = nil
	}
	for _, name := range enabled.Regions {
		if !slices.ContainsFunc(regions, func(r Region) bool { return r.Name == name }) {
			s.place(NotReported, "", name)
		}
	}
}

func (s *adder) account(gap Gap, id, detail, region string) {
	if s.byAccount[gap] == nil {
		s.byAccount[gap] = make(map[string]Missing)
	}
	missing := s.byAccount[gap][id]
	missing.Account = id
	if missing.Detail == "" {
		missing.Detail = detail
	}
	missing.Regions = append(missing.Regions, region)
	s.byAccount[gap][id] = missing
}

func (s *adder) place(gap Gap, detail, region string) {
	key := placeKey{gap, detail}
	s.byRegion[key] = append(s.byRegion[key], region)
}

// result sorts what was added, and counts.
func (s *adder) result(regions []Region) Sum {
	result := Sum{Accounts: len(s.known), Regions: len(regions)}
	unwatched := make(map[string]bool)
	for gap, accounts := range s.byAccount {
		named := slices.SortedFunc(
			maps.Values(accounts),
			func(a, b Missing) int { return cmp.Compare(a.Account, b.Account) },
		)
		for _, missing := range named {
			slices.Sort(missing.Regions)
			if gap.unwatched() {
				unwatched[missing.Account] = true
			}
		}
		result.ByAccount = append(result.ByAccount, Accounts{gap, len(named), named[:min(len(named), Named)]})
	}
	for key, names := range s.byRegion {
		slices.Sort(names)
		result.ByRegion = append(result.ByRegion, Place{key.gap, key.detail, names})
	}
	result.NotWatched = len(unwatched)
	result.strangers(unlisted(regions, len(s.known)))
	result.sort()
	return result
}

// sort puts the gravest gaps first.
func (s *Sum) sort() {
	slices.SortFunc(s.ByAccount, func(a, b Accounts) int { return byGravity(a.Gap, b.Gap) })
	slices.SortFunc(s.ByRegion, func(a, b Place) int {
		return cmp.Or(byGravity(a.Gap, b.Gap), cmp.Compare(a.Detail, b.Detail))
	})
}

func byGravity(a, b Gap) int { return cmp.Compare(slices.Index(order, a), slices.Index(order, b)) }

// unlisted is how many accounts GuardDuty counts in the organization beyond those that it lists.
func unlisted(regions []Region, known int) int {
	most := 0
	for _, r := range regions {
		most = max(most, r.Total)
	}
	return max(0, most-known)
}

// strangers adds accounts of which only the number is known.
func (s *Sum) strangers(n int) {
	if n == 0 {
		return
	}
	s.Accounts += n
	s.NotWatched += n
	at := slices.IndexFunc(s.ByAccount, func(a Accounts) bool { return a.Gap == NotMember })
	if at < 0 {
		s.ByAccount = append(s.ByAccount, Accounts{Gap: NotMember})
		at = len(s.ByAccount) - 1
	}
	s.ByAccount[at].Total += n
}
