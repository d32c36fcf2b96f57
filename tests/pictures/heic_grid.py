"""A HEIC as phones write large ones: a grid of tiles. Here all of them are the same one, so the file stays small."""

import struct

from pictures import heic

TILE = 512


def heic_grid(width: int, height: int) -> bytes:
    """A picture of that size, made of tiles of 512 x 512."""
    columns, rows = -(-width // TILE), -(-height // TILE)
    tiles, whole = range(1, columns * rows + 1), columns * rows + 1
    frame = heic._nal(20, heic._slice(TILE, TILE))
    tile = struct.pack(">L", len(frame)) + frame
    grid = bytes([0, 1, rows - 1, columns - 1]) + struct.pack(">LL", width, height)
    head = heic._box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(start: int) -> bytes:
        described = [
            heic._full_box(b"infe", struct.pack(">HH", item, 0) + b"hvc1\0", version=2, flags=1) for item in tiles
        ]
        described.append(heic._full_box(b"infe", struct.pack(">HH", whole, 0) + b"grid\0", version=2))
        places = b"".join(struct.pack(">HHHLL", item, 0, 1, start, len(tile)) for item in tiles)
        places += struct.pack(">HHHLL", whole, 0, 1, start + len(tile), len(grid))
        sizes = [heic._full_box(b"ispe", struct.pack(">LL", *size)) for size in ((TILE, TILE), (width, height))]
        properties = heic._box(b"ipco", heic._configuration(TILE, TILE) + b"".join(sizes))
        links = b"".join(struct.pack(">HB", item, 2) + b"\x81\x02" for item in tiles) + struct.pack(">HB", whole, 1)
        parts = struct.pack(f">HH{len(tiles)}H", whole, len(tiles), *tiles)
        return heic._full_box(
            b"meta",
            heic._full_box(b"hdlr", b"\0\0\0\0pict" + b"\0" * 13)
            + heic._full_box(b"pitm", struct.pack(">H", whole))
            + heic._full_box(b"iloc", b"\x44\0" + struct.pack(">H", whole) + places)
            + heic._full_box(b"iinf", struct.pack(">H", whole) + b"".join(described))
            + heic._full_box(b"iref", heic._box(b"dimg", parts))
            + heic._box(b"iprp", properties + heic._full_box(b"ipma", struct.pack(">L", whole) + links + b"\x03")),
        )

    return head + meta(len(head) + len(meta(0)) + 8) + heic._box(b"mdat", tile + grid)
