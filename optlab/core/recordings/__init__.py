"""Recorded numbers as trajectories without a rule: CSV, NPZ, folders and other people's files."""

from optlab.core.recordings.csv_text import STEP, read_recording
from optlab.core.recordings.formats import FORMATS, Recording, is_recording, read_files
from optlab.core.recordings.packed import (
    files_of,
    is_packed,
    packed,
    unpacked,
)
from optlab.recording import RecordingError

__all__ = [
    "FORMATS",
    "STEP",
    "Recording",
    "RecordingError",
    "files_of",
    "is_packed",
    "is_recording",
    "packed",
    "read_files",
    "read_recording",
    "unpacked",
]
