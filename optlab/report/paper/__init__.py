"""The report of an experiment as pages of A4: PDF with vector pictures and text that is text."""

from optlab.report.paper.pages import pdf_bytes

__all__ = ["pdf_bytes"]
