"""Parse invocations of the AWS CLI with the AWS CLI itself: arguments, shorthand and --query, without an account.

Standard input is a JSON list of argument lists; standard output is a JSON list of what is wrong with each, "" for nothing.
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver
from botocore.stub import Stubber

# The skeleton of an answer is made up, and need not keep to the model's lengths: only what is asked is checked.
Stubber._validate_operation_response = lambda self, operation, response: None

# A custom command has no skeleton, nor has one that streams: only their options are compared. --cli-binary-format is of
# version 2 of the AWS CLI.
CUSTOM = {
    ("cloudformation", "deploy"): {
        "--region", "--stack-name", "--template-file", "--capabilities", "--tags", "--parameter-overrides",
        "--no-fail-on-empty-changeset",
    },
    ("eks", "update-kubeconfig"): {"--region", "--name"},
    ("lambda", "invoke"): {"--region", "--function-name", "--invocation-type", "--payload", "--cli-binary-format"},
}


def problem(driver, arguments):
    allowed = CUSTOM.get(tuple(arguments[:2]))
    if allowed is not None:
        unknown = {a for a in arguments if a.startswith("--")} - allowed
        return f"unknown: {sorted(unknown)}" if unknown else ""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = driver.main([*arguments, "--generate-cli-skeleton", "output"])
        except SystemExit as stop:
            code = stop.code
    return "" if code == 0 else f"exit code {code}: {err.getvalue().strip()}"


def main():
    drivers = {}  # A driver answers every operation as it answered the first.
    problems = []
    for arguments in json.load(sys.stdin):
        operation = tuple(arguments[:2])
        if operation not in drivers:
            drivers[operation] = create_clidriver()
        problems.append(problem(drivers[operation], arguments))
    json.dump(problems, sys.stdout)


main()
