package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"guardduty-coverage-notifier/pkg/aggregator"
	"guardduty-coverage-notifier/pkg/coverage"
	"guardduty-coverage-notifier/pkg/inventory"
	"guardduty-coverage-notifier/pkg/organization"
	"guardduty-coverage-notifier/pkg/resources"
)

// checkInventory refuses flags that contradict each other.
func (f reportFlags) checkInventory(saved bool) error {
	name, region, elsewhere := strings.Cut(f.aggregator, "@")
	switch {
	case saved && (f.inventory || f.aggregator != ""):
		return misuse(
			"--inventory and --aggregator ask your account, and --file is without; give one of them",
		)
	case f.inventory && f.aggregator != "":
		return misuse("--inventory counts your account, --aggregator the organization; give one of them")
	case elsewhere && (name == "" || checkRegion(region) != nil):
		return misuse(
			"--aggregator takes a name, or name@region such as organization@eu-central-1, and got %q",
			f.aggregator,
		)
	}
	return nil
}

// listed is states, counted in the listing.
func listed(
	states iter.Seq2[coverage.State, error],
	listing inventory.Listing,
) iter.Seq2[coverage.State, error] {
	return func(yield func(coverage.State, error) bool) {
		for state, err := range states {
			if err == nil {
				listing.Add(state)
			}
			if !yield(state, err) {
				return
			}
		}
	}
}

// existing compares what exists with the listing, if the flags want that.
func (f reportFlags) existing(
	ctx context.Context,
	cloud aws.Config,
	listing inventory.Listing,
	asked []organization.Region,
	regions []string,
) (inventory.Sum, error) {
	if name, region, _ := strings.Cut(f.aggregator, "@"); name != "" {
		cloud.Region = cmp.Or(region, cloud.Region)
		found := aggregator.New(cloud, name).Count(ctx, "", regions)
		return inventory.Add(found, listing, organization.AccountsOf(asked)), nil
	}
	if !f.inventory {
		return inventory.Sum{}, nil
	}
	account, found := identify(ctx, cloud)
	if account == "" {
		return inventory.Sum{}, fmt.Errorf("counting what exists: %w", errors.New(found.detail))
	}
	return inventory.Add(resources.New(cloud).Count(ctx, account, regions), listing, nil), nil
}
