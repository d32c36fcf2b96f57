"""The gate that every foreign picture passes: what it is by its bytes, how big by its header, and only then its pixels.

Decoders are C code and the bytes are hostile, so the cheap questions come first and decoding comes last.
"""

import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cache

import pi_heif  # pyright: ignore[reportMissingTypeStubs] - it has none
from PIL import Image

from croquis.errors import CodedError
from croquis_pictures.colour import in_srgb
from croquis_pictures.containers import heif, jpeg, png, webp
from croquis_pictures.containers.said import Said
from croquis_pictures.opening import opened
from croquis_pictures.parts import TooManyParts
from croquis_pictures.strips import in_strips
from croquis_pictures.transparency import keyed_out

ORIENTATIONS = {  # EXIF orientation -> what turns the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ON_ITS_SIDE = {ORIENTATIONS[number] for number in (5, 6, 7, 8)}
SAVE_AGAIN = "Open it on your device, save it again as a JPEG, and upload that."
MAKE_SMALLER = (
    "On a phone, open it in the gallery, choose Edit and then Resize, and take about 4,000 pixels on the long side; or "
    "set the camera to 12 megapixels and take the photo again."
)
# mif1 is what some phones write instead of heic; an AV1 picture in it fails at decoding, where only HEVC is known
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}


class PhotoRefused(CodedError):
    """The bytes are not a picture that we take: a stable `code`, a `sentence` and a `hint`."""


class PictureType(Enum):
    """The formats that are opened, by the name of Pillow's decoder; the value is the content type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIF = "image/heic"


TAKEN_APART: dict[PictureType, Callable[[bytes], tuple[bytes, Said]]] = {
    PictureType.JPEG: jpeg.take_apart,
    PictureType.PNG: png.take_apart,
    PictureType.WEBP: webp.take_apart,
    PictureType.HEIF: heif.take_apart,
}


@dataclass(frozen=True)
class Limits:
    """What a picture may be; `kept_long_side` is the size to which a bigger one is shrunk."""

    types: frozenset[PictureType]
    data_bytes: int
    pixels: int
    kept_long_side: int
    aspect: float
    short_side: int


@dataclass(frozen=True)
class Decoded:
    """An upright 8-bit sRGB picture without metadata; width and height are those of the source, upright."""

    image: Image.Image
    content_type: str
    width: int
    height: int


def decode(data: bytes, limits: Limits) -> Decoded:
    """The picture in `data`, or PhotoRefused and no other exception; the same bytes give the same pixels."""
    kind = _kind_within(data, limits)
    with _decoder_faults_refused():
        image, said = _pixels(data, kind, limits)
        width, height = image.size
        image = in_srgb(_shrunk(image, limits.kept_long_side), said.ways)
    turn = ORIENTATIONS.get(said.orientation)
    if turn is not None:
        image = image.transpose(turn)
    if turn in ON_ITS_SIDE:
        width, height = height, width
    return Decoded(_bare(image), kind.value, width, height)


def _pixels(data: bytes, kind: PictureType, limits: Limits) -> tuple[Image.Image, Said]:
    """The picture with 8 bits a channel, and what its file says of it; the decoder's memory is free."""
    pixels, said = TAKEN_APART[kind](data)
    with opened(pixels, kind.name) as (source, load):
        _check_size(source.size, limits)
        _check_frames(source, kind, animated=said.animated)
        load()
        mask = keyed_out(source, pixels, said.key) if said.key else None
        flat = source if _is_flat(source) else in_strips(source, _flat)
    if mask:
        flat.paste("white", mask=mask)
    if said.crop:
        flat = flat.crop(said.crop)
        _check_size(flat.size, limits)
    return flat, said


def picture_type(head: bytes) -> PictureType | None:
    """What the first 12 bytes say, whatever the name or the Content-Type says."""
    if head.startswith(b"\xff\xd8\xff"):
        return PictureType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PictureType.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PictureType.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return PictureType.HEIF
    return None


def _kind_within(data: bytes, limits: Limits) -> PictureType:
    if not data:
        raise PhotoRefused("empty", "The file is empty.", "Choose the picture again and upload it once more.")
    if len(data) > limits.data_bytes:
        raise PhotoRefused(
            "too_many_bytes",
            f"The file is larger than {limits.data_bytes // 1_000_000} MB.",
            f"Save it as a JPEG of high quality. {MAKE_SMALLER}",
        )
    kind = picture_type(data[:12])
    if kind not in limits.types:
        allowed = ", ".join(sorted(kind.value.removeprefix("image/").upper() for kind in limits.types))
        raise PhotoRefused(
            "type_not_allowed",
            f"The file is not a picture of a type that we read ({allowed}).",
            "Save the picture as a JPEG and upload that.",
        )
    if kind is PictureType.HEIF:
        _learn_heif()
    return kind


@cache
def _learn_heif() -> None:
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)  # pyright: ignore[reportUnknownMemberType]


@contextmanager
def _decoder_faults_refused() -> Generator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # decoders complain about harmless oddities of cameras
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except PhotoRefused:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many_pixels() from None
        except TooManyParts:
            raise PhotoRefused(
                "too_many_parts",
                "The file is put together from far more parts than a camera or an editor writes.",
                SAVE_AGAIN,
            ) from None
        except Exception as fault:
            # decoders raise a dozen unrelated types on broken or hostile bytes, and all of them mean the same
            raise PhotoRefused(
                "not_decodable",
                "The picture is damaged or incomplete.",
                SAVE_AGAIN,
            ) from fault


def _too_many_pixels() -> PhotoRefused:
    return PhotoRefused("too_many_pixels", "The picture has more pixels than we can open.", MAKE_SMALLER)


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    short, long = sorted(size)
    if short * long > limits.pixels:
        raise _too_many_pixels()
    if long > limits.aspect * short:
        raise PhotoRefused(
            "extreme_aspect",
            f"The picture is more than {limits.aspect:g} times as long as it is wide.",
            "Use an ordinary photo: no panorama and no narrow strip.",
        )
    if short < limits.short_side:
        raise PhotoRefused(
            "too_small",
            f"The shorter side has {short} pixels; it needs {limits.short_side} or more.",
            "Use the original photo instead of a preview or a screenshot.",
        )


def _check_frames(source: Image.Image, kind: PictureType, *, animated: bool) -> None:
    # a HEIC may hold a burst, as a JPEG may hold a second view: the first picture is the photo
    if animated or (kind is PictureType.WEBP and getattr(source, "n_frames", 1) > 1):
        raise PhotoRefused("animated", "The picture is animated.", "Use a still photo.")


def _is_flat(image: Image.Image) -> bool:
    return image.mode in {"RGB", "L", "CMYK"} and not image.has_transparency_data


def _flat(image: Image.Image) -> Image.Image:
    """8 bits a channel, no transparency, one of the modes that a colour profile can apply to."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 257).convert("L")  # 65535 / 257 = 255
    if image.has_transparency_data:
        page = Image.new("RGBA", image.size, "white")
        page.alpha_composite(image.convert("RGBA"))
        return page.convert("RGB")
    return image if _is_flat(image) else image.convert("RGB")


def _shrunk(image: Image.Image, long_side: int) -> Image.Image:
    if max(image.size) > long_side:
        image.thumbnail((long_side, long_side), Image.Resampling.LANCZOS)
    return image


def _bare(image: Image.Image) -> Image.Image:
    bare = Image.new("RGB", image.size)  # a new object carries no EXIF, GPS, XMP, profile, comment or file handle
    bare.paste(image)
    return bare
