"""Who may listen to a channel: a token's claims, and what the policies on realtime.messages say about its topic."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import psycopg
from jwt.types import Options

from sandbox.supabase.database import SERVICE, Database, become
from sandbox.supabase.identity import private_key
from sandbox.supabase.settings import GatewaySettings

UNCHECKED: Options = {"verify_exp": False, "verify_iat": False, "verify_aud": False, "verify_sub": False}
PROBE = "insert into realtime.messages (topic, extension) values (%s, 'broadcast') returning id"
ASK_ABOUT = "select set_config('realtime.topic', %s, true)"
SEEN = "select from realtime.messages where id = %s"


@dataclass
class Unheard(Exception):
    """A listener is turned away; `code` and `sentence` are Realtime's own where it has them."""

    code: str
    sentence: str

    def __post_init__(self) -> None:
        super().__init__(self.sentence)

    @property
    def reason(self) -> str:
        return f"{self.code}: {self.sentence}"


def claims_of_token(token: str, settings: GatewaySettings) -> dict[str, Any]:
    """The claims of a user's token, or Unheard. Unlike our REST side, Realtime lets no expired token live a moment."""
    key = private_key(settings.auth_private_key).public_key()
    try:
        claims = jwt.decode(token, key, algorithms=["ES256"], options=UNCHECKED)
    except jwt.InvalidSignatureError:
        raise Unheard("JwtSignatureError", "Failed to validate JWT signature") from None
    except jwt.InvalidTokenError:
        raise Unheard("MalformedJWT", "The token provided is not a valid JWT") from None
    if not (isinstance(claims.get("exp"), int) and claims.get("role")):
        raise Unheard("InvalidJWTToken", "Fields `role` and `exp` are required in JWT")
    if (late := int(time.time()) - claims["exp"]) >= 0:
        raise Unheard("InvalidJWTToken", f"Token has expired {late} seconds ago")
    return claims


def check_may_hear(database: Database, topic: str, claims: Mapping[str, Any]) -> None:
    """Unheard unless the caller would see a message of this topic: one is written, looked at as them, and undone."""
    try:
        with database.as_role(SERVICE) as cursor, cursor.connection.transaction(force_rollback=True):
            ((probe,),) = cursor.execute(PROBE, (topic,)).fetchall()
            become(cursor, claims, read_only=False)
            cursor.execute(ASK_ABOUT, (topic,))
            seen = cursor.execute(SEEN, (probe,)).fetchone() is not None
    except psycopg.OperationalError as error:
        sentence = "Realtime was unable to connect to the project database"
        raise Unheard("UnableToConnectToProject", sentence) from error
    except psycopg.Error:
        seen = False  # a policy that fails lets nobody in
    if not seen:
        raise Unheard("Unauthorized", f"You do not have permissions to read from this Channel topic: {topic}")
