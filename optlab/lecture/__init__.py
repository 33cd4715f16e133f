"""Lecture pages: an experiment as one HTML page that computes it in the browser."""

from optlab.lecture.page import LectureError, check_lecture, lecture_bytes, save_lecture

__all__ = ["LectureError", "check_lecture", "lecture_bytes", "save_lecture"]
