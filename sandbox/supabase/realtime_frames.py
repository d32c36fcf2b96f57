"""How Phoenix channels look on the wire, in the two versions that Supabase's clients speak.

1.0.0 is a JSON object, 2.0.0 a JSON array; a broadcast goes to a client of 2.0.0 as bytes, which it expects.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

V1, V2 = "1.0.0", "2.0.0"
NAMES = ("join_ref", "ref", "topic", "event", "payload")
USER_BROADCAST, JSON_PAYLOAD = 4, 1  # kinds of a binary frame, and of what it holds
PUSHED_BROADCAST = 3


class BadFrame(Exception):
    """What a client sent is no frame."""


@dataclass(frozen=True)
class Frame:
    """One message in either direction; a reply repeats the `ref` of its question."""

    topic: str
    event: str
    payload: Mapping[str, Any]
    ref: str | None = None
    join_ref: str | None = None

    def reply(self, status: str, response: Mapping[str, Any]) -> "Frame":
        """The answer to this frame: status ok or error."""
        payload = {"status": status, "response": response}
        return Frame(self.topic, "phx_reply", payload, self.ref, self.join_ref)

    def encoded(self, version: str) -> str:
        fields = [self.join_ref, self.ref, self.topic, self.event, self.payload]
        return json.dumps(fields if version == V2 else dict(zip(NAMES[1:], fields[1:], strict=True)))

    @classmethod
    def decoded(cls, version: str, data: str | bytes) -> "Frame":
        """BadFrame unless it is one of this version; a client's own broadcast comes without its content."""
        if isinstance(data, bytes):
            return _pushed(data)
        try:
            found = json.loads(data)
            join_ref, ref, topic, event, payload = found if version == V2 else map(found.get, NAMES)
            json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair is no text
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise BadFrame from error
        if not (isinstance(topic, str) and isinstance(event, str) and isinstance(payload, dict)):
            raise BadFrame
        return cls(topic, event, payload, ref, join_ref)


@dataclass(frozen=True)
class Broadcast:
    """A message of the database for those who listen to its topic; the payload is JSON text, which stays as it is."""

    id: str
    topic: str
    event: str
    payload: str

    def encoded(self, version: str) -> str | bytes:
        topic, meta = f"realtime:{self.topic}", json.dumps({"id": self.id})
        if version == V2:
            parts = [part.encode() for part in (topic, self.event, meta)]
            sizes = [len(part) for part in parts]
            return bytes([USER_BROADCAST, *sizes, JSON_PAYLOAD]) + b"".join(parts) + self.payload.encode()
        content = f'{{"event":{json.dumps(self.event)},"payload":{self.payload},"type":"broadcast","meta":{meta}}}'
        return f'{{"topic":{json.dumps(topic)},"event":"broadcast","payload":{content},"ref":null}}'

    @property
    def fits(self) -> bool:
        """A frame has one byte for the length of each name."""
        return len(f"realtime:{self.topic}".encode()) < 256 and len(self.event.encode()) < 256


def _pushed(data: bytes) -> Frame:
    kind, join_size, ref_size, topic_size = data[:4] if len(data) > 6 else (0, 0, 0, 0)
    if kind != PUSHED_BROADCAST:
        raise BadFrame
    ref_at, topic_at = 7 + join_size, 7 + join_size + ref_size
    try:
        parts = [
            data[7:ref_at].decode(),
            data[ref_at:topic_at].decode(),
            data[topic_at : topic_at + topic_size].decode(),
        ]
    except UnicodeDecodeError as error:
        raise BadFrame from error
    return Frame(parts[2], "broadcast", {}, parts[1] or None, parts[0] or None)
