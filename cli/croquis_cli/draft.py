"""What this machine remembers of a training that it began: its job, and which file became which photo."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from croquis_cli.desk import digest
from croquis_cli.private_file import read_private, write_private
from croquis_cli.session import Session


@dataclass
class Draft:
    """Of one folder of photos and one name: run again, the command finds its job by it. It holds no file's name."""

    file: Path
    job_id: str = ""
    photos: dict[str, str] = field(default_factory=dict[str, str])  # ids of photos by the SHA-256 of their files
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, folder: Path, session: Session, photos: Path, name: str) -> Self:
        """As it was left, or a new one."""
        known_by = digest(session.deployment.api, session.user_id, str(photos.resolve()), name)
        draft = cls(folder / "trainings" / f"{known_by}.json")
        held = read_private(draft.file) or {}
        if held.get("job_id"):
            draft.job_id, draft.photos = str(held["job_id"]), dict(held.get("photos") or {})
        return draft

    def begin(self, job_id: str) -> None:
        """It is this job from now on."""
        self.job_id, self.photos = job_id, {}
        self.save()

    def announced(self, sha256: str, photo_id: str) -> None:
        """The file is this photo; said before it is uploaded."""
        with self.lock:
            self.photos[sha256] = photo_id
            self.save()

    def forget(self, sha256: str) -> None:
        """The file is no photo of it any more."""
        with self.lock:
            self.photos.pop(sha256, None)
            self.save()

    def save(self) -> None:
        write_private(self.file, {"job_id": self.job_id, "photos": self.photos})
