"""What a stage is told once: infra/stages/<stage>.toml. Nothing of it is secret, so it may be committed."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from croquis_cli.doctor.project import PRESETS
from infra.deploy.errors import Stopped

ROOT = Path(__file__).parents[2]
STAGES = ROOT / "infra/stages"
STAGE = re.compile(r"[a-z][a-z0-9]{0,11}")
HEAD = "# What `make deploy STAGE={stage}` was told. No secrets: commit it, so that everybody deploys the same.\n"


@dataclass(frozen=True)
class Answers:
    """Empty text: not told yet, or, where nothing needs to be told, none."""

    region: str = ""
    supabase_url: str = ""
    supabase_publishable_key: str = ""
    replicate_destination: str = ""
    allowed_origins: str = ""
    alarm_email: str = ""
    public_url: str = ""
    largest_preset: str = "identity"
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])  # of template.yaml, whichever else

    @classmethod
    def read(cls, path: Path) -> Self:
        """Those of the file; none where there is no file. Stopped names what is wrong in it."""
        try:
            found: dict[str, Any] = tomllib.loads(path.read_text()) if path.exists() else {}
        except (OSError, ValueError) as error:
            raise Stopped(f"{path} cannot be read: {error}.") from None
        if unknown := set(found) - {it.name for it in fields(cls)}:
            raise Stopped(f"{path} answers {', '.join(sorted(unknown))}, which nobody asks. Is it misspelt?")
        for name, value in found.items():
            if value != "" and (sentence := refused(name, value)):
                raise Stopped(f"{path}: {name} {sentence}")
        return cls(**found)

    def write(self, path: Path, stage: str) -> None:
        """Replace the file, if it does not say so already: what somebody wrote into it by hand stays."""
        if path.exists() and type(self).read(path) == self:
            return
        told = {name: value for name, value in asdict(self).items() if name != "parameters"}
        text = HEAD.format(stage=stage) + "".join(f"{name} = {json.dumps(value)}\n" for name, value in told.items())
        if self.parameters:
            text += "\n[parameters]\n" + "".join(f"{name} = {json.dumps(it)}\n" for name, it in self.parameters.items())
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    @property
    def origins(self) -> list[str]:
        return [it.strip() for it in self.allowed_origins.split(",")]


HTTPS = r"https://[A-Za-z0-9.-]+(:\d{1,5})?"
LOOPBACK = r"http://(127\.0\.0\.1|localhost):\d{1,5}"
SHAPES: Mapping[str, tuple[str, str]] = {
    "region": (r"[a-z]{2}(-[a-z]+)+-\d", "is a region of AWS, such as eu-central-1."),
    "supabase_url": (f"{HTTPS}|{LOOPBACK}", "is the project's address alone, such as https://abcd.supabase.co"),
    "supabase_publishable_key": (r"sb_publishable_\S+", "begins with sb_publishable_: Supabase's Settings → API Keys."),
    "replicate_destination": (r"[a-z0-9][\w.-]*/[a-z0-9][a-z0-9._-]*", "is owner/name, such as your-name/people."),
    "allowed_origins": (rf"({HTTPS}|{LOOPBACK})(\s*,\s*({HTTPS}|{LOOPBACK}))*", "are the dashboard's origins, exactly, "
                        "with commas between them, such as https://dashboard.example.com."),
    "alarm_email": (r"|[^@\s]+@[^@\s]+\.[^@\s]+", "is a mail address, or empty."),
    "public_url": (rf"|{HTTPS}", "is the address of a custom domain, such as https://api.example.com, or empty."),
    "largest_preset": ("|".join(PRESETS), f"is one of {', '.join(PRESETS)}."),
}  # fmt: skip


def refused(name: str, value: object) -> str:
    """Why this cannot be the answer; empty if it can."""
    if name == "parameters":
        good = isinstance(value, dict) and all(isinstance(it, str) for it in value.values())  # pyright: ignore[reportUnknownVariableType]
        return "" if good else "are texts by the name of a template parameter."
    shape, sentence = SHAPES[name]
    return "" if isinstance(value, str) and re.fullmatch(shape, value) else sentence


def stage_of(text: str) -> str:
    """The name of a stage, or Stopped."""
    if text == "laptop":
        raise Stopped("The stage laptop is what `make up PUBLIC_URL=…` works on, and a project serves one stage only.")
    if not STAGE.fullmatch(text):
        raise Stopped(
            "Which stage? Say for example `make deploy STAGE=dev`: a short word, such as dev, staging or prod."
        )
    return text
