"""Reports: an experiment as one page for a browser, or as pages for paper."""

from optlab.report.save import KINDS, report_bytes, save_report

__all__ = ["KINDS", "report_bytes", "save_report"]
