"""What `make up` starts, called as a page calls it: every route, a preflight, an answer without a body."""

from collections.abc import Iterator

import httpx
import pytest
from contracts.test_template import routes
from route_checks import (
    PAGE,
    assert_a_page_may_call,
    assert_an_answer_without_a_body_arrives,
    assert_others_hear_nothing,
)
from studio import CONSENT

from sandbox.laptop.addresses import Ports
from sandbox.laptop.launcher import Addresses, Laptop
from sandbox.laptop.serving import free_port


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory, weights: None) -> Iterator[Addresses]:
    ports = Ports(**{name: free_port() for name in Ports.__dataclass_fields__})
    folder = tmp_path_factory.mktemp("laptop")
    with Laptop(ports, lambda _: None, folder / "state", logs=folder / "log") as addresses:
        yield addresses


@pytest.fixture(scope="module")
def page(addresses: Addresses) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {addresses.sign_in()}", "Origin": PAGE}
    with httpx.Client(base_url=addresses.api, headers=headers, timeout=60) as client:
        yield client


@pytest.mark.parametrize("route", sorted(routes()))
def test_a_page_may_ask_first_and_then_call(page: httpx.Client, route: str) -> None:
    assert_a_page_may_call(page, route)


def test_a_page_of_another_origin_hears_nothing(page: httpx.Client) -> None:
    assert_others_hear_nothing(page)


def test_an_answer_without_a_body_arrives(page: httpx.Client) -> None:
    assert_an_answer_without_a_body_arrives(page, CONSENT)


def test_a_name_that_was_rebound_to_this_machine_reaches_nothing(page: httpx.Client) -> None:
    assert page.get("/v1/models", headers={"Host": "rebound.example"}).status_code == 400
