"""The demo's last order: three sample garments, kept as a look, on the best picture, and what the checks say of it."""

from collections.abc import Callable
from typing import Any, Protocol

import httpx

from sandbox import ROOT

GARMENTS = ROOT / "sandbox/demo_garments"
LOOK = {"upper": "Red knitted top", "lower": "Blue trousers", "shoes": "Brown shoes"}
JUDGED = ("one_person", "head_to_toe", "face", "body", "garments")

View = dict[str, Any]


class Ask(Protocol):
    """A call to a door, which fails with a sentence."""

    def __call__(self, method: str, path: str, body: object = None, *, paid: bool = False) -> View: ...


Wait = Callable[[str, Callable[[View], str]], View]


def put_on(ask: Ask, wait: Wait, say: Callable[[str], object], model: str) -> View:
    """The picture, with the one before as its `source`."""
    garments = [_brought(ask, wait, category, name) for category, name in LOOK.items()]
    look = ask("POST", "/v1/looks", {"name": "For town", "garment_ids": garments})
    say(f"Putting a look of {len(garments)} garments on the best picture")
    order = ask("POST", f"/v1/models/{model}/try-ons", {"look_id": look["id"]}, paid=True)
    [image] = wait(f"/v1/image-orders/{order['id']}", _awaited)["images"]
    say(f"Try-on, ${image_price(order)}: {words_of(image)}")
    return image


def words_of(image: View) -> str:
    """What the checks found, in one line."""
    checks = image["checks"] or {}
    told = [f"{name.replace('_', ' ')} {checks[name].replace('_', ' ')}" for name in JUDGED if checks.get(name)]
    return ", ".join([*told, *checks.get("why", ())])


def image_price(order: View) -> str:
    """As it was expected."""
    return f"{float(order['expected_usd']):.3f}"


def _brought(ask: Ask, wait: Wait, category: str, name: str) -> str:
    data = (GARMENTS / f"{category}.png").read_bytes()
    announced = {"name": name, "category": category, "content_type": "image/png", "bytes": len(data)}
    upload = ask("POST", "/v1/garments", announced)
    headers = {"content-type": upload["content_type"]}
    httpx.put(upload["upload_url"], content=data, headers=headers, timeout=60).raise_for_status()
    path = f"/v1/garments/{upload['garment']['id']}"
    return str(wait(path, lambda it: "" if it["status"] == "ready" else f"{name} is {it['status']}")["id"])


def _awaited(order: View) -> str:
    [image] = order["images"]
    if image["problem"]:
        raise SystemExit(f"{image['problem']['sentence']} {image['problem']['hint']}")
    return "" if image["checks"] else f"the try-on is {image['status']}"
