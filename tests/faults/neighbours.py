"""The port Croquis of a run of faults: real adapters to Postgres and to the twin, each call of a port an effect."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import httpcore
import httpx
from faults.keys import Keys
from faults.kinds import CLOCK, SECRETS
from faults.recorder import Recorder, Watched
from studio import OwnSettings

from croquis import wiring
from croquis.adapters.replicate.provider import ReplicateProvider
from croquis.adapters.supabase.data_api import DataApi
from croquis.adapters.supabase.files import SupabaseFiles
from croquis.adapters.supabase.sign_ins import SupabaseSignIns
from croquis.adapters.supabase.store import SupabaseStore
from croquis.ports import Owner
from croquis.ports.store import Store
from croquis.settings import Settings
from sandbox.aws.stack import Stack

PARTS = tuple(name for name, it in vars(Store).items() if isinstance(it, property))
TWIN = "http://127.0.0.1"  # nobody listens there: the twin is asked past all sockets


class Adapters(wiring.Neighbours):
    """The real wiring, with lines that can break, secrets that are at hand, and the world's clock."""

    def __init__(
        self,
        stack: Stack,
        now: Callable[[], float],
        keys: Keys,
        http: Callable[[str], httpx.Client],
        *,
        provider: httpx.BaseTransport,
        sockets: httpcore.NetworkBackend,
    ) -> None:
        given = {name: value for it in stack.functions.values() for name, value in it.environment.items()}
        given |= {"SANDBOX": "1", "SANDBOX_REPLICATE_ORIGIN": TWIN}
        super().__init__(Settings(OwnSettings(given)))
        self._now, self._keys, self._http_for = now, keys, http
        self._to_provider, self._sockets = provider, sockets
        self.public = stack.given["PublicUrl"]

    def made(self) -> "Adapters":
        """Outside of any function, which would see only its own settings."""
        for name in ("store", "files", "sign_ins", "provider"):
            getattr(self, name)
        return self

    @property
    def store(self) -> Any:
        return self.__dict__.setdefault("_store", SupabaseStore(DataApi(**self._over("store"))))

    @property
    def files(self) -> Any:
        return self.__dict__.setdefault("_files", SupabaseFiles(**self._over("files")))

    @property
    def sign_ins(self) -> Any:
        return self.__dict__.setdefault("_sign_ins", SupabaseSignIns(**self._over("sign_ins")))

    @property
    def provider(self) -> Any:
        return self.__dict__.setdefault("_provider", ReplicateProvider(
            token=lambda: str(self._secret("REPLICATE_SECRET")["token"]),
            trainer=self._settings["REPLICATE_TRAINER"], destination=self._settings["REPLICATE_DESTINATION"],
            webhook_url=self._public_url, sandbox_origin=self._settings.sandbox_origin,
            transport=self._to_provider, sockets=self._sockets,
        ))  # fmt: skip

    def now(self) -> int:
        return int(self._now())

    def _over(self, port: str) -> dict[str, Any]:
        return self.__dict__.setdefault(f"_project_{port}", {**self._project(), "http": self._http_for(port)})

    @cached_property
    def _http(self) -> Any:
        return self._http_for("auth")

    def _public_url(self) -> str:
        return self.public

    def _secret(self, name: str, *, fresh: bool = False) -> dict[str, Any]:
        return self._keys.read(name, fresh=fresh)


class Neighbourhood:
    """What is handed in."""

    def __init__(self, adapters: Adapters, recorder: Recorder, workflow: Any, queue: Any, faces: Any) -> None:
        self._adapters, self._recorder = adapters, recorder
        self.store = Watched(recorder, "store", adapters.store, PARTS)
        self.files = Watched(recorder, "files", adapters.files)
        self.sign_ins = Watched(recorder, "sign_ins", adapters.sign_ins)
        self.provider = Watched(recorder, "provider", adapters.provider)
        self.workflow = Watched(recorder, "workflow", workflow)
        self.queue = Watched(recorder, "queue", queue)
        self.faces = Watched(recorder, "faces", faces)
        self.sandbox = adapters.sandbox

    def owner_of(self, authorization: str | None) -> Owner:
        return self._adapters.owner_of(authorization)

    def read_event(self, body: bytes) -> Any:
        return self._adapters.read_event(body)

    def shown_training(self, parameters: Any, trigger_word: str) -> Any:
        return self._adapters.shown_training(parameters, trigger_word)

    def shown_image(self, recipe: Any, *, drawn: bool) -> Any:
        return self._adapters.shown_image(recipe, drawn=drawn)

    def webhook_secrets(self, *, fresh: bool = False) -> Any:
        return self._secrets("webhook_secrets", lambda: self._adapters.webhook_secrets(fresh=fresh))

    def storage_hook_secrets(self) -> Any:
        return self._secrets("storage_hook_secrets", self._adapters.storage_hook_secrets)

    def _secrets(self, method: str, read: Callable[[], Any]) -> Any:
        return self._recorder.effect(SECRETS, method, read)

    def signing_identity(self) -> Any:
        return self._adapters.signing_identity()

    def now(self) -> int:
        seen: int = self._recorder.effect(CLOCK, "now", self._adapters.now)
        return seen + int(self._recorder.seconds_off)
