"""Uploads dist/release to buckets of the user's own: python publish.py BUCKET_PREFIX "REGION ..." [--dry-run]."""

import hashlib
import pathlib
import re
import sys

import boto3


def checked(folder):
    """The files that SHA256SUMS lists, with their contents, and SHA256SUMS."""
    sums = folder / "SHA256SUMS"
    if not sums.exists():
        sys.exit(f"{folder} holds no release: run make release VERSION=1.2.3 first")
    files = {"SHA256SUMS": sums.read_bytes()}
    for line in sums.read_text().splitlines():
        wanted, name = line.split("  ")
        files[name] = (folder / name).read_bytes()
        if hashlib.sha256(files[name]).hexdigest() != wanted:
            sys.exit(f"{folder / name} is not what SHA256SUMS says: run make release again")
    return files


def code_prefix(template):
    """What the keys of the code begin with, as the template has it."""
    found = re.search(r"^ CodePrefix: .*?Default: '?([^',]+/)", template.decode(), re.M)
    if not found:
        sys.exit("template.yaml has no CodePrefix: run make release again")
    return found[1]


def main(folder, prefix, regions, dry_run):
    if not prefix or not regions:
        sys.exit("which buckets? For example: make publish BUCKET_PREFIX=example-code REGIONS='eu-central-1 us-east-1'")
    files = checked(folder)
    keys = code_prefix(files["template.yaml"])
    for region in regions:
        bucket = f"{prefix}-{region}"
        for name, content in files.items():
            print(f"{'would upload' if dry_run else 'upload'} s3://{bucket}/{keys}{name}")
            if not dry_run:
                boto3.client("s3", region_name=region).put_object(Bucket=bucket, Key=keys + name, Body=content)
    print(f"Deploy template.yaml with CodeBucketPrefix={prefix}")


if __name__ == "__main__":
    asked = [argument for argument in sys.argv[1:] if argument != "--dry-run"]
    main(pathlib.Path("dist/release"), asked[0], asked[1].split(), "--dry-run" in sys.argv)
