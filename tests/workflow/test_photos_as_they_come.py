"""From a landed upload to its verdict, for files as browsers, cameras and editors really write them."""

import io

import numpy as np
from pictures.heic import clap, heic
from pictures.light import TO_ADOBE, light
from pictures.png import SIGNATURE
from pictures.test_colour_spaces import camera_exif
from pictures.test_metadata import PNG_CHUNKS
from PIL import Image
from studio import PHOTOS, Studio, User

from croquis import wiring


def test_colours_and_bombs_beside_the_pixels_change_no_verdict(studio: Studio, maya: User) -> None:
    """FI-04: the same people, accepted, in the same colours; and a cut HEIC is looked at for a person."""
    job = maya.open()
    uploads = [
        (in_adobe_rgb(PHOTOS[0].read_bytes()), "image/jpeg"),
        (png(PHOTOS[1].read_bytes(), PNG_CHUNKS["text bomb"] + PNG_CHUNKS["XMP bomb"]), "image/png"),
        (png(PHOTOS[2].read_bytes(), PNG_CHUNKS["profile that does not inflate"]), "image/png"),
        (heic(1024, 1280, properties=(clap(640, 800),)), "image/heic"),
    ]
    ids = [maya.upload(job, slot, data, kind) for slot, (data, kind) in enumerate(uploads, 1)]
    photos = {photo["id"]: photo for photo in maya.checked(job)["photos"]}
    assert [photos[it]["status"] for it in ids] == ["accepted"] * 3 + ["rejected"]
    blocking = [it["code"] for it in photos[ids[3]]["findings"] if it["severity"] == "blocking"]
    assert blocking == ["no_person"]
    for photo, path in zip(ids[:3], PHOTOS, strict=False):
        with Image.open(path) as original:
            before = np.asarray(original.convert("RGB"), np.float32)
        kept = np.asarray(Image.open(io.BytesIO(clean_copy(studio, photo))), np.float32)
        assert kept.shape == before.shape
        assert np.abs(kept - before).mean() < 3


def clean_copy(studio: Studio, photo: str) -> bytes:
    row = studio.row("select clean_path from training_photos where id = %s", photo)
    return wiring.croquis().files.read("training-photos", row["clean_path"], limit=60_000_000)


def in_adobe_rgb(jpeg: bytes) -> bytes:
    """The same photo as a camera set to Adobe RGB writes it, which says so by EXIF alone."""
    with Image.open(io.BytesIO(jpeg)) as photo:
        linear = light(np.asarray(photo.convert("RGB"))) @ TO_ADOBE.T  # pyright: ignore[reportArgumentType]
    out = io.BytesIO()
    values = (linear.clip(0, 1) ** (256 / 563) * 255 + 0.5).astype(np.uint8)
    Image.fromarray(values).save(out, "JPEG", quality=95, subsampling=0, exif=camera_exif(0xFFFF, b"R03"))
    return out.getvalue()


def png(jpeg: bytes, chunks: bytes) -> bytes:
    with Image.open(io.BytesIO(jpeg)) as photo:
        photo.convert("RGB").save(out := io.BytesIO(), "PNG", compress_level=1)
    header = len(SIGNATURE) + 25
    return out.getvalue()[:header] + chunks + out.getvalue()[header:]
