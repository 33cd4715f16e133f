"""Frames as the bytes of a film: GIF, APNG and WebP, frame by frame as they are drawn.

A frame of a GIF or an APNG holds what differs from the one before; the rest is transparent.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

CLEAR = 255
"""The number of the transparent colour; the others are the colours of the film."""
_LOSSLESS = {"lossless": True, "quality": 20, "method": 1, "kmin": 2**30, "kmax": 2**30 + 1}
"""Drawings are smaller, sharper and sooner written without loss, each frame as a change."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"

Change = tuple[int, int, NDArray[np.uint8]]
"""Left, top, and the numbers of the colours (rows, columns) from there on."""


def gif(frames: Iterable[Image.Image], times: Sequence[int], colors: Sequence[str]) -> bytes:
    """An endless GIF of RGB frames, each for so many milliseconds."""
    table = _palette(colors)
    content, width, height = io.BytesIO(), 0, 0
    for time, (left, top, numbers) in zip(times, _changes(frames, table), strict=True):
        if not width:
            height, width = numbers.shape
            content.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0))
            content.write(bytes(table.getpalette() or ()))
            content.write(b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0")
        image = Image.fromarray(numbers)
        parts = GifImagePlugin.getdata(
            image, (left, top), duration=time, disposal=1, transparency=CLEAR
        )
        content.write(b"".join(parts))
    return content.getvalue() + b";"


def apng(frames: Iterable[Image.Image], times: Sequence[int], colors: Sequence[str]) -> bytes:
    """An endless APNG of RGB frames, each for so many milliseconds."""
    table = _palette(colors)
    content, order = [_SIGNATURE], 0
    for time, (left, top, numbers) in zip(times, _changes(frames, table), strict=True):
        height, width = numbers.shape
        first = order == 0
        if first:
            header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
            content += [_chunk(b"IHDR", header), _chunk(b"acTL", struct.pack(">II", len(times), 0))]
            content += [_chunk(b"PLTE", bytes(table.getpalette() or ()))]
            content += [_chunk(b"tRNS", b"\xff" * CLEAR + b"\0")]
        place = struct.pack(">IIIIIHHBB", order, width, height, left, top, time, 1000, 0, not first)
        rows = np.zeros((height, width + 1), np.uint8)  # each begins with its filter: none
        rows[:, 1:] = numbers
        data = zlib.compress(rows.tobytes(), 6)
        numbered = struct.pack(">I", order + 1) + data
        content += [
            _chunk(b"fcTL", place),
            _chunk(*((b"IDAT", data) if first else (b"fdAT", numbered))),
        ]
        order += 1 if first else 2
    return b"".join((*content, _chunk(b"IEND", b"")))


def webp(frames: Iterable[Image.Image], times: Sequence[int]) -> bytes:
    """An endless WebP of RGB frames, each for so many milliseconds; without loss."""
    buffer = io.BytesIO()
    film = _Film(frames, len(times))
    film.save(buffer, "WEBP", save_all=True, duration=list(times), loop=0, **_LOSSLESS)
    return buffer.getvalue()


class _Film(Image.Image):
    """An image whose frames are drawn when Pillow asks for them, so that none are kept."""

    def __init__(self, frames: Iterable[Image.Image], count: int) -> None:
        super().__init__()
        self._frames, self._at = iter(frames), -1
        self.n_frames = count
        self.seek(0)

    def tell(self) -> int:
        """The number of the frame, from 0; the first one again behind the last."""
        return max(self._at, 0) % self.n_frames

    def seek(self, frame: int) -> None:
        """Goes on to the next frame; the film is passed through once."""
        if frame == self._at + 1:
            shown = next(self._frames)
            self.im, self._mode, self._size = shown.im, shown.mode, shown.size
            self._at = frame


def _palette(colors: Sequence[str]) -> Image.Image:
    """An image that carries the colours, filled up to 256 with the first one."""
    table = Image.new("P", (1, 1))
    filled = [*colors[:CLEAR], *[colors[0]] * (CLEAR + 1 - len(colors[:CLEAR]))]
    table.putpalette([int(color[i : i + 2], 16) for color in filled for i in (1, 3, 5)])
    return table


def _changes(frames: Iterable[Image.Image], table: Image.Image) -> Iterator[Change]:
    """The first frame, and what each of the others changes; one pixel where it is nothing."""
    before: NDArray[np.uint8] | None = None
    for frame in frames:
        numbers = np.asarray(frame.quantize(palette=table, dither=Image.Dither.NONE))
        if before is None:
            yield 0, 0, numbers
        else:
            differs = numbers != before
            rows, columns = (np.flatnonzero(differs.any(axis=axis)) for axis in (1, 0))
            top, left = (int(some[0]) if some.size else 0 for some in (rows, columns))
            bottom, right = (int(some[-1]) + 1 if some.size else 1 for some in (rows, columns))
            inside = slice(top, bottom), slice(left, right)
            yield left, top, np.where(differs[inside], numbers[inside], np.uint8(CLEAR))
        before = numbers


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
