"""The one file that knows all: it chooses the real adapters. Built at the first use, never at import."""

import functools
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from croquis.ports import Croquis, Faces, Files, Owner, Provider, ProviderEvent, Queue, SignIns, Store, Workflow
from croquis.settings import Settings

if TYPE_CHECKING:  # the types do not know that a cached property keeps a Protocol's property
    from croquis.domain.images.provenance import SigningIdentity
    from croquis.domain.images.recipes import ImageRecipe
    from croquis.domain.runs.training import TrainingParameters

    lazy = property
else:
    lazy = cached_property

FRESH_AGAIN_AFTER = 60
CONNECT_SECONDS = 3
FACES_SECONDS = 130  # a little longer than the function that measures them may take


class Neighbours:
    """The port Croquis over AWS, Supabase and Replicate, as the settings name them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._refreshed_at = 0
        self.sandbox = settings.sandbox

    @lazy
    def store(self) -> Store:
        from croquis.adapters.supabase.data_api import DataApi
        from croquis.adapters.supabase.store import SupabaseStore

        return SupabaseStore(DataApi(**self._project()))

    @lazy
    def files(self) -> Files:
        from croquis.adapters.supabase.files import SupabaseFiles

        return SupabaseFiles(**self._project())

    @lazy
    def sign_ins(self) -> SignIns:
        from croquis.adapters.supabase.sign_ins import SupabaseSignIns

        return SupabaseSignIns(**self._project())

    @lazy
    def provider(self) -> Provider:
        from croquis.adapters.replicate.provider import ReplicateProvider

        return ReplicateProvider(
            token=lambda: str(self._secret("REPLICATE_SECRET")["token"]),
            trainer=self._settings["REPLICATE_TRAINER"],
            destination=self._settings["REPLICATE_DESTINATION"],
            webhook_url=self._public_url,
            sandbox_origin=self._settings.sandbox_origin,
        )

    @lazy
    def workflow(self) -> Workflow:
        from croquis.adapters.aws.workflow import StepFunctions

        return StepFunctions(
            self._aws("stepfunctions"),
            training_machine=lambda: self._settings["TRAINING_MACHINE"],
            image_machine=lambda: self._settings["IMAGE_MACHINE"],
        )

    @lazy
    def queue(self) -> Queue:
        from croquis.adapters.aws.queue import Sqs

        return Sqs(
            self._aws("sqs"),
            uploads=lambda: self._settings["UPLOAD_QUEUE"],
            attempts=lambda: self._settings["ATTEMPT_QUEUE"],
            downloads=lambda: self._settings["DOWNLOAD_QUEUE"],
            look_books=lambda: self._settings["LOOK_BOOK_QUEUE"],
            bindings=lambda: self._settings["BINDING_QUEUE"],
        )

    @lazy
    def faces(self) -> Faces:
        from croquis.adapters.aws.faces import LambdaFaces

        client = self._aws("lambda", patience=FACES_SECONDS, tries=1)
        return LambdaFaces(client, function=lambda: self._settings["MEASURE_FACES"])

    def _project(self) -> dict[str, Any]:
        return {
            "url": self._settings["SUPABASE_URL"],
            "publishable_key": self._settings["SUPABASE_PUBLISHABLE_KEY"],
            "secret_key": lambda: str(self._secret("SUPABASE_SECRET")["key"]),
            "http": self._http,
        }

    def owner_of(self, authorization: str | None) -> Owner:
        from croquis.http import tokens

        jwks = self._jwks.for_token(authorization)
        owner = tokens.owner(authorization, jwks=jwks, issuer=self._settings.issuer, now=self.now())
        return Owner(owner, (authorization or "").partition(" ")[2].strip())

    def read_event(self, body: bytes) -> ProviderEvent | None:
        from croquis.adapters.replicate.events import read_event

        return read_event(body)

    def shown_training(self, parameters: "TrainingParameters", trigger_word: str) -> Mapping[str, object]:
        from croquis.adapters.replicate.orders import A_LINK, trainer_input

        return trainer_input(parameters, dataset_url=A_LINK, trigger_word=trigger_word)

    def shown_image(self, recipe: "ImageRecipe", *, drawn: bool) -> Mapping[str, object]:
        from croquis.adapters.replicate.orders import shown_input

        return shown_input(recipe, drawn=drawn)

    def webhook_secrets(self, *, fresh: bool = False) -> Sequence[str]:
        if fresh and self.now() - self._refreshed_at < FRESH_AGAIN_AFTER:
            return ()
        if fresh:
            self._refreshed_at = self.now()
        return self._secret("WEBHOOK_SECRET", fresh=fresh)["secrets"]

    def storage_hook_secrets(self) -> Sequence[str]:
        return self._secret("STORAGE_HOOK_SECRET")["secrets"]

    def signing_identity(self) -> "SigningIdentity":
        from croquis.domain.images.provenance import SigningIdentity

        held = self._secret("MARKS_SECRET")
        return SigningIdentity(str(held.get("certificates", "")), str(held.get("private_key", "")))

    def now(self) -> int:
        return int(time.time())

    def close(self) -> None:
        """Close what is open: for a process that outlives its adapters; a Lambda keeps them for its next call."""
        self._http.close()
        if provider := self.__dict__.get("provider"):
            provider.close()

    @cached_property
    def _http(self) -> Any:
        import httpx

        timeout = httpx.Timeout(self._settings.patience_seconds, connect=CONNECT_SECONDS)
        return httpx.Client(timeout=timeout, follow_redirects=False)

    @cached_property
    def _jwks(self) -> Any:
        from croquis.http.tokens import Jwks

        return Jwks(self._fetch_jwks, self.now)

    def _fetch_jwks(self) -> Mapping[str, object]:
        import httpx

        from croquis.domain.strict_json import NotStrictJson, decoded_object
        from croquis.errors import Unavailable

        try:
            answer = self._http.get(f"{self._settings.issuer}/.well-known/jwks.json").raise_for_status()
            return decoded_object(answer.content)
        except (httpx.HTTPError, NotStrictJson) as error:
            raise Unavailable("The sign-in service does not answer.") from error

    def _public_url(self) -> str:
        return self._parameters.parameter(self._settings["PUBLIC_URL_PARAMETER"]).rstrip("/")

    def _secret(self, name: str, *, fresh: bool = False) -> dict[str, Any]:
        return self._parameters.secret(self._settings[name], fresh=fresh)

    @cached_property
    def _parameters(self) -> Any:
        from croquis.adapters.aws.parameters import AwsParameters

        return AwsParameters(self._aws)

    def _aws(self, service: str, *, patience: float | None = None, tries: int = 2) -> Any:
        import boto3  # pyright: ignore[reportMissingTypeStubs]
        from botocore.config import Config  # pyright: ignore[reportMissingTypeStubs]

        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=patience or self._settings.patience_seconds,
            retries={"total_max_attempts": tries, "mode": "standard"},
        )
        connect = cast("Callable[..., Any]", boto3.client)  # pyright: ignore[reportUnknownMemberType]
        return connect(service, config=config)


_handed_in: list[Croquis] = []


def croquis() -> Croquis:
    """The adapters of this process: those handed in, or the real ones."""
    return _handed_in[-1] if _handed_in else _real()


def hand_in(neighbours: Croquis | None) -> None:
    """For a process that is not a Lambda: use these adapters; None returns to the real ones."""
    _handed_in[:] = [neighbours] if neighbours else []


@functools.cache
def _real() -> Croquis:
    return Neighbours(Settings(os.environ))
