"""Which addresses that others told us may be fetched from."""

from collections.abc import Sequence

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis.adapters.replicate.outbound import NotAllowed, allowed, fetch
from croquis.errors import Unavailable

NEVER = 30.0


@pytest.mark.parametrize(
    "url",
    [
        "https://replicate.delivery/xezq/nAhWcGR/trained_model.tar",
        "https://replicate.delivery:443/a?b=c%20d#e",
        "https://pbxt.replicate.delivery/x",
        "https://a.b-c.replicate.delivery",
        "https://api.replicate.com/v1/files/x/download?owner=o&signature=s",
        "HTTPS://Replicate.Delivery/x",
    ],
)
def test_replicate_s_own_files_may_be_fetched(url: str) -> None:
    """AS-15."""
    assert allowed(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "replicate.delivery/x",
        "//replicate.delivery/x",
        "http://replicate.delivery/x",
        "ftp://replicate.delivery/x",
        "https:/replicate.delivery/x",
        "https:replicate.delivery/x",
        "https:///replicate.delivery/x",
        "https://evil.example/x",
        "https://replicate.delivery.evil.example/x",
        "https://evilreplicate.delivery/x",
        "https://replicate.delivery@evil.example/x",
        "https://evil.example#@replicate.delivery/x",
        "https://evil.example?@replicate.delivery/x",
        "https://evil.example\\@replicate.delivery/x",
        "https://replicate.delivery\\.evil.example/x",
        "https://user@replicate.delivery/x",
        "https://user:word@replicate.delivery/x",
        "https://@replicate.delivery/x",
        "https://replicate.delivery:80/x",
        "https://replicate.delivery:/x",
        "https://replicate.delivery:0443/x",
        "https://replicate.delivery:443@evil.example/x",
        "https://replicate.delivery./x",
        "https://.replicate.delivery/x",
        "https://a..replicate.delivery/x",
        "https://-.replicate.delivery/x",
        "https://a_b.replicate.delivery/x",
        "https://%72eplicate.delivery/x",
        "https://replicate%2edelivery/x",
        "https://replicate。delivery/x",
        "https://rеplicate.delivery/x",
        "https://replıcate.delivery/x",
        "https://replicate.delivery/é",
        "https://replicate.delivery/a b",
        " https://replicate.delivery/x",
        "https://replicate.delivery/x\n",
        "https://replicate.delivery/x\r\nHost: evil.example",
        "https://replicate\t.delivery/x",
        "https://replicate.delivery\x00.evil.example/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://0x7f.1/x",
        "https://0177.0.0.1/x",
        "https://127.1/x",
        "https://①②⑦.0.0.1/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[2002:7f00:1::]/x",
        "https://replicate.delivery%00.evil.example/x",
        "https://replicate.delivery;.evil.example/x",
        "https://replicate.delivery,evil.example/x",
        "https://replicate.delivery:443:80/x",
        "https://replicate.delivery:443.evil.example/x",
        "https://xn--eplicate-0bg.delivery/x",
        "https://replicate.xn--delivery/x",
        "https://replicate.delivery．evil.example/x",
        "https://replicate.deliverу/x",
        "https://REPLICATE.DELIVERY.evil.example/x",
        "https://replicate.delivery\u200b/x",
        "https://*.replicate.delivery/x",
        "https://replicate.com/x",
        "https://www.api.replicate.com/x",
        "https://replicate.delivery/" + "x" * 5000,
    ],
)
def test_everything_else_may_not(url: str) -> None:
    """AS-15."""
    assert not allowed(url)
    with pytest.raises(NotAllowed), fetch(url, limit=10, deadline_s=1, resolve=unasked):
        pass


@given(
    st.text(st.characters(exclude_categories=()))
    | st.text("htps:/.@#?\\[]replicate.delivery443").map("https://".__add__)
)
def test_an_allowed_url_always_begins_with_an_allowed_host(url: str) -> None:
    """AS-15."""
    if allowed(url):
        host = url.split("/")[2].split("?")[0].split("#")[0].removesuffix(":443")
        assert ("." + host).endswith((".replicate.delivery", ".api.replicate.com"))


def unasked(host: str, port: int) -> Sequence[str]:
    raise AssertionError("The name of a refused address must not even be looked up.")


PRIVATE = ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1"]
PRIVATE += ["::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
# v4 in the clothes of other times: compatible, translated, NAT64 at home, Teredo, ISATAP, 6to4 and its relays
PRIVATE += ["::10.0.0.1", "::127.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b:1::a00:1", "2001:0:a00:1::", "192.88.99.1"]
PRIVATE += ["2600::5efe:10.0.0.1", "2600::200:5efe:169.254.169.254", "2002:a9fe:a9fe::1", "::ffff:100.100.100.200"]
PRIVATE += ["fec0::1", "100::1", "5f00::1", "3fff::1", "2001:db8::1", "4000::1", "198.18.0.1", "192.0.0.192"]
PRIVATE += ["fd00:ec2::254"]  # where a cloud tells its machines their keys
# as only some resolvers would spell it
PRIVATE += ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "", "1e100", "[::1]", "127.0.0.1%eth0"]


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("others", [[], ["93.184.216.34"]], ids=["alone", "among public ones"])
def test_a_name_that_leads_inside_is_not_connected_to(address: str, others: list[str]) -> None:
    """AS-15: all addresses must be public, not only the one that would be used."""
    url = "https://replicate.delivery/x"
    with pytest.raises(NotAllowed), fetch(url, limit=10, deadline_s=NEVER, resolve=lambda *_: [*others, address]):
        pass


@pytest.mark.parametrize("path", ["@evil.example/x", "0/x", ".evil.example/x", "/x\r\nA: b", "", "\\@evil.example/x"])
def test_the_sandbox_s_address_opens_no_other_door(path: str) -> None:
    """AS-15."""
    origin = "http://127.0.0.1:8080"
    with (
        pytest.raises(NotAllowed),
        fetch(origin + path, limit=5, deadline_s=NEVER, extra_origin=origin, resolve=unasked),
    ):
        pass


PUBLIC = ["93.184.216.34", "2606:2800:21f:cb07::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2002:5db8:d822::1"]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_connected_to_as_it_was_checked(address: str) -> None:
    """AS-15: also one that a network with NAT64 gives, or these rules would refuse everything there."""
    asked: list[str] = []

    class Sockets(httpcore.NetworkBackend):
        def connect_tcp(self, host: str, *_: object, **__: object) -> httpcore.NetworkStream:
            asked.append(host)
            raise httpcore.ConnectError("That is far enough.")

    url = "https://replicate.delivery/x"
    with (
        pytest.raises(Unavailable),
        fetch(url, limit=10, deadline_s=NEVER, resolve=lambda *_: [address], sockets=Sockets()),
    ):
        pass
    assert asked == [address]
