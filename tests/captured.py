"""Replays exchanges captured from a real server (tests/vectors/storage.json) and compares the answers."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

VECTORS = json.loads((Path(__file__).parent / "vectors" / "storage.json").read_text())
RANDOM = {
    "<uuid>": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "<md5>": r"[0-9a-f]{32}",
    "<token>": r"[\w-]+\.[\w-]+\.[\w-]+",
    "<base64>": r"[\w-]+",
    "<instant>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "<timestamp>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00",
    "<http date>": r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT",
}


class Replay:
    """One session: it remembers the tokens and upload ids that earlier answers gave."""

    def __init__(self, url: str, credentials: Mapping[str, Mapping[str, str]], **known: str) -> None:
        self._url = url
        self._credentials = credentials
        self._known = {"url": url, **known}

    def run(self, exchange: Mapping[str, Any]) -> None:
        """Send the request and assert that the answer is the captured one."""
        answer = httpx.request(**self._request(exchange["as"], **exchange["request"]))
        expected = exchange["response"]
        assert answer.status_code == expected["status"], f"{exchange['name']}: {answer.status_code} {answer.text}"
        if "json" in expected:
            assert_same(expected["json"], answer.json(), exchange["name"])
        if "text" in expected:
            assert answer.text == expected["text"], exchange["name"]
        for header, value in expected.get("headers", {}).items():
            assert_same(self._filled(value), answer.headers.get(header), f"{exchange['name']}: {header}")
        self._remember(expected, answer)

    def _request(self, who: str, method: str, path: str, **parts: Any) -> dict[str, Any]:
        headers = {name: self._filled(value) for name, value in parts.get("headers", {}).items()}
        request = {
            "method": method,
            "url": self._url + self._filled(path),
            "headers": {**self._credentials[who], **headers},
        }
        if form := parts.get("form"):
            file = form["file"]
            return request | {
                "data": form["fields"],
                "files": {"file": (file["name"], file["content"].encode(), file["type"])},
            }
        return request | {key: parts[key] for key in ("json", "content") if key in parts}

    def _filled(self, template: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda name: self._known[name[1]], template)

    def _remember(self, expected: Mapping[str, str], answer: httpx.Response) -> None:
        if name := expected.get("save_token_as"):
            url = answer.json().get("url") or answer.json()["signedURL"]
            self._known[name] = parse_qs(urlsplit(url).query)["token"][0]
        if name := expected.get("save_location_as"):
            self._known[name] = answer.headers["location"].rpartition("/")[2]


def assert_same(expected: Any, actual: Any, where: str) -> None:
    """Equal, down to the order of keys, where <uuid> and its like stand for any value of that shape."""
    if isinstance(expected, dict):
        assert isinstance(actual, dict), where
        assert list(actual) == list(expected), where
        for key, value in expected.items():
            assert_same(value, actual[key], f"{where}: {key}")
    elif isinstance(expected, list):
        assert isinstance(actual, list), where
        assert len(actual) == len(expected), where
        for place, value in enumerate(expected):
            assert_same(value, actual[place], f"{where}: {place}")
    elif isinstance(expected, str) and any(word in expected for word in RANDOM):
        assert re.fullmatch(pattern(expected), str(actual)), f"{where}: {actual} is not like {expected}"
    else:
        assert actual == expected, where


def pattern(template: str) -> str:
    words = re.split("(" + "|".join(map(re.escape, RANDOM)) + ")", template)
    return "".join(RANDOM.get(word, re.escape(word)) for word in words)
