"""What goes wrong on request, so that a page's error screens can be built: `make up FAULT=failed_training`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.replicate.settings import TwinFaults

STORAGE = "/storage/v1/"


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, in one sentence; what it sets in the stand-ins."""

    sentence: str
    twin: Mapping[str, Any] = field(default_factory=dict[str, Any])
    gateway: Mapping[str, Any] = field(default_factory=dict[str, Any])
    storage_delay: float = 0  # seconds


FAULTS = {
    "failed_training": Fault("each training fails at Replicate", twin={"training_ends": "failed"}),
    "no_credit": Fault("Replicate refuses each order: the account has no credit", twin={"create_answers": "402"}),
    "lost_webhook": Fault(
        "the last webhook of each run is lost; the sweep finds each end about six minutes later",
        twin={"lose_webhooks": "terminal"},
    ),
    "refused_picture": Fault("Replicate's safety filter refuses each picture", twin={"prediction_ends": "nsfw"}),
    "busy": Fault("Replicate is too busy for each first order (429)", twin={"create_answers": ("429", "normal")}),
    "slow": Fault("each run waits a minute longer in Replicate's queue", twin={"queued_s": 60.0}),
    "small_storage": Fault(
        "Storage takes files of 50 MB at most, as on Supabase's free plan",
        gateway={"file_size_limit": 50 * 2**20},
    ),
    "stranger": Fault("pictures show somebody else", twin={"pictures_show": "stranger"}),
    "stretched": Fault("pictures show the person 15 % wider or slimmer", twin={"pictures_show": "stretched"}),
    "doubled": Fault("pictures show the person twice", twin={"pictures_show": "doubled"}),
    "cropped": Fault(
        "pictures show the person without feet, or without the top of the head", twin={"pictures_show": "cropped"}
    ),
    "copied": Fault("pictures are training pictures, as they are", twin={"pictures_show": "copy"}),
    "slow_storage": Fault("each request to Storage takes three seconds longer", storage_delay=3),
    "expired_session": Fault(
        "access tokens expire after 30 seconds and are not refreshed",
        gateway={"access_token_seconds": 30, "refreshes": False},
    ),
}


@dataclass(frozen=True)
class Faults:
    """Those that were asked for, by name; none is a healthy day."""

    names: tuple[str, ...] = ()

    @classmethod
    def named(cls, text: str) -> "Faults":
        """Of `one,another`; ValueError with the list of all if one is unknown."""
        names = tuple(name.strip() for name in text.split(",") if name.strip())
        if unknown := [name for name in names if name not in FAULTS]:
            known = "\n".join(f"  {name:<16} {fault.sentence}" for name, fault in FAULTS.items())
            raise ValueError(f"FAULT={unknown[0]} is not known. These are, several with commas between them:\n{known}")
        return cls(names)

    @property
    def sentences(self) -> list[str]:
        return [f"FAULT {name}: {FAULTS[name].sentence}." for name in self.names]

    def twin(self) -> TwinFaults:
        """Of the stand-in of Replicate."""
        return TwinFaults(**{key: value for name in self.names for key, value in FAULTS[name].twin.items()})

    def gateway(self) -> dict[str, Any]:
        """Settings of the stand-in of Supabase."""
        return {key: value for name in self.names for key, value in FAULTS[name].gateway.items()}

    def slowed(self, app: ASGIApp) -> ASGIApp:
        """The stand-in of Supabase, behind the slow line that was asked for."""
        delay = max((FAULTS[name].storage_delay for name in self.names), default=0)
        return SlowStorage(app, delay) if delay else app


class SlowStorage:
    """An ASGI application in front of another: what asks for Storage waits first."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(STORAGE) and scope["method"] != "OPTIONS":
            await asyncio.sleep(self._seconds)
        await self._app(scope, receive, send)
