"""Answers what the function saw of a request, of its environment and of its layers."""

import hashlib
import json
import os
import sys
from base64 import b64decode
from pathlib import Path
from uuid import uuid4

import greeting  # of the first layer
import words  # of the second


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
        "sha256": hashlib.sha256(raw).hexdigest(),
        "mark": mark,
        "greeting": greeting.WORD,
        "words": words.both(),
        "python": list(sys.version_info[:2]),
        "layer_python": Path(greeting.__file__).with_name("python_version").read_text().strip(),
        "environ": dict(os.environ),
    }
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(seen)}
