"""Leaves in the template that sam build wrote the one processor that it built for, so that no other can be deployed."""

import pathlib
import re
import sys

PARAMETER = re.compile(r"^(  Architecture:\n    Type: String\n)    Default: \w+\n    AllowedValues:\n(?:    - \w+\n)+", re.M)


def main(file, architecture):
    path = pathlib.Path(file)
    one = rf"\1    Default: {architecture}\n    AllowedValues:\n    - {architecture}\n"
    text, found = PARAMETER.subn(one, path.read_text())
    if found != 1:
        sys.exit(f"{file}: expected one parameter Architecture, found {found}")
    path.write_text(text)


main(*sys.argv[1:])
