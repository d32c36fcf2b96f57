"""The trainer's output archive, made while it is read: its bytes are never held together, in memory or on disk."""

import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

from sandbox.replicate import flux_lora

JOB_DIR = f"output/{flux_lora.JOB_NAME}"
RECORD = 10_240  # GNU tar pads the archive to whole records


@dataclass(frozen=True)
class Repeated:
    """`size` bytes that are one block over and over."""

    block: bytes
    size: int

    def __len__(self) -> int:
        return self.size

    def read(self, stop: int) -> Iterator[bytes]:
        """Its first `stop` bytes, block by block."""
        blocks, rest = divmod(stop, len(self.block))
        yield from repeat(self.block, blocks)
        yield self.block[:rest]


@dataclass(frozen=True)
class WeightsTar:
    """The archive of one training: the same recipe always gives the same bytes."""

    seed: str
    rank: int
    layers_regex: str | None
    trigger_word: str
    steps: int
    config: str
    captions: Mapping[str, bytes]
    extra_files: tuple[str, ...]
    ended_at: float

    @cached_property
    def segments(self) -> list[bytes | Repeated]:
        """What follows what."""
        modules = flux_lora.matching_modules(self.layers_regex)
        head = flux_lora.safetensors_head(
            modules, self.rank, trigger_word=self.trigger_word, steps=self.steps, seed=self.seed
        )
        data = Repeated(flux_lora.tensor_block(self.seed), flux_lora.data_bytes(modules, self.rank))
        segments: list[bytes | Repeated] = [self._entry(f"{JOB_DIR}/", None)]
        segments += [*self._file("config.yaml", self.config.encode())]
        segments += [self._entry(f"{JOB_DIR}/lora.safetensors", len(head) + len(data)), head, data]
        segments += [_padding(len(head) + len(data)), self._entry(f"{JOB_DIR}/captions/", None)]
        for name, text in sorted(self.captions.items()):
            segments += self._file(f"captions/{name}", text)
        for name in self.extra_files:
            segments += self._file(name, b"# People\n")
        used = sum(map(len, segments))
        return [*segments, b"\0" * (1024 + -(used + 1024) % RECORD)]

    @cached_property
    def size(self) -> int:
        return sum(map(len, self.segments))

    def within_weights(self, share: float) -> int:
        """The offset at which so much of the tensor data has passed."""
        before = 0
        for segment in self.segments:
            if isinstance(segment, Repeated):
                return before + int(len(segment) * share)
            before += len(segment)
        raise AssertionError("an archive without tensors")

    def read(self, stop: int) -> Iterator[bytes]:
        """The first `stop` bytes, in pieces of a megabyte at most."""
        for segment in self.segments:
            part = min(stop, len(segment))
            yield from segment.read(part) if isinstance(segment, Repeated) else (segment[:part],)
            stop -= part

    def _file(self, name: str, content: bytes) -> tuple[bytes, bytes, bytes]:
        return self._entry(f"{JOB_DIR}/{name}", len(content)), content, _padding(len(content))

    def _entry(self, name: str, size: int | None) -> bytes:
        entry = tarfile.TarInfo(name.rstrip("/"))
        entry.type = tarfile.DIRTYPE if size is None else tarfile.REGTYPE
        entry.size = size or 0
        entry.mode = 0o755 if size is None else 0o644
        entry.mtime = int(self.ended_at)
        entry.uname = entry.gname = "root"
        return entry.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return b"\0" * (-size % tarfile.BLOCKSIZE)
