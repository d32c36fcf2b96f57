"""/realtime/v1/websocket: the part of Realtime that tells listeners what the database broadcasts on private channels.

What a client broadcasts itself, presence, changes of tables and public channels are refused. A message goes out once,
to whoever has joined at that moment; nothing is kept for those who come later, nor while the database is away.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, LiteralString

import psycopg
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.supabase.database import SERVICE, Database
from sandbox.supabase.identity import key_role
from sandbox.supabase.realtime_frames import V1, V2, BadFrame, Broadcast, Frame
from sandbox.supabase.realtime_rights import Unheard, check_may_hear, claims_of_token
from sandbox.supabase.refusals import ApiError
from sandbox.supabase.settings import GatewaySettings

PREFIX = "realtime:"
RECONNECT_AFTER_SECONDS = 0.5
NO_FRAME = 1007  # a close code: what was sent is not what was agreed on
MESSAGE: LiteralString = """
    select id::text, topic, event, payload::text from realtime.messages
    where id = %s and private and event is not null and payload is not null"""
PRIVATE_ONLY = ("PrivateOnly", "This project only allows private channels")
NO_CHANGES = ("NotHere", "The local stand-in does not tell changes of tables; listen to broadcasts instead")
ONLY_LISTEN = "NotHere: The local stand-in passes on what the database broadcasts, and nothing that a client sends"

logger = logging.getLogger(__name__)


@dataclass
class Channel:
    """A topic that one socket listens to, as long as its token is good."""

    topic: str
    join_ref: str | None
    token: str | None
    end: asyncio.TimerHandle | None = None

    @property
    def address(self) -> str:
        return PREFIX + self.topic

    def forget(self) -> None:
        if self.end:
            self.end.cancel()


class Realtime:
    """The sockets of one gateway, and the connection that hears of new messages."""

    def __init__(self, settings: GatewaySettings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self._sockets: set[Socket] = set()

    @property
    def routes(self) -> list[WebSocketRoute]:
        return [WebSocketRoute("/realtime/v1/websocket", self.serve)]

    async def serve(self, websocket: WebSocket) -> None:
        query = websocket.query_params
        try:
            role = key_role({**websocket.headers, "apikey": query.get("apikey", "")}, self.settings)
        except ApiError as error:
            answer = JSONResponse({"error": error.body["message"], "hint": error.body["hint"]}, 401)
            await websocket.send_denial_response(answer)
            return
        await websocket.accept()
        socket = Socket(self, websocket, V2 if query.get("vsn") == V2 else V1, role)
        self._sockets.add(socket)
        try:
            await socket.run()
        finally:
            self._sockets.discard(socket)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """While it is open, committed messages reach those who have joined."""
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen(self) -> None:
        while True:
            try:
                await self._pass_on()
            except psycopg.Error as error:
                logger.warning("realtime has lost the database", extra={"error": type(error).__name__})
            await asyncio.sleep(RECONNECT_AFTER_SECONDS)

    async def _pass_on(self) -> None:
        connect = partial(psycopg.AsyncConnection.connect, autocommit=True, application_name="realtime")
        async with await connect(self.settings.dsn) as connection:
            await connection.execute("listen realtime_messages")
            async for notice in connection.notifies():
                for broadcast in await run_in_threadpool(self._messages, notice.payload):
                    for socket in self._sockets:
                        socket.hear(broadcast)

    def _messages(self, message_id: str) -> list[Broadcast]:
        with self.database.as_role(SERVICE, read_only=True) as cursor:
            cursor.execute(MESSAGE, (message_id,))
            return [found for row in cursor if (found := Broadcast(*row)).fits]


class Socket:
    """One client and the channels that it has joined. Its answers leave in order, behind a queue of their own."""

    def __init__(self, realtime: Realtime, websocket: WebSocket, version: str, key: str) -> None:
        self._realtime = realtime
        self._websocket = websocket
        self._version = version
        self._key = key
        self._channels: dict[str, Channel] = {}
        # without a bound: uvicorn pings, and closes a socket whose client has gone away
        self._outgoing: asyncio.Queue[str | bytes] = asyncio.Queue()

    async def run(self) -> None:
        """Until the client leaves, or says something that is no frame."""
        writing = asyncio.create_task(self._write())
        try:
            while (message := await self._websocket.receive())["type"] != "websocket.disconnect":
                await self._take(Frame.decoded(self._version, message.get("text") or message.get("bytes") or ""))
        except BadFrame:
            await self._websocket.close(NO_FRAME)
        finally:
            writing.cancel()
            for channel in self._channels.values():
                channel.forget()

    def hear(self, broadcast: Broadcast) -> None:
        """Pass a message on, if it is for a channel of this socket."""
        if PREFIX + broadcast.topic in self._channels:
            self._outgoing.put_nowait(broadcast.encoded(self._version))

    async def _write(self) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                data = await self._outgoing.get()
                await (self._websocket.send_text(data) if isinstance(data, str) else self._websocket.send_bytes(data))

    def _push(self, frame: Frame) -> None:
        self._outgoing.put_nowait(frame.encoded(self._version))

    async def _take(self, frame: Frame) -> None:
        channel = self._channels.get(frame.topic)
        match frame.event:
            case "heartbeat" if frame.topic == "phoenix":
                self._push(frame.reply("ok", {}))
            case "phx_join" if frame.topic.startswith(PREFIX):
                await self._join(frame)
            case "phx_leave":
                self._push(frame.reply("ok", {}))
                if channel:
                    self._close(channel)
            case "access_token" if channel:
                await self._refresh(channel, frame.payload.get("access_token"))
            case _ if channel:
                self._push(frame.reply("error", {"reason": ONLY_LISTEN}))
            case _:
                self._push(frame.reply("error", {"reason": "unmatched topic"}))

    async def _join(self, frame: Frame) -> None:
        config, token = frame.payload.get("config"), frame.payload.get("access_token")
        wished: Mapping[str, Any] = config if isinstance(config, dict) else {}
        channel = Channel(frame.topic.removeprefix(PREFIX), frame.join_ref or frame.ref, token)
        try:
            if wished.get("postgres_changes"):
                raise Unheard(*NO_CHANGES)
            if wished.get("private") is not True:
                raise Unheard(*PRIVATE_ONLY)
            claims = await self._admitted(channel, token)
        except Unheard as refusal:
            self._push(frame.reply("error", {"reason": refusal.reason}))
            return
        if (former := self._channels.get(frame.topic)) is not None:
            former.forget()
        self._channels[frame.topic] = channel
        self._end_with(channel, claims)
        self._push(frame.reply("ok", {"postgres_changes": []}))

    async def _refresh(self, channel: Channel, token: object) -> None:
        """A client sends its new token before the old one ends; the policies are asked again."""
        if not isinstance(token, str) or token.startswith("sb_") or token == channel.token:
            return
        try:
            claims = await self._admitted(channel, token)
        except Unheard as refusal:
            self._shut(channel, refusal.sentence)
        else:
            channel.token = token
            self._end_with(channel, claims)

    async def _admitted(self, channel: Channel, token: object) -> Mapping[str, Any]:
        """The claims of who may hear the channel; without a token of a user, those of the project's key. Or Unheard."""
        claims: Mapping[str, Any] = {"role": self._key}
        if isinstance(token, str) and not token.startswith("sb_"):
            claims = claims_of_token(token, self._realtime.settings)
        await run_in_threadpool(check_may_hear, self._realtime.database, channel.topic, claims)
        return claims

    def _end_with(self, channel: Channel, claims: Mapping[str, Any]) -> None:
        channel.forget()
        if "exp" in claims:
            left = max(0.0, claims["exp"] - time.time())
            sentence = "Token has expired 0 seconds ago"
            channel.end = asyncio.get_running_loop().call_later(left, self._shut, channel, sentence)

    def _shut(self, channel: Channel, sentence: str) -> None:
        """End a channel that its client did not leave."""
        if self._channels.get(channel.address) is channel:
            told = {"extension": "system", "status": "error", "message": sentence, "channel": channel.topic}
            self._push(Frame(channel.address, "system", told, join_ref=channel.join_ref))
            self._close(channel)

    def _close(self, channel: Channel) -> None:
        channel.forget()
        del self._channels[channel.address]
        self._push(Frame(channel.address, "phx_close", {}, channel.join_ref, channel.join_ref))
