"""What the trainer sees of a photo: pictures in the trainer's exact buckets, so that it crops nothing away."""

from math import log

from PIL import Image, ImageStat

from croquis_pictures.photo import jpeg_of, open_photo

# width x height that the trainer keeps as they are at resolution 1024: all other shapes lose their edges, and so feet
BUCKETS = ((832, 1216), (768, 1344), (896, 1152))


def training_picture(photo_bytes: bytes) -> bytes:
    """The whole photo in the nearest bucket's shape, as a JPEG: shrunk to fit and padded, never cropped or enlarged."""
    image = open_photo(photo_bytes).image
    bucket = min(BUCKETS, key=lambda size: abs(log(size[0] / size[1]) - log(image.width / image.height)))
    return jpeg_of(_padded(_fitted(image, bucket), bucket))


def _fitted(image: Image.Image, bucket: tuple[int, int]) -> Image.Image:
    fitted = image.copy()
    fitted.thumbnail(bucket, Image.Resampling.LANCZOS)  # thumbnail never enlarges
    return fitted


def _padded(image: Image.Image, bucket: tuple[int, int]) -> Image.Image:
    canvas = _canvas(image.size, bucket)
    if canvas == image.size:
        return image
    padded = Image.new("RGB", canvas, _border_colour(image))
    padded.paste(image, ((canvas[0] - image.width) // 2, (canvas[1] - image.height) // 2))
    return padded


def _canvas(size: tuple[int, int], bucket: tuple[int, int]) -> tuple[int, int]:
    """The bucket if the photo fills it in one direction; for a smaller photo the least canvas of the bucket's shape."""
    width, height = size
    if width == bucket[0] or height == bucket[1]:
        return bucket
    return max(width, -(-height * bucket[0] // bucket[1])), max(height, -(-width * bucket[1] // bucket[0]))


def _border_colour(image: Image.Image) -> tuple[int, ...]:
    """The mean of the outermost sixteenth all round: the wall or the street, not the person."""
    rim = Image.new("L", (16, 16), 255)
    rim.paste(0, (1, 1, 15, 15))
    means = ImageStat.Stat(image.resize((16, 16), Image.Resampling.BOX), rim).mean
    return tuple(round(mean) for mean in means)
