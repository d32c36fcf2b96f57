"""Build dataset: the photos and their captions as the zip that the trainer reads."""

from collections.abc import Iterable, Iterator
from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import runs
from croquis.wiring import croquis
from croquis_pictures.dataset import DatasetItem, dataset_zip
from croquis_pictures.views import training_picture


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    runs.build_dataset(croquis(), event["job_id"], event["run"], training_picture, pack)


def pack(pictures: Iterable[runs.Picture]) -> Iterator[bytes]:
    return dataset_zip(DatasetItem(stem, lambda jpeg=jpeg: jpeg, caption) for stem, jpeg, caption in pictures)
