"""Answers what the function saw of a request and of its environment."""

import hashlib
import json
import os
from base64 import b64decode
from uuid import uuid4


def handler(event, context):
    body = event.get("body") or ""
    raw = b64decode(body) if event.get("isBase64Encoded") else body.encode()
    mark = uuid4().hex
    print(json.dumps({"message": "door", "mark": mark, "request_id": context.aws_request_id}))
    seen = {
        "route": event["routeKey"],
        "raw_path": event["rawPath"],
        "query": event["rawQueryString"],
        "parameters": event.get("pathParameters"),
        "cookies": event.get("cookies"),
        "headers": event["headers"],
        "sha256": hashlib.sha256(raw).hexdigest(),
        "mark": mark,
        "environ": dict(os.environ),
        "pid": os.getpid(),
        "name": context.function_name,
    }
    headers = {"content-type": "application/json"}
    return {"statusCode": 200, "headers": headers, "cookies": ["a=1", "b=2"], "body": json.dumps(seen)}
