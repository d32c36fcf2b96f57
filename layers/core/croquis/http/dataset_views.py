"""What the API shows of the dataset: what the trainer would see."""

from croquis.domain.images.image import Framing
from croquis.domain.photos.features import Box
from croquis.http.views import View


class TrainedPictureView(View):
    """One picture of the dataset: `region` are shares of the photo's width and height, padded beyond 0 and 1.

    `face_height` is in pixels of this picture, hairline to chin, estimated; null where no face is seen.
    """

    name: str
    framing: Framing
    region: Box
    width: int
    height: int
    face_height: int | None
    caption: str


class TrainedPhotoView(View):
    photo_id: str
    slot: int
    thumbnail_url: str | None
    pictures: tuple[TrainedPictureView, ...]


class DatasetView(View):
    """What the trainer would see of the photos that are accepted now, in the order of the zip."""

    trigger_word: str
    images: int
    photos: tuple[TrainedPhotoView, ...]
