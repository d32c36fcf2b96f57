"""Makes a true HEIC file without an encoder: one HEVC key frame whose blocks are all raw samples (PCM).

ITU-T H.265 for the frame, ISO/IEC 23008-12 for the boxes. Big, but small enough to be made at test time, and
free of anybody's photo.
"""

import struct

Size = tuple[int, int]

BLOCK = 32
# rangeTabLps[state][3] of H.265 table 9-52 for the states that the one arithmetic-coded flag passes through
LEAST_PROBABLE = (
    *(240, 227, 216, 205, 195, 185, 175, 166, 158, 150, 142, 135, 128, 122, 116, 110, 104, 99, 94, 89, 85, 80, 76, 72),
    *(69, 65, 62, 59, 56, 53, 50, 48, 45, 43, 41, 39, 37, 35, 33, 31, 30, 28, 27, 26, 24, 23, 22, 21, 20, 19, 18, 17),
    *(16, 15, 14, 14, 13, 12, 12, 11, 11, 10, 9),
)
LIGHT, DARK = (200, 128, 128), (60, 128, 128)  # Y, Cb, Cr
PROFILE = "000" + f"{3:05b}" + f"{0x70000000:032b}" + "1001" + "0" * 44 + f"{93:08b}"  # main still picture


def heic(
    width: int,
    height: int,
    *,
    rotation: int = 0,
    exif: bytes = b"",
    exif_length: int = 0,
    announced: Size | None = None,
    light: tuple[int, int, int] = LIGHT,
    properties: tuple[bytes, ...] = (),
) -> bytes:
    """A light picture with a dark upper left quarter; `rotation` in quarter turns anticlockwise, as an `irot` box.

    `properties` are boxes that apply before the turn, as `clap` and `colr` do; `light` is Y, Cb, Cr; `exif_length` is
    what the file says of it where that is not true.
    """
    frame = _nal(20, _slice(width, height, light))
    items = [struct.pack(">L", len(frame)) + frame, *([b"\0\0\0\0" + exif] if exif else [])]
    head = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
    boxes = (*properties, _box(b"irot", bytes([rotation])))
    lengths = [len(items[0]), *(exif_length or len(item) for item in items[1:])]
    meta_size = len(_meta(width, height, boxes, lengths, 0, announced))
    meta = _meta(width, height, boxes, lengths, len(head) + meta_size + 8, announced)
    return head + meta + _box(b"mdat", b"".join(items))


def clap(width: int, height: int, right: int = 0, down: int = 0) -> bytes:
    """A clean aperture: what is shown of the coded picture, and how far its middle lies from the picture's."""
    return _box(b"clap", struct.pack(">LLLLlLlL", width, 1, height, 1, right, 1, down, 1))


def imir(axis: int) -> bytes:
    return _box(b"imir", bytes([axis]))


def nclx(primaries: int, transfer: int, matrix: int = 6) -> bytes:
    """Colours by code points, at full range."""
    return _box(b"colr", b"nclx" + struct.pack(">HHHB", primaries, transfer, matrix, 0x80))


def colr(kind: bytes, data: bytes) -> bytes:
    return _box(b"colr", kind + data)


def _ue(value: int) -> str:
    bits = f"{value + 1:b}"
    return "0" * (len(bits) - 1) + bits


def _bytes(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _nal(kind: int, payload: bytes) -> bytes:
    out, zeros = bytearray(), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)  # so that no start code appears inside
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes([kind << 1, 1]) + bytes(out)


def _parameter_sets(width: int, height: int) -> dict[int, bytes]:
    zero, no_reordering = _ue(0), "1" + _ue(0) * 3
    video = "0000" + "11" + "000000" + "000" + "1" + "1" * 16 + PROFILE + no_reordering + "000000" + zero + "00"
    sequence = (
        "0000" + "000" + "1" + PROFILE + zero + _ue(1) + _ue(width) + _ue(height) + "0" + zero * 3 + no_reordering
    )
    sequence += zero + _ue(2) + zero + _ue(3) + zero * 2 + "000"  # blocks of 8 to 32, transforms of 4 to 32
    sequence += "1" + "0111" + "0111" + _ue(2) + zero + "1"  # raw blocks: 8 bits, exactly 32 x 32, unfiltered
    sequence += zero + "00000"
    picture = (
        zero * 2
        + "00"
        + "000"
        + "00"
        + zero * 2
        + zero
        + "000"
        + zero * 2
        + "0000000"
        + "1"
        + "01"
        + "00"
        + zero
        + "00"
    )
    return {kind: _nal(kind, _bytes(bits + "1")) for kind, bits in ((32, video), (33, sequence), (34, picture))}


def _slice(width: int, height: int, light: tuple[int, int, int] = LIGHT) -> bytes:
    data = bytearray(_bytes("10" + _ue(0) + _ue(2) + _ue(0) + "1"))  # first, key frame, I slice, QP as in the picture
    across, down = width // BLOCK, height // BLOCK
    for index in range(across * down):
        # "not split" is the more probable value each time, then "raw samples follow": nine bits end the arithmetic code
        span = (510 if index == 0 else 508) - LEAST_PROBABLE[min(index, 62)]
        data += _bytes(f"{span - 2 | 1:09b}")
        row, column = divmod(index, across)
        luma, blue, red = DARK if column < across // 2 and row < down // 2 else light
        data += bytes([luma]) * BLOCK**2 + bytes([blue]) * (BLOCK**2 // 4) + bytes([red]) * (BLOCK**2 // 4)
    return bytes(data + _bytes(f"{508 | 1:09b}"))


def _box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data) + 8) + name + data


def _full_box(name: bytes, data: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(name, bytes([version]) + flags.to_bytes(3, "big") + data)


def _meta(
    width: int,
    height: int,
    boxes: tuple[bytes, ...],
    lengths: list[int],
    start: int,
    announced: Size | None,
) -> bytes:
    kinds = (b"hvc1", b"Exif")[: len(lengths)]
    entries, places, at = b"", b"", start
    for number, (kind, length) in enumerate(zip(kinds, lengths, strict=True), 1):
        entries += _full_box(b"infe", struct.pack(">HH", number, 0) + kind + b"\0", version=2)
        places += struct.pack(">HHHLL", number, 0, 1, at, length)
        at += length
    described = _full_box(b"iref", _box(b"cdsc", struct.pack(">HHH", 2, 1, 1))) if len(lengths) > 1 else b""
    size = _full_box(b"ispe", struct.pack(">LL", *(announced or (width, height))))
    properties = _box(b"ipco", _configuration(width, height) + size + b"".join(boxes))
    numbers = bytes([0x81, 2, *(0x80 | number for number in range(3, 3 + len(boxes)))])
    links = _full_box(b"ipma", struct.pack(">LHB", 1, 1, len(numbers)) + numbers)
    return _full_box(
        b"meta",
        _full_box(b"hdlr", b"\0\0\0\0pict" + b"\0" * 13)
        + _full_box(b"pitm", struct.pack(">H", 1))
        + _full_box(b"iloc", b"\x44\0" + struct.pack(">H", len(lengths)) + places)
        + _full_box(b"iinf", struct.pack(">H", len(lengths)) + entries)
        + described
        + _box(b"iprp", properties + links),
    )


def _configuration(width: int, height: int) -> bytes:
    sets = _parameter_sets(width, height)
    arrays = b"".join(struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit for kind, unit in sets.items())
    return _box(b"hvcC", b"\1" + _bytes(PROFILE) + b"\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f" + bytes([len(sets)]) + arrays)
