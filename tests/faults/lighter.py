"""What a run of faults need not do in full: each picture is opened, cut and labelled once, and time passes."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest import mock

from PIL import Image

from croquis.adapters.supabase import data_api
from croquis.domain.images.exam import FaceReference, Judgement
from croquis.domain.photos.features import Landmark, PhotoFeatures, Rgb, Worn
from croquis_vision import PhotoReport, examining
from sandbox.replicate import pictures as twin_pictures
from workflow import (
    build_dataset,
    check_image,
    check_photo,
    cut_out_face,
    grade_previews,
    measure_faces,
    save_image,
)

HIGH = {2: 0.10, 5: 0.10, 9: 0.13, 10: 0.13}  # eyes and mouth, in heights of a picture
STANDING = tuple(Landmark(0.5, HIGH.get(point, 0.5), 1) for point in range(33))


@contextmanager
def pictures() -> Iterator[None]:
    """What a picture shows is tried elsewhere."""
    label, draw_all, known = cache(save_image.save_labelled), build_dataset.draw, dict[Any, list[bytes]]()
    seen = PhotoReport((), PhotoFeatures(landmarks=STANDING, worn=Worn(Rgb(30, 200, 60), None, None)))
    reference = FaceReference(embeddings=((0.0,) * 128,))
    encode, encoded = twin_pictures.encode, dict[Any, bytes]()

    def crop(photo: bytes, pictures: Iterable[Any]) -> Iterator[bytes]:
        key = (photo, repr(wanted := list(pictures)))
        if key not in known:
            known[key] = list(draw_all(photo, wanted))
        return iter(known[key])

    def one_of_a_size(picture: Any, *form: Any) -> bytes:
        key = (picture.size, form)
        if key not in encoded:
            encoded[key] = encode(picture, *form)
        return encoded[key]

    def plain(*, size: tuple[int, int], **_: Any) -> Image.Image:
        return Image.new("RGB", size)

    with (
        mock.patch.object(build_dataset, "draw", crop),
        mock.patch.object(twin_pictures, "plain", plain),
        mock.patch.object(twin_pictures, "encode", one_of_a_size),
        mock.patch.object(save_image, "save_labelled", label),
        mock.patch.object(check_image, "look_at_picture", return_value=seen),
        mock.patch.object(grade_previews, "look_at_picture", return_value=seen),
        mock.patch.object(cut_out_face, "look_at_picture", return_value=seen),
        mock.patch.object(cut_out_face, "cut_out", cache(cut_out_face.cut_out)),
        mock.patch.object(save_image, "put_back", lambda picture, _made, _place: picture),
        mock.patch.object(measure_faces, "reference_of", lambda photos: reference if list(photos) else None),
        mock.patch.object(measure_faces, "measure_picture", return_value=(Judgement.PASSES, 0.8)),
        mock.patch.object(save_image, "sign", lambda picture, _type, **_: picture),
        mock.patch.object(examining, "check_photo", return_value=seen),
        mock.patch.object(check_photo, "examine_photo", cache(check_photo.examine_photo)),
        mock.patch.object(check_photo, "examine_garment", cache(check_photo.examine_garment)),
    ):
        yield


@contextmanager
def sleeping(sleep: Callable[[float], None]) -> Iterator[None]:
    """Our code sleeps in virtual time."""
    virtual = SimpleNamespace(sleep=sleep, time=time.time, monotonic=time.monotonic)
    with mock.patch.object(data_api, "time", virtual):
        yield
