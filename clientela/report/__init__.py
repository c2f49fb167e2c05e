"""The self-contained HTML report: figures, words, parameters with their origin, how to redo it."""

from clientela.report.page import render, write_report

__all__ = ["render", "write_report"]
