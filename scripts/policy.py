"""Prints a template around an IAM policy, so that cfn-lint checks its actions: python policy.py FILE."""

import json
import pathlib
import sys

POLICY = json.loads(pathlib.Path(sys.argv[1]).read_text())
RESOURCE = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": POLICY}}
print(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Deploy": RESOURCE}}))
