"""Record the training of another program as a folder ``NAME.optrec``.  Needs NumPy only.

``with optlab.record("run", optimizer):`` records a PyTorch training; ``rec.step(w=..., g=...)``
records any other.  :mod:`optlab.recording.reading` reads the folder again.
"""

from optlab.recording.reading import Recorded, RecordingError, is_folder, read_folder
from optlab.recording.recorder import Recorder, record

__all__ = ["Recorded", "Recorder", "RecordingError", "is_folder", "read_folder", "record"]
