"""What an environment must say. A function is given only what it needs; what is missing is named when it is needed."""

from collections.abc import Mapping
from dataclasses import dataclass

PATIENCE_SECONDS = 20  # a worker's; the template gives the doors less
NAMES = {
    "SUPABASE_URL": "the project's address, such as https://abcd.supabase.co",
    "SUPABASE_PUBLISHABLE_KEY": "the project's publishable key (not a secret)",
    "SUPABASE_SECRET": 'ARN of the secret that holds the workers\' key: {"key": …}',
    "REPLICATE_SECRET": 'ARN of the secret that holds the API token: {"token": …}',
    "WEBHOOK_SECRET": 'ARN of the secret that holds the webhook signing secrets: {"secrets": […]}',
    "STORAGE_HOOK_SECRET": 'ARN of the secret that holds the storage hook\'s secrets: {"secrets": […]}',
    "MARKS_SECRET": 'ARN of the secret that signs pictures: {"certificates": PEM, "private_key": PEM}',
    "REPLICATE_TRAINER": "the trainer as owner/name:version",
    "REPLICATE_DESTINATION": "our private model as owner/name; every training becomes a version of it",
    "PUBLIC_URL_PARAMETER": "name of the SSM parameter that holds our own address",
    "TRAINING_MACHINE": "ARN of the training state machine",
    "IMAGE_MACHINE": "ARN of the image state machine",
    "MEASURE_FACES": "ARN of the function that measures faces",
    "UPLOAD_QUEUE": "URL of the queue of landed uploads",
    "ATTEMPT_QUEUE": "URL of the queue of provider attempts to settle",
    "DOWNLOAD_QUEUE": "URL of the queue of downloads to pack",
    "LOOK_BOOK_QUEUE": "URL of the queue of look-books to fill",
    "BINDING_QUEUE": "URL of the queue of look-books to bind",
    "PATIENCE_SECONDS": "how long a dependency may take to answer; shorter than the function's own Timeout",
    "SANDBOX": "1 only on a laptop, set by its launcher; a deployed template cannot set it",
    "SANDBOX_REPLICATE_ORIGIN": "address of the Replicate stand-in; needs SANDBOX=1",
}


class SettingMissing(RuntimeError):
    """A setting that this function needs is not in its environment."""


@dataclass(frozen=True)
class Settings:
    """A view on the environment that knows every name it may ask for."""

    environ: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        value = self.environ.get(name, "")
        if not value:
            raise SettingMissing(f"The setting {name} is missing: {NAMES[name]}.")
        return value

    @property
    def sandbox(self) -> bool:
        """Whether this is a laptop, where a stand-in makes the pictures."""
        return self.environ.get("SANDBOX") == "1"

    @property
    def sandbox_origin(self) -> str | None:
        """The stand-in's address, and only when both words are said."""
        if not self.sandbox:
            return None
        return self.environ.get("SANDBOX_REPLICATE_ORIGIN") or None

    @property
    def patience_seconds(self) -> float:
        """How long to wait for a dependency; a door must still be able to say that it did not answer."""
        return float(self.environ.get("PATIENCE_SECONDS") or PATIENCE_SECONDS)

    @property
    def issuer(self) -> str:
        """Who signs the users' access tokens."""
        return f"{self['SUPABASE_URL']}/auth/v1"
