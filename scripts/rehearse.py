"""Publishes a release to moto's S3, and creates its templates on moto's CloudFormation, both at MOTO_URL.

moto does not take AWS::NoValue out of lists: a harmless statement, or the same resource once more, stands in for it.
It does not evaluate Rules either; template/rules_test.go does. LACKING names the types that it does not make.
"""

import hashlib
import io
import os
import pathlib
import tempfile
import zipfile

import boto3
import plain_template
import publish
from samcli.yamlhelper import yaml_parse

REGION, PREFIX, VERSION = "eu-central-1", "example-code", "v1.2.3"
NOTHING = {"Ref": "AWS::NoValue"}
HARMLESS = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
TOPIC = "arn:aws:sns:eu-central-1:111122223333:coverage"
# Types of which moto makes no resources.
LACKING = {
    "AWS::CloudWatch::Alarm",
    "AWS::Events::EventBusPolicy",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
    "AWS::Scheduler::ScheduleGroup",
}
SETTINGS = {
    "sns": {"SnsTopicArn": TOPIC},
    "slack-without-reports": {"SlackSecret": "/coverage/slack", "ReportSchedule": ""},
    "everything": {
        "SlackSecret": "/coverage/slack",
        "SlackChannel": "C0123456789",
        "SnsTopicArn": TOPIC,
        "Diagnosis": "on",
        "DiagnosisRoleName": "guardduty-coverage-diagnosis",
        "AlarmEmail": "me@example.com",
        "ForwardedRegions": "us-east-1",
        "ForwardingOrganizationId": "o-abcdefghij",
        "Architecture": "x86_64",
    },
}


def stubbed(value, key=""):
    """The template for moto; see above."""
    if isinstance(value, dict):
        return {k: stubbed(v, k) for k, v in value.items()}
    if not isinstance(value, list):
        return value
    stubs = {"Statement": HARMLESS, "Roles": {"Ref": "NotifyRole"}}
    return [
        {"Fn::If": [*item["Fn::If"][:2], stubs[key]]}
        if key in stubs and isinstance(item, dict) and item.get("Fn::If", [None])[-1] == NOTHING
        else stubbed(item)
        for item in value
    ]


def release(folder):
    """A release whose programs are empty."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("bootstrap", "")
    files = {f"{f}-{a}.zip": archive.getvalue() for f in ("notify", "report", "diagnose") for a in ("arm64", "x86_64")}
    files["template.yaml"] = plain_template.plain(VERSION).encode()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
    (folder / "SHA256SUMS").write_text("".join(sums))
    return files


def create(cloud, name, template, settings):
    cloud.create_stack(
        StackName=name,
        TemplateBody=template,
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in settings.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    resources = cloud.list_stack_resources(StackName=name)["StackResourceSummaries"]
    cloud.delete_stack(StackName=name)
    return {r["LogicalResourceId"]: r["ResourceType"] for r in resources}


def main():
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": os.environ["MOTO_URL"],
    }
    s3, cloud = boto3.client("s3"), boto3.client("cloudformation")
    s3.create_bucket(Bucket=f"{PREFIX}-{REGION}", CreateBucketConfiguration={"LocationConstraint": REGION})
    with tempfile.TemporaryDirectory() as folder:
        files = release(pathlib.Path(folder))
        publish.main(pathlib.Path(folder), PREFIX, [REGION], False)
    for name, content in files.items():
        key = f"guardduty-coverage-notifier/{VERSION}/{name}"
        if s3.get_object(Bucket=f"{PREFIX}-{REGION}", Key=key)["Body"].read() != content:
            raise SystemExit(f"{key} is not what was published")

    plain = yaml_parse(files["template.yaml"].decode())
    template = plain_template.flow(stubbed(plain))
    made_types = set()
    for name, settings in SETTINGS.items():
        made = create(cloud, name, template, settings | {"CodeBucketPrefix": PREFIX})
        functions = {n for n, kind in made.items() if kind == "AWS::Lambda::Function"}
        wanted = {"NotifyFunction"}
        if settings.get("ReportSchedule") != "":
            wanted.add("ReportFunction")
        if settings.get("Diagnosis") == "on":
            wanted.add("DiagnoseFunction")
        if functions != wanted:
            raise SystemExit(f"{name}: the stack has {sorted(made)}")
        made_types |= set(made.values())
        print(f"{name}: {len(made)} resources of {len(plain['Resources'])}")
    types = {resource["Type"] for resource in plain["Resources"].values()}
    if types - made_types != LACKING:
        raise SystemExit(f"moto makes no {sorted(types - made_types)}; expected is {sorted(LACKING)}")
    member = pathlib.Path("member-role.yaml").read_text()
    if create(cloud, "member", member, {"TrustedAccount": "111122223333"}) != {"DiagnosisRole": "AWS::IAM::Role"}:
        raise SystemExit("member-role.yaml makes something else than its role")


if __name__ == "__main__":
    main()
