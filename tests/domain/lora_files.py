"""Makes small LoRA files and trainer archives for the tests, and takes them apart again."""

import io
import json
import tarfile

FOLDER = "output/flux_train_replicate"
WEIGHTS = f"{FOLDER}/lora.safetensors"
MODULE = "transformer.single_transformer_blocks.7.proj_out"


def tensor(dtype: str = "F16", shape: tuple[int, ...] = (4, 8), begin: int = 0, size: int = 64) -> dict[str, object]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, begin + size]}


def lora_entries() -> dict[str, object]:
    return {
        "__metadata__": {"format": "pt", "name": "flux_train_replicate"},
        f"{MODULE}.lora_A.weight": tensor(),
        f"{MODULE}.lora_B.weight": tensor(shape=(8, 4), begin=64),
    }


def safetensors(entries: object | bytes | None = None, data: int = 128) -> bytes:
    """A file of these header entries (or this very text) and `data` bytes of tensors."""
    text = entries if isinstance(entries, bytes) else json.dumps(entries or lora_entries()).encode()
    return len(text).to_bytes(8, "little") + text + bytes(range(256)) * (data // 256) + bytes(data % 256)


def info(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, **more: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    for key, value in more.items():
        setattr(member, key, value)
    return member


def archive(*members: tuple[tarfile.TarInfo, bytes], how: int = tarfile.GNU_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=how) as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def plain(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    return info(name, len(content)), content


def directory(name: str) -> tuple[tarfile.TarInfo, bytes]:
    return info(name, kind=tarfile.DIRTYPE), b""


def trainer_members(weights: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    """What the trainer really packs, in its order."""
    return [
        directory(FOLDER),
        plain(f"{FOLDER}/config.yaml", b"job: extension\n"),
        plain(WEIGHTS, weights),
        directory(f"{FOLDER}/captions"),
        plain(f"{FOLDER}/captions/one.txt", b"full body photo of TOK"),
    ]


class Pipe(io.RawIOBase):
    """A stream that cannot be rewound, and hands out at most `step` bytes at a time, like a download."""

    def __init__(self, data: bytes, step: int = 700) -> None:
        self._data = io.BytesIO(data)
        self._step = step

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, self._step))
