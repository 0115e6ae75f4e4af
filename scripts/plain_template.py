"""Writes template.yaml as a plain CloudFormation template: python plain_template.py VERSION OUTPUT.

The SAM translator takes the transform out. The code comes from a bucket that parameters name. What is written is
YAML in flow style with one resource a line and without what only people read, because CloudFormation limits the size of a
template.
"""

import json
import os
import pathlib
import re
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # The translator asks boto3 for a Region.

from samcli.yamlhelper import yaml_parse  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402

SHORT = {"Fn::" + name for name in "And Equals GetAtt If Join Not Or Select Split Sub".split()} | {"Ref", "Condition"}
PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_:./-]*[A-Za-z0-9])?")
WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


class NoManagedPolicies:
    """The template has roles of its own, so that the translator looks none up."""

    def load(self):
        raise RuntimeError("the template uses a managed policy")


def add_code(template, version):
    """Has the functions take their code from the bucket that new parameters name."""
    template["Parameters"] |= {
        "CodeBucketPrefix": {
            "Type": "String",
            "AllowedPattern": r"^[a-z0-9][a-z0-9-]{1,45}[a-z0-9]$",
            "ConstraintDescription": "must be the beginning of a bucket's name",
            "Description": "The code is in the bucket of this name, a dash and the Region, as make publish uploads it.",
        },
        "CodePrefix": {
            "Type": "String",
            "Default": f"guardduty-coverage-notifier/{version}/",
            "Description": "What the keys of the code begin with.",
        },
    }
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    interface["ParameterGroups"].insert(
        0, {"Label": {"default": "Code"}, "Parameters": ["CodeBucketPrefix", "CodePrefix"]}
    )
    del interface["ParameterLabels"]  # The descriptions stay; with the labels, too, the template would be too large.
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            del resource["Metadata"]
            archive = name.removesuffix("Function").lower()
            resource["Properties"]["CodeUri"] = {
                "Bucket": {"Fn::Sub": "${CodeBucketPrefix}-${AWS::Region}"},
                "Key": {"Fn::Sub": "${CodePrefix}" + archive + "-${Architecture}.zip"},
            }


def without_ids(value):
    """Takes the Sids out of policies, which nothing needs, to make room."""
    if isinstance(value, dict):
        return {key: without_ids(v) for key, v in value.items() if key != "Sid"}
    if isinstance(value, list):
        return [without_ids(v) for v in value]
    return value


def flow(value):
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key in SHORT and (key != "Condition" or isinstance(inner, str)):
                return f"!{key.removeprefix('Fn::')} {flow('.'.join(inner) if key == 'Fn::GetAtt' else inner)}"
        return "{" + ",".join(f"{flow(key)}: {flow(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(flow, value)) + "]"
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in WORDS:
        return value
    if isinstance(value, str) and value.isprintable() and "'" not in value:
        return f"'{value}'"
    return json.dumps(value)


def plain(version, file="template.yaml"):
    template = yaml_parse(pathlib.Path(file).read_text())
    template["Description"] = template["Description"].replace("notifier:", f"notifier {version}:", 1)
    add_code(template, version)
    template = transform(template, {}, NoManagedPolicies())
    template["Resources"] = without_ids(template["Resources"])
    for resource in template["Resources"].values():
        tags = resource.get("Properties", {}).get("Tags")
        if tags == [{"Key": "lambda:createdBy", "Value": "SAM"}]:
            del resource["Properties"]["Tags"]
    for output in template["Outputs"].values():
        del output["Description"]  # The names say it.
    lines = []
    for section, content in template.items():
        if isinstance(content, dict):
            lines += [f"{section}:", *(f" {flow(name)}: {flow(value)}" for name, value in content.items())]
        else:
            lines.append(f"{section}: {flow(content)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    version, output = sys.argv[1:]
    pathlib.Path(output).write_text(plain(version))
