"""Fetches an input file as cog does: no credentials, no retry, redirects followed, streamed to disk."""

import base64
from pathlib import Path

import httpx


class FetchError(Exception):
    """In the words of the library that the model uses; they hold the address."""


async def fetch(client: httpx.AsyncClient, url: str, path: Path) -> None:
    """Write what stands behind the address (http, https or data) to the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if url.startswith("data:"):
        path.write_bytes(base64.b64decode(url.partition(",")[2]))
        return
    try:
        await _stream(client, url, path)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(f"HTTPConnectionPool: Max retries exceeded with url: {url} ({error})") from error


async def _stream(client: httpx.AsyncClient, url: str, path: Path) -> None:
    async with client.stream("GET", url, follow_redirects=True) as answer:
        if answer.is_error:
            side = "Client" if answer.is_client_error else "Server"
            raise FetchError(f"{answer.status_code} {side} Error: {answer.reason_phrase} for url: {url}")
        with path.open("wb") as file:
            async for piece in answer.aiter_bytes(1 << 20):
                file.write(piece)
