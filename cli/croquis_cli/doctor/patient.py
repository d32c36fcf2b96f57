"""What is known of a deployment before it is looked at. What is None is not known here, and its checks say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPLICATE = "https://api.replicate.com"


def versions_in(folder: Path) -> list[str]:
    """Of the migrations there, in order."""
    return sorted(it.name.partition("_")[0] for it in folder.glob("*.sql"))


@dataclass(frozen=True)
class Account:
    """What AWS says of the stack and of the account that it lives in."""

    concurrency: int  # executions at once that the account may have in its region
    reserved: int  # of them by functions of the stack, or that it is about to reserve
    elsewhere: int = 0  # of them by all other functions, such as another stage's
    deployed: bool = True
    subscriptions: Sequence[Mapping[str, str]] = ()  # of the alarms' topic, as SNS lists them
    secrets: Mapping[str, Mapping[str, Any] | None] = field(
        default_factory=dict[str, Mapping[str, Any] | None], repr=False
    )


@dataclass(frozen=True)
class Patient:
    """A deployment, or one that is about to be made (`api` is None)."""

    supabase: str
    publishable_key: str
    api: str | None = None
    origins: Sequence[str] = ()
    secret_key: str | None = field(default=None, repr=False)
    largest_preset: str = "identity"
    migrations: Sequence[str] | None = None  # versions that the code comes with, in order
    replicate: str = REPLICATE
    replicate_token: str | None = field(default=None, repr=False)
    destination: str | None = None
    trainer: str | None = None
    webhook_secrets: Sequence[str] | None = field(default=None, repr=False)
    hook_secrets: Sequence[str] | None = field(default=None, repr=False)
    account: Account | None = None
