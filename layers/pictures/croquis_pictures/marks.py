"""Generated pictures as they are kept: the provider's metadata gone, and a mark that says a machine made them."""

from io import BytesIO

from PIL import PngImagePlugin

from croquis.domain.images.image import LabelledImage
from croquis.domain.images.provenance import COMPOSITE, MADE_BY_AI
from croquis_pictures.decoding import Limits, PictureType, decode

MAX_GENERATED_BYTES = 50_000_000  # what the bucket takes: saved, a picture is larger than it came
MAX_GENERATED_PIXELS = 50_000_000
XMP = """<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
   Iptc4xmpExt:DigitalSourceType="%s"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def save_labelled(data: bytes, *, composite: bool = False) -> LabelledImage:
    """A generated picture without its old metadata, labelled AI-generated; PhotoRefused for anything else.

    `composite`: made of pictures of real things, too, as a try-on is.

    It is kept as a PNG: these pictures are edited, repaired and worn again in try-ons, and must not lose
    quality on every round; XMP inside a PNG is read by the same tools as inside a JPEG.
    """
    decoded = decode(data, generated_limits())
    label = PngImagePlugin.PngInfo()
    label.add_itxt("XML:com.adobe.xmp", XMP % (COMPOSITE if composite else MADE_BY_AI))
    out = BytesIO()
    decoded.image.save(out, "PNG", pnginfo=label)
    return LabelledImage(out.getvalue(), PictureType.PNG.value, decoded.width, decoded.height)


def generated_limits() -> Limits:
    """What a picture from a provider, or one that we saved, may be."""
    return Limits(
        types=frozenset({PictureType.JPEG, PictureType.PNG, PictureType.WEBP}),
        data_bytes=MAX_GENERATED_BYTES,
        pixels=MAX_GENERATED_PIXELS,
        kept_long_side=MAX_GENERATED_PIXELS,  # never shrunk: it is as big as it was ordered
        aspect=4,
        short_side=64,
    )
