"""infra/page.yaml: a bucket that only CloudFront reads, the policy of the page, and what brings its files there."""

import json
import re
from pathlib import Path

import boto3
from contracts.deployment import resources, template
from moto import mock_aws

from infra import deploy_page
from sandbox.aws.environ import local_aws
from sandbox.laptop.page import policy

PAGE = "infra/page.yaml"
SUPABASE = "https://abcd.supabase.co"


def distribution() -> dict:
    return resources("AWS::CloudFront::Distribution", PAGE)["Distribution"]["DistributionConfig"]


def headers() -> dict:
    return resources("AWS::CloudFront::ResponseHeadersPolicy", PAGE)["Headers"]["ResponseHeadersPolicyConfig"]


def test_it_is_there_only_where_it_is_asked_for() -> None:
    assert template()["Parameters"]["ServePage"]["Default"] == "no"
    assert template()["Resources"]["Page"]["Condition"] == "ServesPage"
    outputs = {name: it for name, it in template()["Outputs"].items() if name.startswith("Page")}
    assert {it["Condition"] for it in outputs.values()} == {"ServesPage"}


def test_nobody_but_this_distribution_reads_the_bucket() -> None:
    (bucket,) = resources("AWS::S3::Bucket", PAGE).values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert not {"WebsiteConfiguration", "AccessControl"} & set(bucket)
    (granted,) = resources("AWS::S3::BucketPolicy", PAGE).values()
    allowed, denied = granted["PolicyDocument"]["Statement"]
    assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Action"] == "s3:GetObject"
    assert "${Distribution}" in allowed["Condition"]["StringEquals"]["AWS:SourceArn"]["Sub"]
    files = next(it for it in distribution()["Origins"] if it["Id"] == "files")
    assert files["OriginAccessControlId"] == {"Ref": "AccessToFiles"}


def test_its_policy_is_the_one_that_the_page_is_tested_with() -> None:
    """Nothing inline; the API is beside the page, so that the policy names none."""
    text, named = headers()["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Sub"]
    assert named == {"SupabaseHost": {"Select": [1, {"Split": ["//", {"Ref": "SupabaseUrl"}]}]}}
    sent = text.replace("${SupabaseUrl}", SUPABASE).replace("${SupabaseHost}", SUPABASE.partition("//")[2])
    here = policy("", SUPABASE).replace("  ", " ")
    assert sent.rstrip(";").split("; ") == here.split("; ")
    assert "unsafe" not in sent


def test_it_sends_the_other_headers_that_the_sandbox_sends() -> None:
    security = headers()["SecurityHeadersConfig"]
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    assert security["ContentTypeOptions"]["Override"] is True
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000
    (opener,) = headers()["CustomHeadersConfig"]["Items"]
    assert (opener["Header"], opener["Value"]) == ("Cross-Origin-Opener-Policy", "same-origin")
    assert distribution()["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == {"Ref": "Headers"}


def test_an_error_of_the_api_is_never_turned_into_the_page() -> None:
    """The one document for the page's own addresses is chosen before, by the address alone."""
    assert "CustomErrorResponses" not in distribution()
    code = resources("AWS::CloudFront::Function", PAGE)["OneDocument"]["FunctionCode"]
    assert re.search(r"if \(!event\.request\.uri\.includes\('\.'\)\) event\.request\.uri = '/index\.html';", code)
    (api,) = distribution()["CacheBehaviors"]
    assert "FunctionAssociations" not in api
    assert (api["PathPattern"], api["TargetOriginId"]) == ("/v1/*", "api")
    assert set(api["AllowedMethods"]) >= {"POST", "PATCH", "DELETE"}


def test_nothing_is_served_or_fetched_in_clear() -> None:
    behaviors = [distribution()["DefaultCacheBehavior"], *distribution()["CacheBehaviors"]]
    assert {it["ViewerProtocolPolicy"] for it in behaviors} <= {"redirect-to-https", "https-only"}
    api = next(it for it in distribution()["Origins"] if it["Id"] == "api")
    assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


@mock_aws
def test_its_files_are_brought_with_their_types_and_the_document_last(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for name, text in {"index.html": "<html>", "assets/index-1.js": "run()", "icon.svg": "<svg/>"}.items():
        (tmp_path / name).write_text(text)
    told = deploy_page.config(
        {"PageUrl": "https://d1.cloudfront.net", "SupabaseUrl": SUPABASE, "SupabasePublishableKey": "sb_publishable_1"}
    )
    with local_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="page")
        order: list[str] = []
        s3.meta.events.register("before-parameter-build.s3.PutObject", lambda params, **_: order.append(params["Key"]))
        deploy_page.upload(s3, "page", tmp_path, told)
        kept = {name: s3.get_object(Bucket="page", Key=name) for name in order}
    assert order[-1] == "index.html"
    assert {name: it["CacheControl"].partition(",")[0] for name, it in kept.items()} == {
        "config.json": "no-store", "assets/index-1.js": "public", "icon.svg": "no-cache", "index.html": "no-cache",
    }  # fmt: skip
    assert kept["index.html"]["ContentType"] == "text/html"
    assert "javascript" in kept["assets/index-1.js"]["ContentType"]
    assert json.loads(kept["config.json"]["Body"].read()) == {
        "api": "https://d1.cloudfront.net", "supabase": SUPABASE, "publishable_key": "sb_publishable_1",
    }  # fmt: skip
