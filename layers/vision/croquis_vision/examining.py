"""From the bytes of a landed file to everything that is kept of it."""

from croquis.domain.photos.examined_photo import ExaminedPhoto
from croquis_pictures import open_photo
from croquis_vision.checking import check_photo
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


def look_at_picture(data: bytes) -> PhotoReport:
    """What a generated picture shows, by the checks of the photos; raises PhotoRefused for what is no picture."""
    return check_photo(open_photo(data))
