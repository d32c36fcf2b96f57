"""The twin's settings: where it stands, its secrets, its speed, and which faults it shows."""

import base64
import secrets
import string
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, get_args, get_origin, get_type_hints

CreateAnswer = Literal[
    "normal",
    "402",
    "404",
    "422",
    "429",
    "500",
    "500_after_create",
    "timeout_before_create",
    "timeout_after_create",
    "drop_connection_before",
    "drop_connection_after",
]


@dataclass(frozen=True)
class TwinFaults:
    """What goes wrong. The defaults are a healthy day."""

    training_ends: Literal["succeeded", "failed", "aborted"] = "succeeded"
    prediction_ends: Literal["succeeded", "failed", "aborted", "nsfw"] = "succeeded"
    # a text holds for every create call; a list is used up call by call, then all is normal
    create_answers: CreateAnswer | tuple[CreateAnswer, ...] = "normal"
    # the run comes into being (and into the list) this long after the create call arrived
    create_delay_s: float = 0.0
    # the run rushes to its end and its terminal webhook is sent before the create call is answered
    early_webhook: bool = False
    lose_webhooks: Literal["none", "terminal", "all"] = "none"
    # the terminal webhook comes twice: with the same webhook-id, or ("new_id") as two messages with the same news
    duplicate_webhook: bool | Literal["new_id"] = False
    webhook_delay_s: float = 0.0
    # so many of a training's images cannot be opened: they are named in the log and left out
    images_lost: int = 0
    # the delivered archive ends in the middle of the weights, and its Content-Length agrees with that
    output_truncated: bool = False
    # every download of weights breaks off half-way, short of its Content-Length
    delivery_breaks: bool = False

    def __post_init__(self) -> None:
        given = self.create_answers if isinstance(self.create_answers, tuple) else (self.create_answers,)
        checks = {"create_answers": (CreateAnswer, given)}
        for name, hint in get_type_hints(type(self)).items():
            if get_origin(hint) is Literal:
                checks[name] = (hint, (getattr(self, name),))
        for name, (hint, values) in checks.items():
            if not set(values) <= set(get_args(hint)):
                raise ValueError(f"{name} may be one of {', '.join(map(str, get_args(hint)))}")


@dataclass(frozen=True)
class TwinSettings:
    """Everything the twin needs to know at the start."""

    api_token: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    state_dir: Path
    # None: the address under which the caller reached us
    public_url: str | None = None
    # https://host:port where the same is reached under TLS: Replicate's own clients make files of no other links
    secure_url: str | None = None
    owner: str = "croquis-sandbox"
    seconds_to_start: float = 0.2
    seconds_per_1000_steps: float = 20.0
    seconds_per_image: float = 1.0
    price_per_second: float = 0.001525
    # Replicate backs off exponentially, the last time about a minute after the end
    webhook_retry_delays: tuple[float, ...] = (1.0, 3.0, 8.0, 18.0, 30.0)
    webhook_timeout_s: float = 10.0
    # how long a create call hangs, when told to, before the connection is closed
    silence_s: float = 60.0
    faults: TwinFaults = TwinFaults()

    @classmethod
    def generate(cls, state_dir: Path, **others: Any) -> Self:
        """Settings with a token and a signing secret made now."""
        alphabet = string.ascii_letters + string.digits
        token = "r8_" + "".join(secrets.choice(alphabet) for _ in range(37))
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        return cls(api_token=token, webhook_secret=secret, state_dir=state_dir, **others)
