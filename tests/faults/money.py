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


def booked(world: World, bearer: str | None = None) -> float:
    """What our entries say was paid, by this bearer or whoever bears it."""
    entries = (
        "select coalesce(sum(spent_usd), 0) as usd from ledger_entries"
        " where borne_by::text = coalesce(%s, borne_by::text)"
    )
    return float(world.rows(entries, bearer)[0]["usd"])


def charged_for_nothing(world: World) -> int:
    """How many trainings and images that failed an owner pays for."""
    return len(
        world.rows(
            "select true from ledger_entries e left join training_runs r on r.id = e.run_id left join images i"
            " on i.id = e.image_id where e.borne_by = 'owner' and (r.status = 'failed' or i.status = 'failed'"
            " and i.failure_code is distinct from 'consent_withdrawn')"
            " group by e.run_id, e.image_id having sum(e.spent_usd) > 0"
        )
    )


def held(world: World) -> set[str]:
    """The trainings and images whose entries still reserve money."""
    per = "select coalesce(run_id, image_id) as id from ledger_entries group by 1 having sum(reserved_usd) <> 0"
    return {str(it["id"]) for it in world.rows(per)}


def spent(world: World) -> float:
    """What the owners' accounts say they have spent."""
    return float(world.rows("select coalesce(sum(spent_usd), 0) as usd from spend_accounts")[0]["usd"])


def reserved(world: World) -> float:
    return float(world.rows("select coalesce(sum(reserved_usd), 0) as usd from spend_accounts")[0]["usd"])


def spent_in_book(world: World, look_book: str) -> float:
    """What the owner of a look-book has spent on it, and has reserved."""
    entries = (
        "select coalesce(sum(e.reserved_usd + e.spent_usd), 0) as usd from ledger_entries e"
        " join images i on i.id = e.image_id join image_orders o on o.id = i.order_id"
        " where o.look_book_id = %s and e.borne_by = 'owner'"
    )
    return float(world.rows(entries, look_book)[0]["usd"])


def negative(world: World) -> int:
    return len(world.rows("select true from spend_accounts where reserved_usd < 0 or spent_usd < 0"))


def attempt_of(known: list[dict[str, Any]], entry: Any) -> dict[str, Any] | None:
    """The attempt that a run of the provider's bill was ordered by: by its id, or by the marker in its input."""
    said = str(entry.input)
    for attempt in known:
        if attempt["provider_id"] == entry.id or attempt["marker"] in said:
            return attempt
    shown = entry.input.get("seed"), round(entry.input.get("prompt_strength", 0) * 1_000_000)
    return next((it for it in known if it["image_id"] and (it["seed"], it["nonce"]) == shown), None)


def known_runs(world: World) -> set[str]:
    """The ids of the runs that we know of."""
    return {it["id"] for it in world.rows("select id from provider_runs where attempt_id is not null")}
