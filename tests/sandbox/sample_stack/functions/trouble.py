"""Does what a function should not."""

import base64
import os
import time


def handler(event, context):
    match event["pathParameters"]["kind"]:
        case "die":
            os._exit(3)
        case "raise":
            raise RuntimeError("a secret word")
        case "sleep":
            time.sleep(60)
        case "nap":
            time.sleep(0.5)
        case "empty":
            return {"statusCode": 204, "body": None}
        case "bytes":
            return {"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(bytes(range(256))).decode()}
    return {"pid": os.getpid()}
