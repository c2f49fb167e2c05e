"""Tables and trees for the terminal."""

from clientela.terminal.answers import print_check, print_forecast
from clientela.terminal.evidence import (
    print_bare_values,
    print_evidence,
    print_matrix,
    print_trace,
    print_verification,
)
from clientela.terminal.explanation import print_explanations

__all__ = [
    "print_bare_values",
    "print_check",
    "print_evidence",
    "print_explanations",
    "print_forecast",
    "print_matrix",
    "print_trace",
    "print_verification",
]
