"""The real Realtime client against the gateway: who may listen, what is heard, and for how long."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from realtime import AsyncRealtimeChannel, AsyncRealtimeClient
from sql.story import Story
from waiting import PATIENCE, until

from sandbox.supabase.settings import new_private_key
from sandbox.supabase.user_tokens import access_token

UNAUTHORIZED = "Unauthorized: You do not have permissions to read from this Channel topic: "
END_ALL_OF_THE_GATEWAY = """
    select pg_terminate_backend(pid), application_name from pg_stat_activity
    where datname = current_database() and usename = 'authenticator'"""


@dataclass
class Page:
    """A page that somebody has open: the real client, on an event loop of its own thread."""

    url: str
    key: str
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.client = AsyncRealtimeClient(f"{self.url}/realtime/v1", token=self.key, auto_reconnect=False)

    def listen(self, topic: str, token: str | None = None, *, private: bool = True, changes: bool = False) -> "Page":
        """Join the channel; returns when it is known whether it was let in."""
        config: Any = {"config": {"broadcast": {"ack": False, "self": False}, "presence": {}, "private": private}}
        self.channel: AsyncRealtimeChannel = self.client.channel(topic, config)
        self.channel.on_broadcast("*", lambda message: self.heard.append((message["event"], dict(message["payload"]))))
        if changes:
            self.channel.on_postgres_changes("*", lambda _: None)  # type: ignore[arg-type]
        if token:
            self.do(self.client.set_auth(token))
        self.do(self.channel.subscribe(self._state))
        return self

    def do(self, work: Any) -> Any:
        found: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return found.result(PATIENCE)

    def close(self) -> None:
        self.do(self._quiet())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    async def _quiet(self) -> None:
        """Leave, and end what the client still meant to do, such as to try again."""
        await self.client.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def hints(self) -> list[tuple[str, dict[str, Any]]]:
        """What was heard, without the id that Realtime gives each message."""
        return [(event, {key: value for key, value in hint.items() if key != "id"}) for event, hint in self.heard]

    def _state(self, state: Any, error: Exception | None) -> None:
        self.states.append(state.value)
        self.errors.append(str(error or ""))


@pytest.fixture
def page(gateway) -> Iterator[Callable[[], Page]]:
    with ExitStack() as open_ones:

        def opened() -> Page:
            made = Page(gateway.url, gateway.settings.publishable_key)
            open_ones.callback(made.close)
            return made

        yield opened


@pytest.fixture
def story(gateway) -> Iterator[Story]:
    """An owner whose steps are committed one by one."""
    with psycopg.connect(gateway.database.dsn(), autocommit=True) as connection:
        yield Story(connection)


@pytest.fixture
def listener(gateway, page, story) -> Page:
    """The owner of the story, listening."""
    return page().listen(f"owner:{story.user}", gateway.token(story.user))


def said(story: Story, topic: str, text: str, private: bool = True) -> None:
    story.connection.execute("select realtime.send(%s, 'note', %s, %s)", (f'{{"text": "{text}"}}', topic, private))


def notes(page: Page) -> list[str]:
    return [hint["text"] for event, hint in page.heard if event == "note"]


def test_an_owner_hears_each_move_of_a_photo_as_it_is_committed(listener, story):
    photo = story.opened().accepted(1)
    about = {"job_id": story.job, "photo_id": photo["id"]}
    until(lambda: len(listener.heard) == 4)
    assert listener.states == ["SUBSCRIBED"]
    assert listener.hints() == [
        ("photo", about | {"status": status, "version": version})
        for version, status in enumerate(("awaiting_upload", "uploaded", "checking", "accepted"))
    ]


def test_an_owner_hears_how_a_run_and_its_previews_go(listener, story):
    story.to("in_review")
    until(lambda: any(hint["status"] == "in_review" for event, hint in listener.heard if event == "training"))
    assert {event for event, _ in listener.heard} == {"photo", "training", "image"}


def test_two_pages_of_one_owner_hear_the_same_and_a_stranger_none_of_it(gateway, page, listener, story):
    second = page().listen(f"owner:{story.user}", gateway.token(story.user))
    stranger = Story(story.connection)
    other = page().listen(f"owner:{stranger.user}", gateway.token(stranger.user))
    story.opened().announced()
    stranger.opened().announced()
    until(lambda: listener.heard and second.heard and other.heard)
    assert listener.heard == second.heard
    assert [hint["job_id"] for _, hint in listener.heard] == [story.job]
    assert [hint["job_id"] for _, hint in other.heard] == [stranger.job]


def test_what_is_rolled_back_is_never_heard(gateway, listener, story):
    with psycopg.connect(gateway.database.dsn()) as connection:
        said(replace(story, connection=connection), f"owner:{story.user}", "undone")
        connection.rollback()
    said(story, f"owner:{story.user}", "done")
    until(lambda: notes(listener))
    assert notes(listener) == ["done"]


def test_a_message_that_no_notification_of_postgres_could_carry_arrives_whole(listener, story):
    said(story, f"owner:{story.user}", "x" * 50_000)
    assert until(lambda: notes(listener)) == ["x" * 50_000]


def test_what_is_sent_to_all_is_not_heard_on_a_private_channel(listener, story):
    said(story, f"owner:{story.user}", "public", private=False)
    said(story, f"owner:{story.user}", "private")
    until(lambda: notes(listener))
    assert notes(listener) == ["private"]


def turned_away(page: Page, reason: str) -> bool:
    return page.states == ["CHANNEL_ERROR"] and reason in page.errors[0]


def test_the_channel_of_another_owner_is_refused(gateway, page, story):
    topic = f"owner:{uuid4()}"
    assert turned_away(page().listen(topic, gateway.token(story.user)), UNAUTHORIZED + topic)


def test_a_page_of_nobody_is_refused(page, story):
    topic = f"owner:{story.user}"
    assert turned_away(page().listen(topic), UNAUTHORIZED + topic)


@pytest.mark.parametrize("role", ["postgres", "authenticator", "nobody_at_all"])
def test_a_token_cannot_name_a_role_beyond_the_three(gateway, page, story, role):
    topic = f"owner:{story.user}"
    assert turned_away(page().listen(topic, gateway.token(story.user, role=role)), UNAUTHORIZED + topic)


@pytest.mark.parametrize("topic", ["owner:\\u0000", "owner:me", "", "owner:" + "x" * 5000])
def test_a_strange_topic_is_refused_like_any_other(gateway, page, story, topic):
    topic = topic.encode().decode("unicode_escape")
    joined = page().listen(topic, gateway.token(story.user))
    assert joined.states == ["CHANNEL_ERROR"]
    assert UNAUTHORIZED in joined.errors[0]


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("expired", "InvalidJWTToken: Token has expired"),
        ("forged", "JwtSignatureError: Failed to validate JWT signature"),
        ("no-token", "MalformedJWT: The token provided is not a valid JWT"),
    ],
)
def test_a_token_that_proves_nothing_is_refused_and_says_why(gateway, page, story, token, reason):
    settings = gateway.settings
    given = {
        "expired": access_token(settings, story.user, now=int(time.time()) - settings.access_token_seconds),
        "forged": access_token(replace(settings, auth_private_key=new_private_key()), story.user),
    }.get(token, token)
    assert turned_away(page().listen(f"owner:{story.user}", given), reason)


def test_a_public_channel_and_changes_of_tables_are_refused_and_say_so(gateway, page, story):
    topic, token = f"owner:{story.user}", gateway.token(story.user)
    assert turned_away(page().listen(topic, token, private=False), "PrivateOnly: This project only allows private")
    assert turned_away(page().listen(topic, token, changes=True), "The local stand-in does not tell changes of tables")


def soon(gateway, user: str) -> tuple[str, int]:
    """A token that ends in two seconds, and when."""
    end = int(time.time()) + 2
    return access_token(gateway.settings, user, now=end - gateway.settings.access_token_seconds), end


def test_a_channel_ends_with_its_token(gateway, page, story):
    token, _ = soon(gateway, story.user)
    joined = page().listen(f"owner:{story.user}", token)
    until(lambda: "CLOSED" in joined.states)
    assert joined.states == ["SUBSCRIBED", "CHANNEL_ERROR", "CLOSED"]
    assert "Token has expired" in joined.errors[1]
    said(story, f"owner:{story.user}", "too late")
    stays = page().listen(f"owner:{story.user}", gateway.token(story.user))
    said(story, f"owner:{story.user}", "in time")
    until(lambda: notes(stays))
    assert notes(joined) == []


def test_a_fresh_token_keeps_the_channel_open(gateway, page, story):
    token, end = soon(gateway, story.user)
    joined = page().listen(f"owner:{story.user}", token)
    joined.do(joined.client.set_auth(gateway.token(story.user)))
    until(lambda: time.time() > end + 1)
    said(story, f"owner:{story.user}", "still here")
    assert until(lambda: notes(joined)) == ["still here"]
    assert joined.states == ["SUBSCRIBED"]


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
def test_a_fresh_token_without_the_right_ends_the_channel(gateway, listener, story, whose):
    token = {"nobody's": "no.token.atall", "another's": gateway.token(str(uuid4()))}[whose]
    listener.do(listener.client.set_auth(token))
    until(lambda: "CLOSED" in listener.states)
    said(story, f"owner:{story.user}", "secret")
    assert listener.states == ["SUBSCRIBED", "CHANNEL_ERROR", "CLOSED"]
    assert notes(listener) == []


def test_who_has_left_hears_nothing_more(gateway, page, listener, story):
    stays = page().listen(f"owner:{story.user}", gateway.token(story.user))
    listener.do(listener.channel.unsubscribe())
    until(lambda: listener.states[-1] == "CLOSED")
    said(story, f"owner:{story.user}", "to those who stayed")
    until(lambda: notes(stays))
    assert notes(listener) == []


def test_a_lost_connection_to_the_database_heals(listener, story):
    ended = story.connection.execute(END_ALL_OF_THE_GATEWAY).fetchall()
    assert (True, "realtime") in ended

    def heard() -> bool:
        said(story, f"owner:{story.user}", "hello again")
        return bool(notes(listener))

    until(heard)
    assert listener.states == ["SUBSCRIBED"]
