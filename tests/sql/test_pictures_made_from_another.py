"""A picture that is made from another one: what may be its source, which use it is, how its order is found again."""

from typing import Any, LiteralString

import psycopg
import pytest
from sql.seats import refused
from sql.story import CONSENT, Story, seen
from sql.test_withdrawal import consent

COLUMNS = "order_id, owner_id, model_id, job_id, run, prompt, framing, asked_width, asked_height, provider_version"


@pytest.fixture
def approved(story: Story) -> Story:
    return story.to("approved")


def saved(story: Story) -> str:
    """A picture of the job's model."""
    order = story.ordered()
    [(image,)] = story.connection.execute("select id from public.images where order_id = %s", (order["id"],)).fetchall()
    story.connection.execute(
        "update public.images set status = 'saved', path = id::text, sha256 = 'x', bytes = 1,"
        " content_type = 'image/png', width = 896, height = 1120, signed = true where id = %s",
        (image,),
    )
    return str(image)


def made_from(story: Story, source: str, kind: str = "repair", **changed: Any) -> str:
    """Queued, as an order of its kind leaves it."""
    settings = {"strength": 0.5 if kind == "repair" else None, "engine": "flux-dev-lora"} | changed
    names = ", ".join(settings)
    query: LiteralString = f"""
      insert into public.images ({COLUMNS}, kind, position, source_image_id, reserved_usd, deadline_at, {names})
      select {COLUMNS}, %s, 2 + (select count(*) from public.images i where i.source_image_id = s.id), s.id, 0.02,
        now() + interval '1 hour', {", ".join(["%s"] * len(settings))}
      from public.images s where s.id = %s returning id
    """  # type: ignore[assignment]
    [(image,)] = story.connection.execute(query, (kind, *settings.values(), source)).fetchall()
    return str(image)


def agrees_to(story: Story, *uses: str) -> None:
    story.owner.call("renew_consent", consent_id=consent(story), consent=CONSENT | {"uses": list(uses)})


def attempt(opened: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(opened["attempt"][it] for it in ("seed", "nonce", "listed_as"))


def test_an_order_from_a_picture_is_listed_by_its_marker_and_comes_with_that_picture(approved):
    source = saved(approved)
    opened = approved.opened_image(made_from(approved, source))
    assert attempt(opened) == (None, None, opened["attempt"]["marker"])
    assert opened["source"]["id"] == source
    from_words = approved.ordered()["id"]
    [(image,)] = approved.worker.sql(f"select id from public.images where order_id = '{from_words}'")
    opened = approved.opened_image(image)
    seed, nonce, listed_as = attempt(opened)
    assert (listed_as, opened["source"]) == (f"{seed}/{nonce}", None)


def test_a_lost_order_is_adopted_by_the_marker_that_the_list_shows(approved):
    opened = approved.opened_image(made_from(approved, saved(approved)))["attempt"]
    approved.worker.call("attempt_unknown", attempt_id=opened["id"])
    adopted = approved.saw(seen("found", "processing", markers=[opened["marker"]]), "image")["attempt"]
    assert (adopted["id"], adopted["state"], adopted["provider_id"]) == (opened["id"], "started", "found")


GONE: dict[str, LiteralString] = {
    "removed": "update public.images set removed_at = now() where id = %s",
    "refused": "update public.images set shown_decision = 'refuse' where id = %s",
}


@pytest.mark.parametrize("how", GONE)
def test_what_was_removed_or_refused_meanwhile_is_sent_to_nobody(approved, how):
    source = saved(approved)
    image = made_from(approved, source)
    approved.connection.execute(GONE[how], (source,))
    with refused(410, "canceled"):
        approved.opened_image(image)


@pytest.mark.parametrize("how", GONE)
def test_what_was_ordered_before_is_still_looked_for(approved, how):
    source = saved(approved)
    image = made_from(approved, source)
    first = approved.opened_image(image)["attempt"]["id"]
    approved.connection.execute(GONE[how], (source,))
    assert approved.opened_image(image)["attempt"]["id"] == first


@pytest.mark.parametrize(("kind", "use"), [("repair", "generate"), ("try_on", "try_on")])
def test_each_kind_is_a_use_of_its_own_that_is_asked_for_before_the_post(approved, kind, use):
    engine = {"try_on": "prunaai/p-image-try-on"}.get(kind, "flux-dev-lora")
    image = made_from(approved, saved(approved), kind, engine=engine)
    everything = {"train", "generate", "try_on"}
    agrees_to(approved, *everything - {use})
    with refused(410, "canceled"):
        approved.opened_image(image)
    agrees_to(approved, use)
    assert approved.opened_image(image)["post"]


def test_it_shows_the_person_of_the_same_model_and_belongs_to_the_same_owner(approved, other):
    source = saved(approved)
    other.to("approved")
    elsewhere = saved(other)
    mine = made_from(approved, source)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), approved.connection.transaction():
        approved.connection.execute("update public.images set source_image_id = %s where id = %s", (elsewhere, mine))


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("generation", {"strength": None}),
        ("repair", {"strength": None}),
        ("repair", {"strength": 0.09}),
        ("repair", {"strength": 0.81}),
        ("repair", {"seed": None}),
        ("repair", {"guidance": None}),
        ("try_on", {"strength": 0.5}),
    ],
)
def test_what_an_engine_takes_is_there_and_nothing_else(approved, kind, wrong):
    source = saved(approved)
    with pytest.raises(psycopg.errors.CheckViolation), approved.connection.transaction():
        made_from(approved, source, kind, **wrong)
    made_from(approved, source, "try_on", seed=None, lora_scale=None, guidance=None)


def test_a_picture_costs_what_its_engine_does_by_the_second_or_as_a_whole(approved):
    agrees_to(approved, "generate", "try_on")
    source = saved(approved)
    costs = {}
    for engine, kind in (("flux-dev-lora", "repair"), ("google/nano-banana-pro", "try_on")):
        opened = approved.opened_image(made_from(approved, source, kind, engine=engine))["attempt"]
        approved.started(opened["id"], f"run-of-{kind}")
        approved.ended(opened["id"], seconds=10)
        [(cost,)] = approved.connection.execute(
            "select cost_usd from public.provider_runs where id = %s", (f"run-of-{kind}",)
        ).fetchall()
        costs[engine] = (float(opened["expected_usd"]), float(cost))
    assert costs == {"flux-dev-lora": (0.02, 0.01525), "google/nano-banana-pro": (0.15, 0.15)}


def test_what_its_owner_takes_away_under_a_paid_order_is_theirs_to_pay(approved):
    opened = approved.opened_image(image := made_from(approved, saved(approved)))["attempt"]
    approved.started(opened["id"])
    approved.ended(opened["id"], seconds=10)
    fail = {"code": "source_gone", "sentence": "It is gone.", "hint": "Take another."}
    assert approved.worker.call("fail_image", image=image, **fail) == "failed"
    assert float(approved.worker.sql(f"select actual_usd from public.images where id = '{image}'")[0][0]) == 0.01525
