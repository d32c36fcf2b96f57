"""Replicate over its HTTP API. Its SDK is not used: it repeats each question ten times, and sleeps as it is told."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import httpcore
import httpx

from croquis.adapters.replicate import outbound
from croquis.adapters.replicate.answers import outcome_of, reason_of, run_id_of
from croquis.adapters.replicate.models import look_at
from croquis.adapters.replicate.orders import image_input, trainer_input, wrong_with
from croquis.adapters.replicate.runs import read_page, read_run
from croquis.adapters.replicate.trainer_log import trainer_log_of
from croquis.domain.images.recipes import ImageRecipe
from croquis.domain.runs.attempt import Outcome, Reason, RunKind
from croquis.domain.runs.training import TrainingParameters
from croquis.domain.strict_json import NotStrictJson, decoded_object
from croquis.errors import Unavailable
from croquis.ports import Download, ProviderRun, Started
from croquis.ports.engines import KnownEngine, SeenEngine

API = "https://api.replicate.com"
PATHS = {RunKind.TRAINING: "/v1/trainings", RunKind.IMAGE: "/v1/predictions"}
EVENTS = {RunKind.TRAINING: ["start", "logs", "completed"], RunKind.IMAGE: ["completed"]}  # an image has no progress
TIMEOUT = httpx.Timeout(20, connect=5)  # shorter than every function that calls
ASK_SECONDS = 25
IMAGE_DEADLINE = "40m"


class ReplicateProvider:
    """Keeps the port Provider.

    `webhook_url` gives our address for webhooks, read when it is needed. `sandbox_origin` is set by the wiring alone
    and sends everything, the token too, to the stand-in on this machine. `transport` replaces the network for the API,
    `sockets` for files.
    """

    def __init__(
        self,
        *,
        token: Callable[[], str],
        trainer: str,
        destination: str,
        webhook_url: Callable[[], str],
        sandbox_origin: str | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
        sockets: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._token = token
        self._trainer = trainer
        self._destination = destination
        self._webhook_url = webhook_url
        self._sandbox_origin = sandbox_origin
        self._timeout = timeout
        self._network = transport
        self._sockets = sockets
        self._clients: dict[str, httpx.Client] = {}
        self._one_at_a_time = threading.Lock()

    def start_training(
        self, parameters: TrainingParameters, *, dataset_url: str, trigger_word: str, marker: str
    ) -> Started:
        owner_and_name, _, version = self._trainer.partition(":")
        order = trainer_input(parameters, dataset_url=dataset_url, trigger_word=trigger_word)
        body = {"destination": self._destination, "input": order, **self._webhook(RunKind.TRAINING, marker)}
        return self._post(f"/v1/models/{owner_and_name}/versions/{version}/trainings", body, {})

    def start_image(self, recipe: ImageRecipe, *, marker: str) -> Started:
        if wrong := wrong_with(recipe):
            return Started(Outcome.NOT_STARTED, reason=f"{Reason.BAD_PARAMETERS}: not sent: {' '.join(wrong)}")
        order, version = image_input(recipe), recipe.version.rpartition(":")[2]
        body = {"version": version, "input": order, **self._webhook(RunKind.IMAGE, marker)}
        return self._post("/v1/predictions", body, {"Cancel-After": IMAGE_DEADLINE})

    @property
    def trainer_version(self) -> str:
        return self._trainer.partition(":")[2]

    @property
    def trainer_name(self) -> str:
        return self._trainer.partition(":")[0]

    def look_at_engine(self, known: KnownEngine) -> SeenEngine:
        def ask(path: str) -> tuple[int, bytes]:
            answer = self._ask("GET", path)
            return answer.status_code, answer.content

        return look_at(known, ask)

    def look(self, kind: RunKind, provider_id: str) -> ProviderRun | None:
        answer = self._ask("GET", f"{PATHS[kind]}/{provider_id}")
        if answer.status_code == 404:
            self._check_account()
            return None
        if (found := read_run(_body(answer))) is None:
            raise Unavailable("The provider's answer cannot be read.")
        run, printed = found
        return replace(run, log=trainer_log_of(printed)) if printed and kind is RunKind.TRAINING else run

    def list_runs(self, kind: RunKind, since: datetime) -> Iterator[list[ProviderRun]]:
        path = PATHS[kind]
        while True:
            page = read_page(_body(self._ask("GET", path)))
            if page is None:
                raise Unavailable("The provider's answer cannot be read.")
            runs, following = page
            recent = [run for run in runs if run.created_at is None or run.created_at >= since]
            yield recent
            if following is None or len(recent) < len(runs):
                return
            path = f"{PATHS[kind]}?{urlsplit(following).query}"  # its host is no place to send a token to

    def cancel(self, kind: RunKind, provider_id: str) -> None:
        answer = self._ask("POST", f"{PATHS[kind]}/{provider_id}/cancel")
        if answer.status_code >= 500:
            raise Unavailable("The provider did not cancel.")

    def delete_version(self, version: str) -> None:
        answer = self._ask("DELETE", self._path_of(version))
        if not answer.is_success and answer.status_code != 404:
            raise Unavailable(f"The provider answered {answer.status_code}.")

    def has_version(self, version: str) -> bool:
        answer = self._ask("GET", self._path_of(version))
        if answer.status_code == 404:
            self._check_account()
            return False
        _body(answer)
        return True

    def _path_of(self, version: str) -> str:
        """`owner/name:id`, or the id alone of a version of the destination."""
        model, _, version_id = version.rpartition(":")
        return f"/v1/models/{model or self._destination}/versions/{version_id}"

    def fetch(self, url: str, *, limit: int, deadline_s: float) -> AbstractContextManager[Download]:
        origin = self._sandbox_origin
        return outbound.fetch(url, limit=limit, deadline_s=deadline_s, extra_origin=origin, sockets=self._sockets)

    def _webhook(self, kind: RunKind, marker: str) -> dict[str, object]:
        return {"webhook": f"{self._webhook_url()}/webhooks/replicate/{marker}", "webhook_events_filter": EVENTS[kind]}

    def _client(self) -> httpx.Client:
        """One client per token: a rotated token gets a new one, and threads share it."""
        token = self._token()
        with self._one_at_a_time:
            if token not in self._clients:
                self.close()
                # one request per call: neither the client nor its transport repeats anything or follows a redirect
                self._clients = {
                    token: httpx.Client(
                        base_url=self._sandbox_origin or API,
                        headers={"Authorization": f"Bearer {token}", "User-Agent": "croquis"},
                        timeout=self._timeout,
                        transport=self._network,
                    )
                }
            return self._clients[token]

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _check_account(self) -> None:
        """A token of another account knows none of our runs, and gets the same 404."""
        try:
            name = decoded_object(_body(self._ask("GET", "/v1/account"))).get("username")
        except NotStrictJson:
            raise Unavailable("The provider's answer cannot be read.") from None
        if name != self._destination.partition("/")[0]:
            raise Unavailable("The token is not that of the destination's account.")

    def _ask(self, method: str, path: str) -> httpx.Response:
        """A call that costs nothing: tried once, and given up when the whole of it takes too long."""
        until = time.monotonic() + ASK_SECONDS
        try:
            with self._client().stream(method, path) as answer:
                body = bytearray()
                for part in answer.iter_bytes():
                    body += part
                    if time.monotonic() > until:
                        raise Unavailable("The provider took too long to answer.")
                return httpx.Response(answer.status_code, content=bytes(body))
        except httpx.HTTPError as error:
            raise Unavailable("The provider did not answer.") from error

    def _post(self, path: str, body: dict[str, object], headers: dict[str, str]) -> Started:
        try:
            answer = self._client().post(path, json=body, headers=headers)
        except httpx.HTTPError as error:
            return Started(Outcome.UNKNOWN, reason=type(error).__name__)
        outcome = outcome_of(answer.status_code, answer.content)
        if outcome is Outcome.STARTED:
            return Started(outcome, id=run_id_of(answer.content))
        return Started(outcome, reason=reason_of(answer.status_code, answer.content))


def _body(answer: httpx.Response) -> bytes:
    if not answer.is_success:
        raise Unavailable(f"The provider answered {answer.status_code}.")
    return answer.content
