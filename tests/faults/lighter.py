"""What a run of faults need not do in full: pictures are cut and labelled once, and who waits lets the clock go on."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest import mock

from croquis.adapters.supabase import data_api
from workflow import build_dataset, save_image


@contextmanager
def pictures() -> Iterator[None]:
    """What a picture shows is tried elsewhere."""
    label, draw_all, known = cache(save_image.save_labelled), build_dataset.draw, dict[Any, list[bytes]]()

    def crop(photo: bytes, pictures: Iterable[Any]) -> Iterator[bytes]:
        key = (photo, repr(wanted := list(pictures)))
        if key not in known:
            known[key] = list(draw_all(photo, wanted))
        return iter(known[key])

    with (
        mock.patch.object(build_dataset, "draw", crop),
        mock.patch.object(save_image, "save_labelled", label),
        mock.patch.object(save_image, "sign", lambda picture, _type, **_: picture),
    ):
        yield


@contextmanager
def sleeping(sleep: Callable[[float], None]) -> Iterator[None]:
    """Our code sleeps in virtual time."""
    virtual = SimpleNamespace(sleep=sleep, time=time.time, monotonic=time.monotonic)
    with mock.patch.object(data_api, "time", virtual):
        yield
