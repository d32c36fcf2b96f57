"""Replicate over its HTTP API. The SDK serves as transport only: its models crash on `aborted` and drop the metrics."""

import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpcore
import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from replicate.client import Client
from replicate.exceptions import ReplicateError

from croquis.adapters.replicate import outbound
from croquis.adapters.replicate.answers import outcome_of, read_status, reason_of, run_id_of
from croquis.adapters.replicate.orders import generation_input, trainer_input
from croquis.adapters.replicate.trainer_log import images_found, trainer_log_of
from croquis.domain.images.image import ImageSize
from croquis.domain.runs.attempt import Outcome
from croquis.domain.runs.training import TrainingParameters
from croquis.errors import Unavailable
from croquis.ports import Download, ProviderRun, RunKind, Started

API = "https://api.replicate.com"  # said here, because the SDK would also take it from the environment
PATHS = {RunKind.TRAINING: "/v1/trainings", RunKind.IMAGE: "/v1/predictions"}
EVENTS = {RunKind.TRAINING: ["start", "logs", "completed"], RunKind.IMAGE: ["completed"]}  # an image has no progress
TIMEOUT = httpx.Timeout(20, connect=5)  # shorter than every function that calls
IMAGE_DEADLINE = "40m"


class _Metrics(BaseModel):
    predict_time: float | None = None


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    id: str
    status: str
    output: object = None
    error: object = None
    logs: str | None = None
    metrics: _Metrics | None = None


class ReplicateProvider:
    """Keeps the port Provider.

    `webhook_url` gives our address for webhooks, read when it is needed. `sandbox_origin` is set by the wiring alone
    and sends everything, the token too, to the stand-in on this machine. `transport` replaces
    the network for the API, `sockets` for files.
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
        self._clients: dict[str, Client] = {}
        self._one_at_a_time = threading.Lock()

    def start_training(
        self, parameters: TrainingParameters, *, dataset_url: str, trigger_word: str, marker: str
    ) -> Started:
        owner_and_name, _, version = self._trainer.partition(":")
        order = trainer_input(parameters, dataset_url=dataset_url, trigger_word=trigger_word)
        body = {"destination": self._destination, "input": order, **self._webhook(RunKind.TRAINING, marker)}
        return self._post(f"/v1/models/{owner_and_name}/versions/{version}/trainings", body, {})

    def start_image(self, version: str, prompt: str, size: ImageSize, *, seed: int, marker: str) -> Started:
        order = generation_input(prompt, seed, size)
        body = {"version": version.rpartition(":")[2], "input": order, **self._webhook(RunKind.IMAGE, marker)}
        return self._post("/v1/predictions", body, {"Cancel-After": IMAGE_DEADLINE})

    def look(self, kind: RunKind, provider_id: str) -> ProviderRun | None:
        try:
            answer = self._ask("GET", f"{PATHS[kind]}/{provider_id}")
        except ReplicateError as error:
            if error.status == 404:
                return None
            raise Unavailable(f"The provider answered {error.status}.") from error
        except httpx.HTTPError as error:
            raise Unavailable("The provider did not answer.") from error
        return _run(kind, answer)

    def cancel(self, kind: RunKind, provider_id: str) -> None:
        try:
            self._ask("POST", f"{PATHS[kind]}/{provider_id}/cancel")
        except ReplicateError as error:
            if (error.status or 500) >= 500:
                raise Unavailable("The provider did not cancel.") from error
        except httpx.HTTPError as error:
            raise Unavailable("The provider did not answer.") from error

    def fetch(self, url: str, *, limit: int, deadline_s: float) -> AbstractContextManager[Download]:
        origin = self._sandbox_origin
        return outbound.fetch(url, limit=limit, deadline_s=deadline_s, extra_origin=origin, sockets=self._sockets)

    def _webhook(self, kind: RunKind, marker: str) -> dict[str, object]:
        return {"webhook": f"{self._webhook_url()}/webhooks/replicate/{marker}", "webhook_events_filter": EVENTS[kind]}

    def _client(self) -> Client:
        """One client per token: a rotated token gets a new one, and threads share it."""
        token = self._token()
        with self._one_at_a_time:
            if token not in self._clients:
                self.close()
                # one POST per attempt: the SDK's transport repeats only GET and the like, and httpx follows no redirect
                agent = {"User-Agent": "croquis"}
                client = Client(
                    api_token=token,
                    base_url=self._sandbox_origin or API,
                    timeout=self._timeout,
                    headers=agent,
                    transport=self._network,
                )
                _transport(client)  # connected to nothing yet, but made once
                self._clients = {token: client}
            return self._clients[token]

    def close(self) -> None:
        for client in self._clients.values():
            _transport(client).close()

    def _ask(self, method: str, path: str) -> httpx.Response:
        """A call that costs nothing; ReplicateError when it was refused."""
        return self._client()._request(method, path)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]

    def _post(self, path: str, body: dict[str, object], headers: dict[str, str]) -> Started:
        try:
            answer = _transport(self._client()).request("POST", path, json=body, headers=headers)
        except httpx.HTTPError as error:
            return Started(Outcome.UNKNOWN, reason=type(error).__name__)
        outcome = outcome_of(answer.status_code, answer.content)
        if outcome is Outcome.STARTED:
            return Started(outcome, id=run_id_of(answer.content))
        return Started(outcome, reason=reason_of(answer.status_code, answer.content))


def _transport(client: Client) -> httpx.Client:
    return client._client  # pyright: ignore[reportPrivateUsage]  the SDK is pinned; its models cannot be used


def _run(kind: RunKind, answer: httpx.Response) -> ProviderRun:
    try:
        # not strict: the provider's logs were seen with raw control characters in them
        run = _Answer.model_validate(json.loads(answer.content, strict=False))
    except (ValidationError, ValueError, RecursionError) as error:
        raise Unavailable("The provider's answer cannot be read.") from error
    output = run.output
    trained: dict[str, object] = output if isinstance(output, dict) else {}  # pyright: ignore[reportUnknownVariableType]
    images: list[object] = output if isinstance(output, list) else [output] if isinstance(output, str) else []  # pyright: ignore[reportUnknownVariableType]
    version, weights = trained.get("version"), trained.get("weights")
    return ProviderRun(
        id=run.id,
        status=read_status(run.status),
        version=str(version) if version else None,
        weights_url=str(weights) if weights else None,
        image_urls=tuple(str(url) for url in images),
        error=str(run.error) if run.error else None,
        images_found=images_found(run.logs or ""),
        seconds=run.metrics.predict_time if run.metrics else None,
        log=trainer_log_of(run.logs) if run.logs and kind is RunKind.TRAINING else None,
    )
