"""Build dataset: the photos and their captions as the zip that the trainer reads."""

from collections.abc import Iterable
from typing import Any, BinaryIO

from croquis.observability import keys_of_task
from croquis.usecases import datasets
from croquis.wiring import croquis
from croquis_pictures.crops import draw
from croquis_pictures.dataset import DatasetItem, write_dataset


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    datasets.build(croquis(), event["job_id"], event["run"], draw, pack)


def pack(target: BinaryIO, pictures: Iterable[tuple[str, bytes, str]]) -> None:
    write_dataset(target, (DatasetItem(stem, jpeg, caption) for stem, jpeg, caption in pictures))
