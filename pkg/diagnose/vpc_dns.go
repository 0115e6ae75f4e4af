package diagnose

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// lookAtDNS asks for both attributes without which an endpoint has no private name
// (https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html).
func lookAtDNS(ctx context.Context, s *scene) ([]sight, error) {
	vpc, err := vpcIDOf(ctx, s)
	if err != nil || vpc == "" {
		return nil, err
	}
	var off []string
	for _, name := range []types.VpcAttributeName{types.VpcAttributeNameEnableDnsSupport, types.VpcAttributeNameEnableDnsHostnames} {
		out, err := ask(ctx, s, "ec2:DescribeVpcAttribute", ec2.NewFromConfig, (*ec2.Client).DescribeVpcAttribute,
			&ec2.DescribeVpcAttributeInput{VpcId: &vpc, Attribute: name})
		if isCode(err, "InvalidVpcID.NotFound") {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if isOff(out.EnableDnsSupport) || isOff(out.EnableDnsHostnames) {
			off = append(off, string(name))
		}
	}
	if len(off) > 0 {
		return saw("off", values{"vpc": vpc, "attributes": strings.Join(off, ", ")}), nil
	}
	return saw("on", values{"vpc": vpc}), nil
}

// isOff is false for an attribute that was not asked for.
func isOff(attribute *types.AttributeBooleanValue) bool {
	return attribute != nil && !aws.ToBool(attribute.Value)
}
