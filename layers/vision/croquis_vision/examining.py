"""From the bytes of a landed file to everything that is kept of it."""

from croquis.domain.garments.examined_garment import ExaminedGarment
from croquis.domain.photos.examined_photo import ExaminedPhoto
from croquis_pictures import open_photo
from croquis_vision.checking import check_photo, people_seen
from croquis_vision.garments import garment_in
from croquis_vision.report import PhotoReport


def examine_photo(data: bytes) -> ExaminedPhoto:
    """Decode, turn upright, clean, and look; raises PhotoRefused for bytes that are no photo we take."""
    photo = open_photo(data)
    report = check_photo(photo)
    width, height = photo.kept_size
    return ExaminedPhoto(
        content_type=photo.content_type,
        width=width,
        height=height,
        clean_copy=photo.clean_copy(),
        thumbnail=photo.thumbnail(),
        findings=report.findings,
        features=report.features,
    )


def examine_garment(data: bytes) -> ExaminedGarment:
    """Decode, turn upright, clean, and measure; raises PhotoRefused for bytes that are no picture we take."""
    photo = open_photo(data)
    seen = garment_in(photo.image)
    width, height = photo.kept_size
    return ExaminedGarment(
        content_type=photo.content_type,
        width=width,
        height=height,
        clean_copy=photo.clean_copy(),
        thumbnail=photo.thumbnail(),
        features=seen.model_copy(update={"person": people_seen(photo) > 0}),
    )


def look_at_picture(data: bytes) -> PhotoReport:
    """What a generated picture shows, by the checks of the photos; raises PhotoRefused for what is no picture."""
    return check_photo(open_photo(data))
