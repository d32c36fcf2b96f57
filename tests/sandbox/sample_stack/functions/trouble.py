"""Does what a function should not."""

import base64
import os
import signal
from pathlib import Path


def handler(event, context):
    match event["pathParameters"]["kind"]:
        case "die":
            os._exit(3)
        case "raise":
            raise RuntimeError("a secret word")
        case "hang":
            signal.pause()
        case "hold":
            Path(event["body"]).read_text()  # of a named pipe: until somebody writes into it
        case "empty":
            return {"statusCode": 204, "body": None}
        case "bytes":
            return {"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(bytes(range(256))).decode()}
    return {"pid": os.getpid()}
