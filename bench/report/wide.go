package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"guardduty-coverage-notifier/pkg/accounts/accountstest"
	"guardduty-coverage-notifier/pkg/aggregator/aggregatortest"
	"guardduty-coverage-notifier/pkg/guardduty/guarddutytest"
)

// aggregator is the name of the organization's.
const aggregator = "organization"

// regionsAtOnce is how many Regions the function reads at a time, as in pkg/guardduty.
const regionsAtOnce = 4

// regions are those of the report.
func (s scenario) regions() []string {
	if !s.wide {
		return []string{region}
	}
	return []string{
		"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
		region, "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
		"us-west-2",
	}
}

// settings are those besides the ones of every report: everything that is read of an organization.
func (s scenario) settings() []string {
	if !s.wide {
		return nil
	}
	return []string{
		"ACCOUNT_DIRECTORY=tags", `ROUTES={"rules": [{"match": {"tag": "env=dev"}, "mute": true}]}`, "INVENTORY=on",
		"CONFIG_AGGREGATOR=" + aggregator,
	}
}

func accountsOfOrganization() []accountstest.Account {
	all := make([]accountstest.Account, accounts)
	for i := range all {
		all[i] = accountstest.Account{
			ID: accountOf(i), Name: fmt.Sprintf("team-%d-prod", i),
			Path: fmt.Sprintf("o-a1b2c3d4e5/r-ab12/ou-ab12-%08d/%s/", i%100, accountOf(i)),
			Tags: map[string]string{"env": "prod", "owner": fmt.Sprintf("team-%d", i), "cost-center": "4711"},
		}
	}
	return all
}

// records are what AWS Config has: the clusters and instances that GuardDuty lists, an instance more in each account and
// Region, and in some one that runs Windows.
func records(resources int, regions []string) []aggregatortest.Resource {
	linux := map[string]string{"configuration.state.name": "running"}
	windows := map[string]string{"configuration.state.name": "running", "configuration.platform": "windows"}
	var all []aggregatortest.Resource
	for _, name := range regions {
		for i := range resources / len(regions) {
			kind := "AWS::EC2::Instance"
			switch i % 10 {
			case 0:
				kind = "AWS::EKS::Cluster"
			case 1:
				kind = "AWS::ECS::Cluster"
			}
			all = append(
				all,
				aggregatortest.Resource{Account: accountOf(i), Region: name, Type: kind, Properties: linux},
			)
		}
		for i := range accounts {
			more := aggregatortest.Resource{
				Account:    accountOf(i),
				Region:     name,
				Type:       "AWS::EC2::Instance",
				Properties: linux,
			}
			all = append(all, more)
			if i%10 == 0 {
				more.Properties = windows
				all = append(all, more)
			}
		}
	}
	return all
}

// atRates is the least that the calls take when AWS answers no faster than it says, or is assumed to. The services are
// asked at the same time, GuardDuty in some Regions at a time.
func atRates(guardduty []guarddutytest.Call, organizations, config map[string]int) time.Duration {
	perSecond := func(calls int, rate float64) time.Duration {
		return time.Duration(float64(calls) / rate * float64(time.Second))
	}
	byRegion := make(map[string]int)
	byOperation := make(map[string]int)
	for _, call := range guardduty {
		byRegion[call.Region]++
		byOperation[call.Operation]++
	}
	fmt.Printf(
		"  calls of GuardDuty: %v; of AWS Organizations: %v; of AWS Config: %v\n",
		byOperation,
		organizations,
		config,
	)
	workers := make([]time.Duration, regionsAtOnce)
	for _, name := range slices.Sorted(maps.Keys(byRegion)) {
		slices.Sort(workers)
		workers[0] += perSecond(byRegion[name], guarddutytest.AssumedRate)
	}
	var accounts, records time.Duration
	for operation, calls := range organizations {
		accounts += perSecond(calls, accountstest.Rates()[operation].PerSecond)
	}
	for _, calls := range config {
		records += perSecond(calls, aggregatortest.AssumedRate)
	}
	return max(slices.Max(workers), accounts, records)
}
