"""The run to look at: one HTML file that opens offline, prints, and fits a phone."""

from floorwalker.report.page import write_report

__all__ = ["write_report"]
