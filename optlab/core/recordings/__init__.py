"""Recorded numbers as trajectories without a rule: CSV, NPZ, folders and other people's files."""

from optlab.core.recordings.csv_text import STEP, read_recording
from optlab.core.recordings.formats import FORMATS, is_recording, read_numbers
from optlab.core.recordings.packed import (
    files_of,
    is_packed,
    packed,
    packed_about,
    packed_plane,
    unpacked,
)
from optlab.recording import RecordingError

__all__ = [
    "FORMATS",
    "STEP",
    "RecordingError",
    "files_of",
    "is_packed",
    "is_recording",
    "packed",
    "packed_about",
    "packed_plane",
    "read_numbers",
    "read_recording",
    "unpacked",
]
