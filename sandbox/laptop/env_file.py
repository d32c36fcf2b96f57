"""`.croquis/.env.local`: what a front end needs to know of the running sandbox, named as Next.js and Vite want it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from sandbox import ROOT

if TYPE_CHECKING:
    from sandbox.laptop.launcher import Addresses

ENV_FILE = ROOT / ".croquis" / ".env.local"
HEAD = """\
# The local sandbox of Croquis, written at each start. Copy it, or link it, beside your page's package.json.
# What begins with NEXT_PUBLIC_ or VITE_ reaches the browser; nothing of it opens anything but this machine.
"""


def env_file(addresses: "Addresses") -> str:
    """The text of the file."""
    return HEAD + "".join(f"{name}='{value}'\n" for name, value in _values(addresses))


def _values(addresses: "Addresses") -> Iterator[tuple[str, str]]:
    for framework in ("NEXT_PUBLIC", "VITE"):
        yield f"{framework}_CROQUIS_API_URL", addresses.api
        yield f"{framework}_SUPABASE_URL", addresses.supabase
        yield f"{framework}_SUPABASE_PUBLISHABLE_KEY", addresses.publishable_key
    for number, (email, password) in enumerate(addresses.users.items(), 1):
        yield f"CROQUIS_USER_{number}_EMAIL", email
        yield f"CROQUIS_USER_{number}_PASSWORD", password
    yield "CROQUIS_PAGE_URL", addresses.page
    yield "CROQUIS_REPLICATE_URL", addresses.replicate
    yield "CROQUIS_REPLICATE_TOKEN", addresses.replicate_token
    yield "CROQUIS_POSTGRES_URL", addresses.postgres


def postgres_url(dsn: str) -> str:
    """A connection string as an address, as other programs want it."""
    if "://" in dsn:
        return dsn
    parts = conninfo_to_dict(dsn)
    return f"postgresql://{parts['user']}@{parts['host']}:{parts['port']}/{parts['dbname']}"
