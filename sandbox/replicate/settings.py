"""The twin's settings: where it stands, its secrets, its speed, and which faults it shows."""

import base64
import secrets
import string
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, get_args, get_type_hints

# "before": nothing was done; "after": it was done all the same; "then_act": it is done once the answer is out (a run
# then comes into being `create_delay_s` later)
Answer = Literal[
    "normal",
    "401",
    "402",
    "404",
    "422",
    "429",
    "429_low_credit",
    "500",
    "503",
    "502_html",
    "timeout_before",
    "timeout_after",
    "drop_connection_before",
    "drop_connection_after",
    "drop_connection_then_act",
    "500_after",
    "500_then_act",
    "html_after",
    # JSON that ends in the middle, its Content-Length agreeing; and an answer that breaks off short of its length
    "truncated_after",
    "cut_after",
]
# one text holds for every call; a list is used up call by call, then all is normal
Answers = Answer | tuple[Answer, ...]
# what a picture shows: the version's person; or, as a bad model might, somebody else, the person 15 % wider or slimmer,
# twice, without feet or head, or a training picture as it is
Shown = Literal["person", "stranger", "stretched", "doubled", "cropped", "copy"]


@dataclass(frozen=True)
class TwinFaults:
    """What goes wrong. The defaults are a healthy day."""

    # how the calls are answered: the two paid ones, and the free ones
    create_answers: Answers = "normal"
    read_answers: Answers = "normal"
    list_answers: Answers = "normal"
    cancel_answers: Answers = "normal"
    account_answers: Answers = "normal"
    # about models and versions (deleting one too), and the webhooks' secret
    model_answers: Answers = "normal"
    delete_version_answers: Answers = "normal"
    # of output files
    download_answers: Answers = "normal"
    # an outage: every call of all these is answered so
    every_answer: Answer = "normal"
    # what was done is told only so much later: slower than its caller's patience, if that is shorter
    answer_delay_s: float = 0.0
    # what "429" says: "resets in ~Ns"
    throttled_s: int = 30
    # the token is refused as if it had been taken back
    token_refused: bool = False

    # the run comes into being (and into the list) this long after the create call arrived
    create_delay_s: float = 0.0
    # the run rushes to its end and its terminal webhook is sent before the create call is answered
    early_webhook: bool = False
    # input keys that the version's schema does not know: its two engines take them, others close their schema against
    # them; a training then refuses when it begins, a prediction at once
    unknown_keys: Literal["ignored", "refused"] = "ignored"

    # the run waits this much longer in the queue
    queued_s: float = 0.0
    # what still waits in the queue so long after its creation is gone: 404, in no list, never ran (Replicate: 1,800)
    vanishes_after_s: float | None = None
    # the run is in the list only so long after its creation
    list_lag_s: float = 0.0
    # between these seconds after its creation reading and canceling the run answer 404, though it lives on
    unreadable_s: tuple[float, float] | None = None
    training_ends: Literal["succeeded", "failed", "aborted"] = "succeeded"
    prediction_ends: Literal["succeeded", "failed", "aborted", "nsfw"] = "succeeded"
    # the pictures of a prediction show this
    pictures_show: Shown = "person"
    # the end, whichever it is, is reported under this word, which nobody knows
    unknown_end: str | None = None
    # Replicate answers a cancel with 200 and lets the run go on, for so long or to its end
    cancel_delay_s: float = 0.0
    cancel_ignored: bool = False

    # another version than the one that was asked for is reported
    reported_version: str | None = None
    # the log of a training is at least so long at its end, and so is the message about it
    log_bytes: int = 0
    # so many of a training's images cannot be opened: they are named in the log and left out
    images_lost: int = 0
    # `succeeded` comes with an output of null, and this long before the output
    output_late_s: float = 0.0
    # the end comes this long before what it cost
    metrics_late_s: float = 0.0
    # an hour after its end a training loses its input, output and files too, as predictions do
    training_data_removed: bool = False
    # the delivered archive ends after 60 % of the weights, and its Content-Length agrees with that
    output_truncated: bool = False
    # the archive of the weights holds these files, too, each below its folder
    extra_files: tuple[str, ...] = ()
    # every download of weights breaks off half-way, short of its Content-Length
    delivery_breaks: bool = False
    # a version is deleted with 202, and can still be read and used for so long
    version_lingers_s: float = 0.0

    lose_webhooks: Literal["none", "terminal", "all"] = "none"
    # each message comes twice: with the same webhook-id, or ("new_id") as two messages with the same news
    duplicate_webhook: bool | Literal["new_id"] = False
    # what it tells is as old as that when it arrives
    webhook_delay_s: float = 0.0
    # the news of the progress come when the end has been told
    webhooks_backwards: bool = False
    # the messages go to this address (of another attempt); their body names the run's own
    webhook_goes_to: str | None = None
    # the sender's clock is so much ahead, or (below zero) behind
    webhook_clock_off_s: float = 0.0

    def __post_init__(self) -> None:
        for name, permitted in _permitted().items():
            value = getattr(self, name)
            given: tuple[object, ...] = value if isinstance(value, tuple) and name.endswith("_answers") else (value,)
            if not permitted.issuperset(given):
                raise ValueError(f"{name} may be one of {', '.join(sorted(map(str, permitted)))}")


@cache
def _permitted() -> dict[str, frozenset[object]]:
    """Of the fields that are words, the words."""
    hints = get_type_hints(TwinFaults)
    words = {it.name: frozenset(_words(hints[it.name])) for it in fields(TwinFaults)}
    return {name: permitted | ({True, False} if name == "duplicate_webhook" else set())
            for name, permitted in words.items() if permitted}  # fmt: skip


def _words(hint: Any) -> list[object]:
    return [word for part in get_args(hint) for word in ([part] if isinstance(part, str) else _words(part))]


@dataclass(frozen=True)
class TwinSettings:
    """Everything the twin needs to know at the start."""

    api_token: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    state_dir: Path
    # a good token of another account, to which everything of ours is 404
    other_token: str | None = field(default=None, repr=False)
    # None: the address under which the caller reached us
    public_url: str | None = None
    # https://host:port where the same is reached under TLS: Replicate's own clients make files of no other links
    secure_url: str | None = None
    owner: str = "croquis-sandbox"
    seconds_to_start: float = 0.2
    seconds_per_1000_steps: float = 20.0
    seconds_per_image: float = 1.0
    # how often a training writes into its log
    seconds_between_lines: float = 0.25
    # each picture is one plain colour with the word on it, which takes a tenth of the time
    plain_pictures: bool = False
    price_per_second: float = 0.001525
    # Replicate backs off exponentially, the last time about a minute after the end
    webhook_retry_delays: tuple[float, ...] = (1.0, 3.0, 8.0, 18.0, 30.0)
    webhook_timeout_s: float = 10.0
    # how long a call hangs, when told to, before the connection is closed
    silence_s: float = 60.0
    # a text that makes the ids of runs, versions and messages the same each time; None: they are made by chance
    seed: str | None = None
    faults: TwinFaults = TwinFaults()

    @classmethod
    def generate(cls, state_dir: Path, **others: Any) -> Self:
        """Settings with tokens and a signing secret made now."""
        made = {
            "api_token": _new_token(),
            "other_token": _new_token(),
            "webhook_secret": "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        return cls(state_dir=state_dir, **{**made, **others})


def _new_token() -> str:
    alphabet = string.ascii_letters + string.digits
    return "r8_" + "".join(secrets.choice(alphabet) for _ in range(37))
