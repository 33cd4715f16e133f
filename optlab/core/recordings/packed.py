"""A recording as text, so that an experiment can bring it along: base64 of a ZIP archive."""

from __future__ import annotations

import base64
import io
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path

from optlab import recording
from optlab.core.recordings.formats import Recording, read_files
from optlab.recording import RecordingError
from optlab.recording.reading import UNREADABLE

_HEAD = "optlab-recording;base64,"
_MOST_BYTES = 64 << 20
"""Unpacked."""


def files_of(path: Path) -> list[Path]:
    """The files that a recording consists of, without the checkpoints of all weights."""
    if not recording.is_folder(path):
        return [path]
    where = recording.folder_of(path)
    names = ("run.json", "plane.npz", *(file.name for file in recording.chunks(where)))
    return [where / name for name in names if (where / name).is_file()]


def packed(path: Path) -> str:
    """The files of a recording as one line of text. Raises OSError."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files_of(path):
            # A fixed date: the same files are the same text.
            entry = zipfile.ZipInfo(file.name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return _HEAD + base64.b64encode(buffer.getvalue()).decode("ascii")


def is_packed(text: str) -> bool:
    """Whether a text holds files of a recording, and not CSV."""
    return text.startswith(_HEAD)


@lru_cache(maxsize=16)
def unpacked(text: str) -> Recording:
    """What a packed recording holds. Raises :class:`RecordingError`."""
    try:
        content = base64.b64decode(text[len(_HEAD) :], validate=True)
        with zipfile.ZipFile(io.BytesIO(content)) as archive, tempfile.TemporaryDirectory() as top:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise RecordingError(f"larger than {_MOST_BYTES >> 20} MiB")
            where = Path(top, "run.optrec")
            where.mkdir()
            for entry in archive.infolist():
                (where / Path(entry.filename).name).write_bytes(archive.read(entry))
            files = list(where.iterdir())
            return read_files(files[0] if len(files) == 1 else where)
    except UNREADABLE as error:
        if isinstance(error, RecordingError):
            raise
        raise RecordingError(f"is damaged: {error}") from None
