"""What we hold to have been paid, and for which order: the one place that knows where our rows say so."""

from typing import Any

from faults.world import World

ATTEMPTS = (
    "select a.*, coalesce(a.run_id, a.image_id) as subject, a.callback_sent_at as woken_at,"
    " coalesce(r.ended_at, i.ended_at) as subject_ended_at"
    " from provider_attempts a left join training_runs r on r.id = a.run_id left join images i on i.id = a.image_id"
)


def attempts(world: World) -> list[dict[str, Any]]:
    """Every attempt, with `subject` and `marker`."""
    return world.rows(ATTEMPTS)


def booked(world: World) -> float:
    """All that our rows say was paid, whoever bears it."""
    return float(world.rows("select coalesce(sum(actual_usd), 0) as usd from provider_attempts")[0]["usd"])


def spent(world: World) -> float:
    """What the owners' accounts say they have spent."""
    return float(world.rows("select coalesce(sum(spent_usd), 0) as usd from spend_accounts")[0]["usd"])


def reserved(world: World) -> float:
    return float(world.rows("select coalesce(sum(reserved_usd), 0) as usd from spend_accounts")[0]["usd"])


def negative(world: World) -> int:
    return len(world.rows("select from spend_accounts where reserved_usd < 0 or spent_usd < 0"))


def attempt_of(known: list[dict[str, Any]], entry: Any) -> dict[str, Any] | None:
    """The attempt that a run of the provider's bill was ordered by: by its id, or by the marker in its input."""
    said = str(entry.input)
    for attempt in known:
        if attempt["provider_id"] == entry.id or attempt["marker"] in said:
            return attempt
    pictures = [it for it in known if it["image_id"] and it["seed"] == entry.input.get("seed")]
    # of equal orders (a seed that an owner fixed) any may be meant; one that has no run yet is likelier
    return min(pictures, key=lambda it: it["provider_id"] is not None, default=None)


def known_runs(world: World) -> set[str]:
    """The ids of the runs that we know of."""
    return {it["provider_id"] for it in attempts(world) if it["provider_id"]}
