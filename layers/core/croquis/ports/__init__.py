"""What Croquis needs from outside, each port with its promise. Adapters keep them; use cases know nothing else."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from croquis.domain.images.provenance import SigningIdentity
from croquis.domain.images.recipes import ImageRecipe
from croquis.domain.runs.training import TrainingParameters
from croquis.ports.faces import Faces
from croquis.ports.files import Files
from croquis.ports.owner import Owner
from croquis.ports.provider import Download, Provider, ProviderEvent, ProviderRun, Started
from croquis.ports.queue import Queue
from croquis.ports.sign_ins import SignIns
from croquis.ports.store import Store
from croquis.ports.workflow import Execution, Workflow

__all__ = [
    "Croquis", "Download", "Execution", "Faces", "Files", "Owner", "Provider", "ProviderEvent", "ProviderRun", "Queue",
    "SignIns", "Started", "Store", "Workflow",
]  # fmt: skip


class Croquis(Protocol):
    """Everything a use case may reach; the wiring chooses the real adapters, tests hand in others."""

    @property
    def store(self) -> Store: ...

    @property
    def files(self) -> Files: ...

    @property
    def sign_ins(self) -> SignIns: ...

    @property
    def provider(self) -> Provider: ...

    @property
    def workflow(self) -> Workflow: ...

    @property
    def queue(self) -> Queue: ...

    @property
    def faces(self) -> Faces: ...

    @property
    def sandbox(self) -> bool:
        """Whether pictures come from a stand-in: then what they show says nothing of any model."""
        ...

    def owner_of(self, authorization: str | None) -> Owner:
        """The signed-in user behind a header, or NotSignedIn."""
        ...

    def read_event(self, body: bytes) -> ProviderEvent | None:
        """What a verified webhook of the provider says; None when it says nothing about a run."""
        ...

    def shown_training(self, parameters: TrainingParameters, trigger_word: str) -> Mapping[str, object]:
        """The input that the provider would be sent, with words in place of links and of what is only drawn then."""
        ...

    def shown_image(self, recipe: ImageRecipe, *, drawn: bool) -> Mapping[str, object]:
        """The same for an image; `drawn`: its seed too is only drawn then."""
        ...

    def webhook_secrets(self, *, fresh: bool = False) -> Sequence[str]:
        """The provider's signing secrets; `fresh` reads them again, at most once a minute."""
        ...

    def storage_hook_secrets(self) -> Sequence[str]: ...

    def signing_identity(self) -> SigningIdentity:
        """What our pictures are signed with; empty where the deployment has none."""
        ...

    def now(self) -> int:
        """Seconds since 1970."""
        ...
