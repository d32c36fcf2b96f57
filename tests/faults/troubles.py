"""Faults that are no answer to one call: a restart of Postgres, a rotated secret, a bad day at the provider."""

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from faults.kinds import SECRET_OF, Effect, Kind

if TYPE_CHECKING:
    from faults.world import World

NOBODY = "cq" + "0" * 32
OURS = ("authenticator", "supabase_auth_admin")


class Troubles:
    """What befalls the neighbours of a world."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def restart_database(self) -> None:
        """Whoever is connected is cut off, and finds it out at the next statement."""
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        self._world.rows(f"{ended} and usename = any(%s)", list(OURS))

    def erase(self, kind: Kind) -> None:
        """The first owner asks for it."""
        self._world.owners[0].erase(account=kind is Kind.ACCOUNT_ERASED)

    def rotate_secret(self, effect: Effect) -> None:
        """Of the neighbour that is about to be asked, or of the one that has just shown its own."""
        world, name = self._world, SECRET_OF.get(effect.port)
        if name:
            world.keys.rotate(name)
        elif effect.method == "webhook_secrets":
            secret = "whsec_" + base64.b64encode(b"another secret, as long as the old one").decode()
            world.twin.settings = replace(world.twin.settings, webhook_secret=secret)
            world.keys.rotate("WEBHOOK_SECRET", {"secrets": [secret]})
        else:
            secret = "y" * 64
            world.rows("update vault.secrets set secret = %s where name = 'croquis_storage_hook_secret'", secret)
            world.keys.rotate("STORAGE_HOOK_SECRET", {"secrets": [secret]})

    def misbehave(self, kind: Kind, point: Any, changes: dict[str, Any]) -> None:
        """The twin's next passage of that point bears these faults."""
        if kind is Kind.WEBHOOKS_ASTRAY:
            markers = self._world.rows("select marker from provider_attempts order by created_at desc, id limit 2")
            other = markers[1]["marker"] if len(markers) > 1 else NOBODY
            changes = {"webhook_goes_to": f"{self._world.api}/webhooks/replicate/{other}"}
        self._world.twin.once(point, **changes)
