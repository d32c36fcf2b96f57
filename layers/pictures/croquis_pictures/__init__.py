"""Pictures as pixels: opened safely, labelled, cut out, packed. Knows nothing of jobs, rows or networks."""

from croquis_pictures.photo import Photo, PhotoRefused, open_photo

__all__ = ["Photo", "PhotoRefused", "open_photo"]
