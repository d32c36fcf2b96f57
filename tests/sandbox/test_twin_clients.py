"""Replicate's own Python client against the twin: what it runs, waits for, is refused, and reads as files."""

import asyncio
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import replicate
from PIL import Image
from replicate.exceptions import ModelError, ReplicateError
from replicate.helpers import FileOutput

from sandbox.laptop.tls_front import TlsFront

if TYPE_CHECKING:
    from tests.sandbox.conftest import RunningTwin

SMALL = {"prompt": "TOK walking", "seed": 7, "megapixels": "0.25", "output_format": "png"}


@dataclass(frozen=True)
class Shop:
    """A twin behind TLS that has a trained version, and the client, which knows it by nothing but its environment."""

    twin: "RunningTwin"
    url: str
    version: str
    client: replicate.Client

    def run(self, **more: Any) -> Any:
        return self.client.run(self.version, {**SMALL, **more})


@pytest.fixture
def shop(run_twin: Callable[..., "RunningTwin"], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    twin = run_twin()
    with TlsFront(tmp_path / "tls", to_port=httpx.URL(twin.url).port or 0) as front:
        twin.twin.settings = replace(twin.twin.settings, secure_url=front.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(front.trusted))
        client = replicate.Client(api_token=twin.settings.api_token, base_url=front.url)
        yield Shop(twin, front.url, twin.trained()["output"]["version"], client)
        client._client.close()


def is_small_png(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return (image.format, image.size) == ("PNG", (512, 512))


def test_what_it_runs_comes_as_files_that_read_themselves(shop: Shop) -> None:
    one, other = shop.run(num_outputs=2)
    assert [type(it) for it in (one, other)] == [FileOutput] * 2
    assert is_small_png(one.read())
    assert is_small_png(b"".join(other))
    assert one.read() != other.read()


def test_its_links_are_secrets_themselves_and_need_no_token(shop: Shop) -> None:
    [file] = shop.run()
    assert file.url.startswith(f"{shop.url}/delivery/")
    assert httpx.get(file.url).content == file.read()


def test_it_may_wait_and_look_instead(shop: Shop) -> None:
    client = shop.client
    prediction = client.predictions.create(version=shop.version.partition(":")[2], input=SMALL)
    prediction.wait()
    assert (prediction.status, len(prediction.output)) == ("succeeded", 1)
    [file] = client.run(shop.version, SMALL, wait=False)
    assert file.read() == httpx.get(prediction.output[0]).content
    assert client.predictions.get(prediction.id).output == prediction.output
    assert prediction.id in {it.id for it in client.predictions.list()}


def test_its_asynchronous_half_reads_the_same(shop: Shop) -> None:
    async def read() -> bytes:
        [file] = await shop.client.async_run(shop.version, SMALL)
        try:
            return await file.aread()
        finally:
            await shop.client._async_client.aclose()

    assert asyncio.run(read()) == shop.run()[0].read()


@pytest.mark.parametrize("lost", [{"prompt": None}, {"num_outputs": 5}])
def test_what_breaks_the_schema_is_refused_before_it_exists(shop: Shop, lost: dict[str, Any]) -> None:
    with pytest.raises(ReplicateError) as refused:
        shop.run(**lost)
    assert (refused.value.status, refused.value.title) == (422, "Input validation failed")
    assert [run.kind for run in shop.twin.twin.ledger] == ["training"]


def test_what_fails_while_it_runs_is_raised(shop: Shop) -> None:
    shop.twin.fault(prediction_ends="nsfw")
    with pytest.raises(ModelError, match="NSFW"):
        shop.run()


def test_a_training_is_ordered_and_its_weights_are_there(shop: Shop) -> None:
    client = shop.client
    [listed] = client.trainings.list()
    assert (listed.status, listed.output["version"]) == ("succeeded", shop.version)
    weights = listed.output["weights"]
    assert httpx.head(weights).status_code == 200


def test_nobody_trusts_it_by_accident(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{shop.url}/v1/models")


def test_who_comes_without_tls_gets_links_without_it(shop: Shop) -> None:
    """Our own adapter does, and every other part of the laptop."""
    done = shop.twin.ended(shop.twin.ask(shop.version, **SMALL).json(), "predictions")
    assert done["output"][0].startswith(f"{shop.twin.url}/delivery/")
