"""Build dataset: the photos and their captions as the zip that the trainer reads."""

from collections.abc import Iterable, Iterator
from typing import Any

from croquis.observability import keys_of_task
from croquis.usecases import datasets
from croquis.wiring import croquis
from croquis_pictures.dataset import DatasetItem, dataset_zip
from croquis_pictures.views import draw


def handler(event: dict[str, Any], context: Any) -> None:
    keys_of_task(event, context)
    datasets.build(croquis(), event["job_id"], event["run"], draw, pack)


def pack(pictures: Iterable[tuple[str, bytes, str]]) -> Iterator[bytes]:
    return dataset_zip(DatasetItem(stem, jpeg, caption) for stem, jpeg, caption in pictures)
