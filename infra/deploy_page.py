"""`python -m infra.deploy_page STAGE`: build the page and bring it to the bucket that its stack serves it from.

The stack must have been deployed with ServePage=yes. May be repeated: files of before stay for whoever has them open.
"""

import json
import mimetypes
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.laptop.page import FOREVER
from sandbox.laptop.page_build import PageError, build_page

MADE_AT_ONCE = "no-cache"  # kept, but asked for again each time


def main(stage: str) -> None:
    """Ends with the page's address, or with a sentence about what is missing."""
    import boto3

    from infra.deploy.answers import STAGES, Answers
    from infra.deploy.stack import stack_name

    stack = stack_name(stage)
    region = Answers.read(STAGES / f"{stage}.toml").region or None  # else the profile's
    values = stack_values(boto3.client("cloudformation", region_name=region), stack)
    if "PageBucket" not in values:
        sys.exit(f"The stack {stack} serves no page. Deploy it with ServePage=yes first.")
    try:
        folder = build_page()
    except PageError as error:
        sys.exit(str(error))
    upload(boto3.client("s3", region_name=region), values["PageBucket"], folder, config(values))
    boto3.client("cloudfront").create_invalidation(
        DistributionId=values["PageDistribution"],
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(time.time_ns())},
    )
    print(values["PageUrl"])


def stack_values(cloudformation: Any, stack: str) -> dict[str, str]:
    """The parameters and outputs of a stack by name."""
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    given = {it["ParameterKey"]: it["ParameterValue"] for it in found.get("Parameters", [])}
    return given | {it["OutputKey"]: it["OutputValue"] for it in found.get("Outputs", [])}


def config(values: Mapping[str, str]) -> dict[str, str]:
    """What the page reads at its start: the API is under its own address, so its calls cross no origin."""
    return {
        "api": values["PageUrl"],
        "supabase": values["SupabaseUrl"],
        "publishable_key": values["SupabasePublishableKey"],
    }


def upload(s3: Any, bucket: str, folder: Path, told: Mapping[str, str]) -> None:
    """Files whose names change with their content first, the document that names them last."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    _put(s3, bucket, "config.json", json.dumps(told).encode(), "no-store")
    for name in sorted(names, key=lambda it: it == "index.html"):
        cached = FOREVER if name.startswith("assets/") else MADE_AT_ONCE
        _put(s3, bucket, name, (folder / name).read_bytes(), cached)


def _put(s3: Any, bucket: str, name: str, data: bytes, cached: str) -> None:
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    s3.put_object(Bucket=bucket, Key=name, Body=data, ContentType=content_type, CacheControl=cached)


if __name__ == "__main__":
    main(sys.argv[1])
