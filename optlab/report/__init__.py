"""Reports: an experiment as one page to read, print and keep."""

from optlab.report.page import report_bytes, save_report

__all__ = ["report_bytes", "save_report"]
