"""Record the training of another program as a folder ``NAME.optrec``.  Needs NumPy only.

``with optlab.record("run", optimizer):`` records a PyTorch training; ``rec.step(w=..., g=...)``
records any other.  :mod:`optlab.recording.reading` reads the folder again.
"""

from optlab.recording.folder import ABOUT, PLANE, SUFFIX, chunks, folder_of
from optlab.recording.reading import (
    Recorded,
    RecordingError,
    is_folder,
    read_about,
    read_folder,
    read_plane,
)
from optlab.recording.recorder import Recorder, record

__all__ = [
    "ABOUT",
    "PLANE",
    "SUFFIX",
    "Recorded",
    "Recorder",
    "RecordingError",
    "chunks",
    "folder_of",
    "is_folder",
    "read_about",
    "read_folder",
    "read_plane",
    "record",
]
