"""A running Replicate twin, a place that receives its webhooks and serves its input files, and a data set for it."""

import io
import json
import secrets
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from waiting import PATIENCE, until

from sandbox.laptop.serving import ServerThread
from sandbox.replicate.app import create_app
from sandbox.replicate.clocks import Clock
from sandbox.replicate.engines import TRAINER, TRAINER_VERSIONS
from sandbox.replicate.settings import TwinFaults, TwinSettings
from sandbox.replicate.state import Twin

COMPACT = {"layers_to_optimize_regex": "transformer.single_transformer_blocks.(7|12|16|20).proj_out", "lora_rank": 4}


@dataclass
class Message:
    """A request that the webhook place received."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Place:
    """Serves `files` under /files/{name} and takes webhooks at `hook`; it answers what is listed, else 200."""

    url: str = ""
    marker: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    # messages overtake each other, so those about the end have answers of their own
    progress_answers: deque[int] = field(default_factory=deque)
    end_answers: deque[int] = field(default_factory=deque)

    @property
    def hook(self) -> str:
        return f"{self.url}/hooks/{self.marker}"

    def put(self, name: str, content: bytes) -> str:
        self.files[name] = content
        return f"{self.url}/files/{name}"

    def of_status(self, *statuses: str) -> list[Message]:
        return [message for message in self.messages if message.json["status"] in statuses]

    async def take(self, request: Request) -> Response:
        if not request.path_params["marker"].startswith(self.marker):
            return Response()  # of a twin of an earlier test that is just being stopped
        message = Message(request.url.path, dict(request.headers), await request.body())
        self.messages.append(message)
        answers = self.progress_answers if message.json["status"] == "processing" else self.end_answers
        status = answers.popleft() if answers else 200
        return Response(status_code=status, headers={"location": f"{self.hook}/elsewhere"})

    async def serve(self, request: Request) -> Response:
        content = self.files.get(request.path_params["name"])
        return Response(status_code=404) if content is None else Response(content)


@dataclass
class RunningTwin:
    """A twin behind a socket, with a client that is signed in."""

    twin: Twin
    url: str
    client: httpx.Client
    settings: TwinSettings
    place: Place

    def wait(self, condition: Callable[[], Any]) -> Any:
        return until(condition)

    @property
    def destination(self) -> str:
        return f"{self.settings.owner}/croquis-loras"

    def fault(self, **faults: Any) -> None:
        self.twin.faults = TwinFaults(**faults)

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Its caller gives up after a moment, and has all the time again afterwards."""
        self.client.timeout = httpx.Timeout(PATIENCE, read=0.5)
        try:
            yield
        finally:
            self.client.timeout = httpx.Timeout(PATIENCE)

    def once(self, point: Any, **placed: Any) -> None:
        self.twin.once(point, **placed)

    @property
    def bill(self) -> list[tuple[str, str]]:
        """Of each run that is paid, its id and how it ended."""
        return [(entry.id, entry.status) for entry in self.twin.ledger]

    def listed(self, collection: str = "trainings") -> list[dict[str, Any]]:
        return self.client.get(f"/v1/{collection}").json()["results"]

    def make_destination(self) -> httpx.Response:
        owner, name = self.destination.split("/")
        body = {"owner": owner, "name": name, "visibility": "private", "hardware": "gpu-h100"}
        return self.client.post("/v1/models", json=body)

    def order(self, version: str = TRAINER_VERSIONS[-1], webhook: str | None = None, **changes: Any) -> httpx.Response:
        """Order a small training; `changes` go into its input."""
        given = {"input_images": f"{self.place.url}/files/photos.zip", "autocaption": False, "steps": 20, **COMPACT}
        body: dict[str, Any] = {"destination": self.destination, "input": {**given, **changes}}
        if webhook:
            body |= {"webhook": webhook, "webhook_events_filter": ["start", "logs", "completed"]}
        return self.client.post(f"/v1/models/{TRAINER}/versions/{version}/trainings", json=body)

    def ask(self, version: str, headers: dict[str, str] | None = None, **given: Any) -> httpx.Response:
        return self.client.post("/v1/predictions", json={"version": version, "input": given}, headers=headers)

    def read(self, run: dict[str, Any], collection: str = "trainings") -> dict[str, Any]:
        """The run as it is now."""
        return self.client.get(f"/v1/{collection}/{run['id']}").json()

    def ended(self, run: dict[str, Any], collection: str = "trainings") -> dict[str, Any]:
        """The run at its end."""

        def end() -> dict[str, Any] | None:
            now = self.read(run, collection)
            return now if now["status"] in {"succeeded", "failed", "canceled", "aborted"} else None

        return until(end)

    def trained(self, **changes: Any) -> dict[str, Any]:
        """A training that succeeded."""
        run = self.ended(self.order(**changes).json())
        assert run["status"] == "succeeded", run["error"]
        return run


@pytest.fixture(scope="session")
def served_place() -> Iterator[Place]:
    place = Place()
    routes = [Route("/hooks/{marker:path}", place.take, methods=["POST"]), Route("/files/{name}", place.serve)]
    with ServerThread(Starlette(routes=routes)) as server:
        place.url = server.url
        yield place


@pytest.fixture
def place(served_place: Place) -> Place:
    served_place.marker = secrets.token_hex(8)
    served_place.files.clear()
    served_place.progress_answers.clear()
    served_place.end_answers.clear()
    served_place.messages.clear()
    return served_place


@pytest.fixture
def photos_zip() -> bytes:
    """Three photos of a bar on a plain ground, and their captions, flat."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, colour in enumerate(("#336699", "#993366", "#669933")):
            photo = io.BytesIO()
            picture = Image.new("RGB", (832, 1216), colour)
            picture.paste("#102030", (100, 200, 160, 1100))
            picture.save(photo, "JPEG")
            archive.writestr(f"{number:02d}.jpg", photo.getvalue())
            archive.writestr(f"{number:02d}.txt", f"TOK standing, photo {number}")
    return buffer.getvalue()


@pytest.fixture
def twin_settings(tmp_path: Path) -> TwinSettings:
    """A fast twin: everything that would take minutes takes moments."""
    return TwinSettings.generate(
        tmp_path / "twin",
        seconds_to_start=0.0,
        seconds_per_1000_steps=0.0,
        seconds_per_image=0.0,
        webhook_retry_delays=(0.02, 0.02, 0.02),
        silence_s=2.0,
    )


@pytest.fixture(scope="session")
def stopping() -> Iterator[ThreadPoolExecutor]:
    """Stops servers beside the next tests: each stop waits for some ticks of uvicorn."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def run_twin(
    twin_settings: TwinSettings, place: Place, photos_zip: bytes, stopping: ThreadPoolExecutor
) -> Iterator[Callable[..., RunningTwin]]:
    """Start a twin with other settings or another clock; every twin of a test shares its state directory."""
    place.put("photos.zip", photos_zip)
    with ExitStack() as stack:

        def run(clock: Clock | None = None, **changes: Any) -> RunningTwin:
            settings = replace(twin_settings, **changes)
            app = create_app(settings, clock=clock)
            server = ServerThread(app).start()
            stack.callback(stopping.submit, server.stop)
            headers = {"authorization": f"Bearer {settings.api_token}"}
            client = stack.enter_context(httpx.Client(base_url=server.url, headers=headers, timeout=PATIENCE))
            running = RunningTwin(app.state.twin, server.url, client, settings, place)
            running.make_destination()
            return running

        yield run


@pytest.fixture
def twin(run_twin: Callable[..., RunningTwin]) -> RunningTwin:
    return run_twin()
