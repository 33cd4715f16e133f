"""MP4 through ffmpeg, where there is one."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


class VideoError(RuntimeError):
    """No film can be made; the message is a sentence for a person."""


def find_ffmpeg() -> str:
    """The ffmpeg on the PATH, or the one of imageio-ffmpeg. Raises :class:`VideoError`."""
    found = shutil.which("ffmpeg")
    if found is None and importlib.util.find_spec("imageio_ffmpeg") is not None:
        import imageio_ffmpeg

        try:
            found = str(imageio_ffmpeg.get_ffmpeg_exe())
        except RuntimeError:
            found = None
    if found is None:
        raise VideoError(
            "an mp4 needs ffmpeg, and there is none: install ffmpeg or the package "
            "imageio-ffmpeg, or choose .gif, .webp or .png"
        )
    return found


def mp4_bytes(frames: Iterator[bytes], size: tuple[int, int], rate: float) -> bytes:
    """The content of an MP4 file (H.264) of RGB frames.

    ``size`` is width and height, both even; ``rate`` is frames a second.  Raises
    :class:`VideoError` where ffmpeg refuses.
    """
    with tempfile.TemporaryDirectory(prefix="optlab-") as folder:
        file = Path(folder, "film.mp4")
        with Path(folder, "log").open("w+b") as log:
            command = _command(size, rate, file)
            with subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log
            ) as process:
                assert process.stdin is not None
                try:
                    # An ffmpeg that refuses reads no more; its exit status and log say why.
                    with contextlib.suppress(BrokenPipeError):
                        for frame in frames:
                            process.stdin.write(frame)
                    with contextlib.suppress(BrokenPipeError):
                        process.stdin.close()
                except BaseException:
                    process.kill()
                    raise
            if process.returncode != 0:
                log.seek(0)
                lines = log.read().decode(errors="replace").strip().splitlines() or ["no reason"]
                raise VideoError(f"ffmpeg could not make the film: {lines[-1]}")
        return file.read_bytes()


def _command(size: tuple[int, int], rate: float, file: Path) -> list[str]:
    width, height = size
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{rate:g}"]
    coding = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart"]
    # The same frames give the same bytes: no encoder version or date, one thread.
    same = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1"]
    quiet = ["-hide_banner", "-loglevel", "error", "-y"]
    return [find_ffmpeg(), *quiet, *source, "-i", "-", *coding, *same, str(file)]
