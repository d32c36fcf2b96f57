"""What happens while an engine puts garments on a person: their pictures are fetched, and one comes of them."""

import asyncio
import io

import httpx
from PIL import Image

from sandbox.replicate import pictures
from sandbox.replicate.dressing import dressed
from sandbox.replicate.inputs import with_defaults
from sandbox.replicate.runs import Run
from sandbox.replicate.settings import Shown
from sandbox.replicate.state import Twin, Work
from sandbox.replicate.try_on_engines import TryOnEngine

OUTPUT = "out-0"


def work_of(engine: TryOnEngine) -> Work:
    """What a run of it does."""

    async def put_on(twin: Twin, run: Run) -> str:
        given = with_defaults(engine.fields, run.input)
        person, garments = engine.people_and_garments(given)
        await twin.pause(run, twin.settings.seconds_per_image)
        end = twin.plan.of(run).prediction_ends
        if end in ("failed", "nsfw"):
            raise RuntimeError(engine.refusal if end == "nsfw" else "CUDA error: an illegal memory access")
        sent = [await _fetched(twin.client, link) for link in (person, *garments)]
        name = f"{OUTPUT}.{given.get('output_format', 'png')}"
        path = twin.files_of(run.id) / name
        shown = None if twin.settings.plain_pictures else twin.plan.of(run).pictures_show
        data = await asyncio.to_thread(_made, sent, name.rpartition(".")[2], shown, str(given.get("seed")))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return run.delivery_url(name)

    return put_on


async def _fetched(client: httpx.AsyncClient, link: str) -> bytes:
    answer = await client.get(link, follow_redirects=True)
    if answer.is_error:
        raise RuntimeError(f"{answer.status_code} Client Error: {answer.reason_phrase} for url: {link}")
    return answer.content


def _made(sent: list[bytes], output_format: str, shown: Shown | None, seed: str) -> bytes:
    person, *garments = (Image.open(io.BytesIO(it)).convert("RGB") for it in sent)
    if shown is None:
        picture = pictures.plain(size=person.size, prompt=f"{len(garments)} garments", seed=len(seed))
    else:
        picture = dressed(person, garments, shown)
    return pictures.encode(picture, output_format, 95)
