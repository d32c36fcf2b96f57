"""Passes each message on; the ones that say "bad" are reported as failed, one by one."""

import os

import boto3


def handler(event, context):
    sqs = boto3.client("sqs")
    failed = []
    for record in event["Records"]:
        if record["body"] == "bad":
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            sqs.send_message(QueueUrl=os.environ["DONE"], MessageBody=record["body"])
    print("worked on", len(event["Records"]))
    return {"batchItemFailures": failed}
