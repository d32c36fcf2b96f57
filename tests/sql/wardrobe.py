"""An owner's garments and looks, played by calling the functions that the doors and the worker call."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from psycopg.types.json import Jsonb
from sql.seats import Connection, Seat

SEEN = {"colour": [180, 30, 40], "ground": [240, 240, 240], "place": [0.2, 0.1, 0.8, 0.9], "pieces": 1}


def verdict_on(garment: dict[str, Any]) -> dict[str, Any]:
    """What the check records of a good one."""
    root = f"{garment['owner_id']}/{garment['id']}"
    return {
        "status": "ready",
        "findings": [],
        "width": 600,
        "height": 768,
        "bytes": 9,
        "sha256": "0" * 64,
        "clean_path": f"{root}.jpg",
        "thumbnail_path": f"{root}.thumbnail.jpg",
        "seen": SEEN,
    }


@dataclass
class Wardrobe:
    """One owner's; every method leaves the database as that step of the real flow would."""

    connection: Connection
    user: str = field(default_factory=lambda: str(uuid4()))

    @property
    def owner(self) -> Seat:
        return Seat(self.connection, "authenticated", self.user)

    @property
    def worker(self) -> Seat:
        return Seat(self.connection, "service_role")

    def announced(self, category: str = "upper", name: str = "Blue shirt") -> dict[str, Any]:
        return self.owner.call("add_garment", name=name, category=category, content_type="image/jpeg", bytes=1000)

    def landed(self, garment: dict[str, Any], bucket: str = "garment-uploads") -> tuple[str, str]:
        """An object appears at the garment's path, as the storage writes it; answers its id and version."""
        return self.connection.execute(
            "insert into storage.objects (bucket_id, name, version, metadata) values (%s, %s, %s, %s)"
            " returning id::text, version",
            (bucket, garment["upload_path"], str(uuid4()), Jsonb({"size": 1000, "mimetype": "image/jpeg"})),
        ).fetchone()  # type: ignore[return-value]

    def claimed(self, landed: tuple[str, str]) -> dict[str, Any]:
        return self.worker.call("claim_upload", object_id=landed[0], version=landed[1])

    def judged(self, garment: dict[str, Any], landed: tuple[str, str], **verdict: Any) -> bool:
        """Whether the verdict was taken; a good one where nothing else is told."""
        judged = verdict_on(garment) | verdict
        taken = self.worker.call("record_garment", garment=garment["id"], object_version=landed[1], verdict=judged)
        self.worker.call("finish_upload", object_id=landed[0], version=landed[1])
        return taken

    def ready(self, category: str = "upper", **verdict: Any) -> str:
        """The id of a garment that went all the way."""
        garment = self.announced(category)
        landed = self.landed(garment)
        self.claimed(landed)
        assert self.judged(garment, landed, **verdict)
        return garment["id"]

    def removed(self, garment: str) -> dict[str, Any]:
        return self.owner.call("remove_garment", garment=garment)

    def row(self, garment: str) -> dict[str, Any]:
        query = "select to_jsonb(g) from public.garments g where id = %s"
        ((row,),) = self.connection.execute(query, (garment,)).fetchall()
        return row

    def look(self, *garments: str, name: str = "For rain") -> dict[str, Any]:
        return self.owner.call("add_look", name=name, garments=ids(garments))

    def looks(self, **wanted: Any) -> list[dict[str, Any]]:
        return self.owner.each("read_looks", **wanted)


def ids(garments: Any) -> str:
    """As the Data API sends them: a literal of an array, whatever is in it."""
    return "{" + ",".join("null" if it is None else str(it) for it in garments) + "}"
