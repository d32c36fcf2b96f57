"""What survives a restart: the runs and the models with their versions, each in a JSON file of its own."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from sandbox.replicate.engines import PICTURES, TRAINED_FIELDS, TRAINER, TRAINER_FIELDS, TRAINER_VERSIONS
from sandbox.replicate.inputs import JsonObject, openapi_schema
from sandbox.replicate.runs import Kind, Run, timestamp
from sandbox.replicate.try_on_engines import BY_VERSION, TRY_ON_ENGINES, TryOnEngine, schema_outputs

TRAINER_SINCE, ENGINES_SINCE = 1_729_000_000.0, 1_781_000_000.0
COG_VERSION = "0.11.1"


class RunShelf:
    """Every training and prediction, in the order in which they were created."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        stored = sorted((Run.from_json(one) for one in _read_all_json(directory)), key=lambda run: run.created_at)
        self._runs = {run.id: run for run in stored}
        self._tokens = {run.token: run for run in stored}

    def save(self, run: Run) -> None:
        """Add it, or store what has become of it."""
        self._runs[run.id] = self._tokens[run.token] = run
        _write_json(self._directory / f"{run.id}.json", run.to_json())

    def remove(self, run: Run) -> None:
        del self._runs[run.id], self._tokens[run.token]
        (self._directory / f"{run.id}.json").unlink(missing_ok=True)

    def get(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def by_token(self, token: str) -> Run | None:
        return self._tokens.get(token)

    def __len__(self) -> int:
        return len(self._runs)

    def newest_first(self, kind: Kind) -> list[Run]:
        return [run for run in reversed(self._runs.values()) if run.kind == kind]

    def unfinished(self) -> list[Run]:
        return [run for run in self._runs.values() if not run.ended]


@dataclass(frozen=True)
class Version:
    """A version of a model; one that was trained here names its training."""

    id: str
    created_at: float
    training_id: str | None = None

    @property
    def makes_pictures(self) -> bool:
        """The trainer makes versions."""
        return self.training_id is not None or self.id in BY_VERSION

    def as_read(self, *, closed: bool) -> JsonObject:
        """`closed`: it takes no input that its schema does not name."""
        return {
            "id": self.id,
            "created_at": timestamp(self.created_at),
            "cog_version": COG_VERSION,
            "openapi_schema": self._schema(closed=closed),
        }

    def _schema(self, *, closed: bool) -> JsonObject:
        if engine := BY_VERSION.get(self.id):
            return openapi_schema(engine.fields, "Input", closed=closed or engine.closed, **schema_outputs())
        if self.training_id:
            return openapi_schema(TRAINED_FIELDS, "Input", closed=closed, Output=PICTURES)
        return openapi_schema(TRAINER_FIELDS, "TrainingInput", closed=closed)


@dataclass
class Model:
    """A model and its versions, the oldest first."""

    owner: str
    name: str
    visibility: Literal["public", "private"]
    description: str | None = None
    hardware: str | None = None
    versions: list[Version] = field(default_factory=list[Version])

    @property
    def path(self) -> str:
        return f"{self.owner}/{self.name}"

    def version(self, version_id: str) -> Version | None:
        return next((version for version in self.versions if version.id == version_id), None)

    def as_read(self, *, closed: bool) -> JsonObject:
        return {
            "url": f"https://replicate.com/{self.path}",
            "owner": self.owner,
            "name": self.name,
            "description": self.description,
            "visibility": self.visibility,
            "github_url": None,
            "paper_url": None,
            "license_url": None,
            "run_count": 0,
            "is_official": self.path in TRY_ON_ENGINES and TRY_ON_ENGINES[self.path].official,
            "cover_image_url": None,
            "default_example": None,
            "latest_version": self.versions[-1].as_read(closed=closed) if self.versions else None,
        }


class ModelShelf:
    """The account's models, the trainer, and the engines of try-ons."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        versions = [Version(version_id, TRAINER_SINCE + age) for age, version_id in enumerate(TRAINER_VERSIONS)]
        trainer = Model(*TRAINER.split("/"), visibility="public", hardware="gpu-h100", versions=versions)
        self._models = {trainer.path: trainer} | {path: _engine(it) for path, it in TRY_ON_ENGINES.items()}
        for stored in _read_all_json(directory):
            model = Model(**{**stored, "versions": [Version(**version) for version in stored["versions"]]})
            self._models[model.path] = model

    def save(self, model: Model) -> None:
        """Add it, or store what has become of it."""
        self._models[model.path] = model
        _write_json(self._directory / f"{model.owner}--{model.name}.json", asdict(model))

    def get(self, path: str) -> Model | None:
        return self._models.get(path)

    def find_version(self, version_id: str) -> tuple[Model, Version] | None:
        for model in self._models.values():
            if version := model.version(version_id):
                return model, version
        return None


def _engine(engine: TryOnEngine) -> Model:
    return Model(*engine.model.split("/"), visibility="public", versions=[Version(engine.version, ENGINES_SINCE)])


def _write_json(path: Path, content: JsonObject) -> None:
    """The file holds either the old or the new content, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    os.replace(fresh, path)


def _read_all_json(directory: Path) -> Iterator[JsonObject]:
    for path in sorted(directory.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))
