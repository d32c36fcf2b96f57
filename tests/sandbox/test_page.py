"""How the page is served: its files alone, one document for its own addresses, a policy without inline code."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox import ROOT
from sandbox.laptop.page import create_page, policy
from sandbox.laptop.page_build import (
    MADE_FROM,
    NO_NODE,
    SOURCES,
    PageError,
    build_meanwhile,
    build_page,
    is_built,
    page_folder,
)
from sandbox.laptop.serving import ServerThread

API, SUPABASE = "http://127.0.0.1:1", "http://127.0.0.1:2"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>the page</title>")
    (folder / "assets/index-1.js").write_text("run()")
    (tmp_path / "secret.txt").write_text("not for anybody")
    return folder


@pytest.fixture
def page(built: Path) -> Iterator[httpx.Client]:
    app = create_page(built, api=API, supabase=SUPABASE, publishable_key="sb_publishable_1")
    with ServerThread(app) as server, httpx.Client(base_url=server.url) as client:
        yield client


@pytest.mark.parametrize("address", ["/", "/models/train", "/models/train/6a1b7d52", "/shown"])
def test_each_of_its_addresses_is_the_one_document(page: httpx.Client, address: str):
    answer = page.get(address)
    assert (answer.status_code, answer.text) == (200, "<title>the page</title>")
    assert answer.headers["cache-control"] == "no-cache"


def test_files_whose_names_change_with_their_content_are_kept(page: httpx.Client):
    answer = page.get("/assets/index-1.js")
    assert answer.text == "run()"
    assert answer.headers["cache-control"].endswith("immutable")


@pytest.mark.parametrize(
    "address", ["/assets/none.js", "/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"]
)
def test_what_is_no_file_of_the_page_is_not_there(page: httpx.Client, address: str):
    answer = page.get(address)
    assert answer.status_code == 404
    assert "not for anybody" not in answer.text


def test_it_tells_the_browser_where_everything_is_and_no_secret(page: httpx.Client):
    assert page.get("/config.json").json() == {"api": API, "supabase": SUPABASE, "publishable_key": "sb_publishable_1"}


@pytest.mark.parametrize("address", ["/", "/shown", "/config.json", "/assets/index-1.js", "/none.js"])
def test_every_answer_has_the_policy_and_tells_nobody_where_one_was(page: httpx.Client, address: str):
    headers = page.get(address).headers
    assert headers["content-security-policy"] == policy(API, SUPABASE)
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


def test_the_policy_takes_nothing_inline_and_calls_only_ours():
    rules = dict(rule.split(" ", 1) for rule in policy(API, "https://x.supabase.co").split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["connect-src"] == f"'self' {API} https://x.supabase.co wss://x.supabase.co"


def test_before_it_is_built_it_says_so_and_looks_again(tmp_path: Path):
    with ServerThread(create_page(tmp_path / "none", api=API, supabase=SUPABASE, publishable_key="k")) as server:
        answer = httpx.get(f"{server.url}/models")
    assert answer.status_code == 503
    assert 'http-equiv="refresh"' in answer.text


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name in (*SOURCES, *MADE_FROM, "web/with_node"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_changed_source_is_another_page(sources: Path):
    before = page_folder(sources)
    assert before.name == page_folder().name
    (sources / "web/page/src/App.tsx").write_text("")
    assert page_folder(sources) != before


def test_without_node_there_is_one_sentence_and_nothing_is_built(sources: Path):
    (sources / "web/with_node").write_text("#!/bin/sh\nexit 1\n")
    assert build_meanwhile(sources) == NO_NODE
    with pytest.raises(PageError, match=r"page\.log says why"):
        build_page(sources)
    assert not is_built(page_folder(sources))


def test_a_page_that_is_built_is_not_built_again(sources: Path):
    (sources / "web/with_node").write_text("#!/bin/sh\nexit 1\n")
    folder = page_folder(sources)
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("built")
    assert build_meanwhile(sources) is None
    assert build_page(sources) == folder
