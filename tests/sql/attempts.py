"""What tests of attempts say again and again: open one, send its webhook, read what was stored."""

from decimal import Decimal
from typing import Any

from sql.story import Story, seen

PRICE = Decimal("1.769")  # 1,160 expected seconds


def operators_cost(story: Story) -> Decimal:
    """What the operator bears of this owner's runs."""
    query = (
        "select coalesce(sum(spent_usd), 0) from public.ledger_entries where owner_id = %s and borne_by = 'operator'"
    )
    return story.connection.execute(query, (story.user,)).fetchone()[0]  # type: ignore[index]


def opened(story: Story, token: str = "token") -> dict[str, Any]:
    return story.attempted(token)["attempt"]


def token_of(story: Story) -> str | None:
    return story.attempt()["task_token"]


def not_started(story: Story, attempt_id: str, outcome: str) -> None:
    story.worker.call("attempt_not_started", attempt_id=attempt_id, outcome=outcome, reason="busy")


def hooked(
    story: Story,
    attempt: dict[str, Any],
    provider_id: str,
    status: str = "succeeded",
    webhook_id: str = "w1",
    **more: Any,
) -> dict[str, Any]:
    """A webhook arrives; its body says nothing of the order unless `more` does."""
    run = seen(provider_id, status, **more)
    return story.worker.call("receive_webhook", webhook_id=webhook_id, marker=attempt["marker"], seen=run)


def ours(attempt: dict[str, Any]) -> dict[str, Any]:
    """What a body holds that is really about the attempt's order."""
    return {"markers": [attempt["listed_as"]], "address": attempt["marker"]}


def inbox(story: Story) -> list[tuple[Any, ...]]:
    """The stored webhooks about this story's run."""
    return story.connection.execute(
        """select i.webhook_id, i.status, i.matched from public.webhook_inbox i
           join public.provider_attempts a on a.id = i.attempt_id where a.owner_id = %s order by 1""",
        (story.user,),
    ).fetchall()


def minutes_pass(story: Story, played: Any, minutes: int) -> None:
    played(
        """update public.provider_attempts set posted_at = posted_at - make_interval(mins => %s),
           missing_since = missing_since - make_interval(mins => %s) where owner_id = %s""",
        *(minutes, minutes, story.user),
    )
