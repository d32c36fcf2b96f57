"""Serves the built page as a deployment would: its files, one document for its own addresses, a strict policy."""

from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.laptop.page_build import is_built

FOREVER = "public, max-age=31536000, immutable"  # the names of these files change with what is in them
NOT_YET = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>Croquis</title><p>The page is not built yet. If it is being built, it shows itself here in a moment.</p></html>
"""


def create_page(folder: Path, *, api: str, supabase: str, publishable_key: str) -> Starlette:
    """The page over a folder that may be filled later; the addresses are told to the browser in /config.json."""
    config = {"api": api, "supabase": supabase, "publishable_key": publishable_key}
    headers = {
        "Content-Security-Policy": policy(api, supabase),
        "Referrer-Policy": "no-referrer",  # behind the # of /shown there is a token, and nobody needs to know the rest
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    def answer(request: Request) -> Response:
        response = _answer(folder, str(request.path_params["path"]), config)
        response.headers.update(headers)
        return response

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET"])])


def policy(api: str, supabase: str) -> str:
    """What the browser may load and call: files of the page, the API, Supabase; nothing inline, nothing in a frame."""
    live = urlsplit(supabase)._replace(scheme="wss" if supabase.startswith("https:") else "ws").geturl()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "worker-src 'self'",
            "style-src 'self'",
            f"img-src 'self' blob: {supabase}",
            f"connect-src 'self' {api} {supabase} {live}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _answer(folder: Path, path: str, config: dict[str, str]) -> Response:
    if path == "config.json":
        return JSONResponse(config, headers={"Cache-Control": "no-store"})
    file = (folder / path).resolve()
    if folder.resolve() in file.parents and file.is_file():
        cached = FOREVER if path.startswith("assets/") else "no-cache"
        return FileResponse(file, headers={"Cache-Control": cached})
    if "." in path:
        return PlainTextResponse("There is no such file.", status_code=404)
    if not is_built(folder):
        return HTMLResponse(NOT_YET, status_code=503, headers={"Cache-Control": "no-store"})
    return FileResponse(folder / "index.html", headers={"Cache-Control": "no-cache"})
