package diagnose

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// endpointServices are what the agent reports to: one in GovCloud is for FIPS, which other Regions have, too
// (https://docs.aws.amazon.com/guardduty/latest/ug/validate-vpc-endpoint-config-runtime-monitoring.html).
func endpointServices(region string) []string {
	service := endpointService(region, "guardduty-data")
	return []string{service, service + "-fips"}
}

func endpointService(region, service string) string { return "com.amazonaws." + region + "." + service }

// endpointIn is the VPC's endpoint for the agent, the best where there are several; nil where there is none.
func endpointIn(ctx context.Context, s *scene, vpc string) (*types.VpcEndpoint, error) {
	out, err := ask(ctx, s, "ec2:DescribeVpcEndpoints", ec2.NewFromConfig, (*ec2.Client).DescribeVpcEndpoints,
		&ec2.DescribeVpcEndpointsInput{Filters: []types.Filter{
			{Name: aws.String("vpc-id"), Values: []string{vpc}},
			{Name: aws.String("service-name"), Values: endpointServices(s.change.Resource.Region)},
		}})
	if err != nil || len(out.VpcEndpoints) == 0 {
		return nil, err
	}
	best := slices.MaxFunc(out.VpcEndpoints, func(a, b types.VpcEndpoint) int { return usefulness(a) - usefulness(b) })
	return &best, nil
}

func usefulness(endpoint types.VpcEndpoint) int {
	useful := 0
	if isAvailable(endpoint) {
		useful += 2
	}
	if aws.ToBool(endpoint.PrivateDnsEnabled) {
		useful++
	}
	return useful
}

// isAvailable knows that EC2 writes states in small letters, though its reference begins them with a capital.
func isAvailable(endpoint types.VpcEndpoint) bool {
	return strings.EqualFold(string(endpoint.State), string(types.StateAvailable))
}

func lookAtEndpoint(ctx context.Context, s *scene) ([]sight, error) {
	id, err := vpcIDOf(ctx, s)
	if err != nil || id == "" {
		return nil, err
	}
	endpoint, err := endpointIn(ctx, s, id)
	if err != nil {
		return nil, err
	}
	if endpoint != nil {
		return judgeEndpoint(*endpoint, id), nil
	}
	vpc, err := vpcOf(ctx, s)
	if err != nil || vpc == nil {
		return nil, err
	}
	r := s.change.Resource
	return judgeNoEndpoint(*vpc, r.Account, endpointService(r.Region, r.AgentService())), nil
}

func judgeEndpoint(endpoint types.VpcEndpoint, vpc string) []sight {
	v := values{"endpoint": aws.ToString(endpoint.VpcEndpointId), "vpc": vpc}
	switch {
	case !isAvailable(endpoint):
		v["state"] = string(endpoint.State)
		return saw("not-available", v)
	case !aws.ToBool(endpoint.PrivateDnsEnabled):
		return saw("no-private-dns", v)
	}
	return saw("available", v)
}

// judgeNoEndpoint knows that the endpoints of a shared VPC are its owner's, and are shown to nobody else
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html).
func judgeNoEndpoint(vpc types.Vpc, account, service string) []sight {
	id, owner := aws.ToString(vpc.VpcId), aws.ToString(vpc.OwnerId)
	if owner != account {
		return saw("owners", values{"vpc": id, "owner": owner})
	}
	return saw("missing", values{"vpc": id, "service": service})
}

func lookAtEndpointAccess(ctx context.Context, s *scene) ([]sight, error) {
	vpc, err := vpcOf(ctx, s)
	if err != nil || vpc == nil {
		return nil, err
	}
	endpoint, err := endpointIn(ctx, s, aws.ToString(vpc.VpcId))
	if err != nil || endpoint == nil || len(endpoint.Groups) == 0 {
		return nil, err
	}
	var ids []string
	for _, group := range endpoint.Groups {
		ids = append(ids, aws.ToString(group.GroupId))
	}
	out, err := ask(ctx, s, "ec2:DescribeSecurityGroups", ec2.NewFromConfig, (*ec2.Client).DescribeSecurityGroups,
		&ec2.DescribeSecurityGroupsInput{GroupIds: ids})
	if err != nil {
		return nil, err
	}
	return judgeEndpointAccess(*endpoint, out.SecurityGroups, *vpc), nil
}

// judgeEndpointAccess says whether the agents of the VPC reach the endpoint. Where the rules let in some of
// the VPC, or members of groups and prefix lists, it says nothing: which instances those are is not known
// here.
func judgeEndpointAccess(endpoint types.VpcEndpoint, groups []types.SecurityGroup, vpc types.Vpc) []sight {
	id := aws.ToString(endpoint.VpcEndpointId)
	var names []string
	var ranges []netip.Prefix
	others := false
	for _, group := range groups {
		names = append(names, aws.ToString(group.GroupId))
		for _, rule := range group.IpPermissions {
			if isForHTTPS(rule) {
				ranges = append(ranges, rangesOf(rule)...)
				others = others || len(rule.UserIdGroupPairs)+len(rule.PrefixListIds) > 0
			}
		}
	}
	covered, touched := 0, others
	blocks := blocksOf(vpc)
	for _, block := range blocks {
		if slices.ContainsFunc(ranges, func(r netip.Prefix) bool { return r.Bits() <= block.Bits() && r.Contains(block.Addr()) }) {
			covered++
		}
		touched = touched || slices.ContainsFunc(ranges, block.Overlaps)
	}
	switch {
	case len(blocks) > 0 && covered == len(blocks):
		return saw("open", values{"endpoint": id})
	case touched:
		return nil
	}
	var all []string
	for _, block := range blocks {
		all = append(all, block.String())
	}
	return saw("closed", values{"endpoint": id, "group": strings.Join(names, ", "), "cidr": strings.Join(all, ", ")})
}

// isForHTTPS reports whether a rule is about TCP port 443. Protocol -1 is any, and has no ports
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html).
func isForHTTPS(rule types.IpPermission) bool {
	const port = 443
	switch aws.ToString(rule.IpProtocol) {
	case "-1":
		return true
	case "tcp", "6":
		return aws.ToInt32(rule.FromPort) <= port && port <= aws.ToInt32(rule.ToPort)
	}
	return false
}

func rangesOf(rule types.IpPermission) []netip.Prefix {
	var ranges []netip.Prefix
	for _, each := range rule.IpRanges {
		if r, err := netip.ParsePrefix(aws.ToString(each.CidrIp)); err == nil {
			ranges = append(ranges, r)
		}
	}
	return ranges
}

// blocksOf are the IPv4 blocks in use in a VPC: the one that it was made with, and those that were added.
func blocksOf(vpc types.Vpc) []netip.Prefix {
	texts := []string{aws.ToString(vpc.CidrBlock)}
	for _, association := range vpc.CidrBlockAssociationSet {
		if state := association.CidrBlockState; state == nil || state.State == types.VpcCidrBlockStateCodeAssociated {
			texts = append(texts, aws.ToString(association.CidrBlock))
		}
	}
	var blocks []netip.Prefix
	for _, text := range texts {
		if block, err := netip.ParsePrefix(text); err == nil && !slices.Contains(blocks, block) {
			blocks = append(blocks, block)
		}
	}
	return blocks
}
