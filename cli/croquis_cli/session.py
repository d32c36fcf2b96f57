"""Who is signed in, and where: kept in a file for its owner alone, and refreshed where it must be."""

import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self, cast

import httpx

from croquis_cli import exchange
from croquis_cli.deployment import Deployment
from croquis_cli.errors import NotSignedIn, Refused
from croquis_cli.exchange import View
from croquis_cli.private_file import read_private, write_private

EARLY = 60  # seconds before its end at which an access token is renewed
SIGN_IN = "Sign in with: croquis login"


@dataclass(frozen=True)
class Session:
    """What Supabase gave at the sign-in. Its tokens are in its file and in headers, nowhere else."""

    deployment: Deployment
    email: str
    user_id: str
    access_token: str
    refresh_token: str
    expires_at: float

    @classmethod
    def of(cls, deployment: Deployment, answer: View) -> Self:
        """Of Auth's answer."""
        user: View = answer["user"]
        tokens = (str(answer["access_token"]), str(answer["refresh_token"]))
        ends = float(answer.get("expires_at") or time.time() + float(answer["expires_in"]))
        return cls(deployment, str(user.get("email") or ""), str(user["id"]), *tokens, ends)

    @property
    def stored(self) -> dict[str, Any]:
        return asdict(self)


class Sessions:
    """The one session of this user on this machine, in `session.json` of the folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "session.json"
        self._one_at_a_time = threading.Lock()  # uploads run beside each other, and a refresh token works once

    def sign_in(self, deployment: Deployment, email: str, password: str) -> Session:
        """NotSignedIn where e-mail and password do not fit."""
        answer = _token(deployment, "password", {"email": email, "password": password})
        if answer.status_code in (400, 401, 403, 422):
            problem = exchange.problem_of(answer) or {}
            said = str(problem.get("error_code") or problem.get("code") or "")  # older and newer projects
            sentence = "E-mail and password do not fit." if said == "invalid_credentials" else ""
            raise NotSignedIn(sentence or "Supabase refused the sign-in.", "Check both, and the address.", code=said)
        session = Session.of(deployment, self._accepted(answer))
        write_private(self._file, session.stored)
        return session

    def current(self) -> Session:
        """As it is in the file; NotSignedIn if nobody is signed in."""
        held = read_private(self._file)
        try:
            if held:
                known = {**held, "deployment": Deployment(**held["deployment"])}
                return Session(**cast("Any", known))
        except (KeyError, TypeError):
            pass
        raise NotSignedIn("Nobody is signed in.", SIGN_IN)

    def fresh(self, *, instead_of: str = "") -> Session:
        """One whose access token is good for a while, and is not the one that was refused."""
        with self._one_at_a_time:
            session = self.current()
            if session.access_token != instead_of and session.expires_at > time.time() + EARLY:
                return session
            return self._refreshed(session)

    def sign_out(self) -> bool:
        """Forgets the session here; whether Supabase ended it too."""
        session = self.current()
        self._file.unlink(missing_ok=True)
        headers = {"apikey": session.deployment.publishable_key, "Authorization": f"Bearer {session.access_token}"}
        with exchange.client(session.deployment.supabase) as http:
            url = "/auth/v1/logout?scope=local"
            return exchange.send(http, "POST", url, again=False, headers=headers).is_success

    def _refreshed(self, session: Session) -> Session:
        answer = _token(session.deployment, "refresh_token", {"refresh_token": session.refresh_token})
        if answer.status_code in (400, 401, 403):
            later = self.current()
            if later.refresh_token != session.refresh_token:
                return later  # another command was faster
            if session.expires_at > time.time():
                return session  # the project renews nothing: the token is good until its end
            raise NotSignedIn("Your session has ended.", SIGN_IN)
        renewed = replace(Session.of(session.deployment, self._accepted(answer)), email=session.email)
        write_private(self._file, renewed.stored)
        return renewed

    def _accepted(self, answer: httpx.Response) -> View:
        if not answer.is_success:
            exchange.refuse(answer, "Supabase")
        document = exchange.document_of(answer, "Supabase")
        if not isinstance(document, dict) or "access_token" not in document:
            raise Refused("What answered is no Supabase.", "Is the address right?")
        return cast("View", document)


def _token(deployment: Deployment, grant: str, body: View) -> httpx.Response:
    with exchange.client(deployment.supabase) as http:
        headers = {"apikey": deployment.publishable_key}
        return exchange.send(
            http, "POST", f"/auth/v1/token?grant_type={grant}", again=False, json=body, headers=headers
        )
