"""Ids are types, so that a photo's id cannot be handed in where a job's id is meant."""

import re
from typing import NewType

OwnerId = NewType("OwnerId", str)
JobId = NewType("JobId", str)
PhotoId = NewType("PhotoId", str)
ModelId = NewType("ModelId", str)
OrderId = NewType("OrderId", str)
ImageId = NewType("ImageId", str)
DownloadId = NewType("DownloadId", str)
AttemptId = NewType("AttemptId", str)
UploadId = NewType("UploadId", str)
ConsentId = NewType("ConsentId", str)
GarmentId = NewType("GarmentId", str)
LookId = NewType("LookId", str)
LinkId = NewType("LinkId", str)
LookBookId = NewType("LookBookId", str)
ErasureId = NewType("ErasureId", str)
LinkHash = NewType("LinkHash", str)

_CANONICAL_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def parse_id(text: str) -> str:
    """The text itself, or ValueError: only a uuid as Postgres prints it, because ids are compared as text in paths."""
    if not _CANONICAL_UUID.fullmatch(text):
        raise ValueError("This is not an id.")
    return text
