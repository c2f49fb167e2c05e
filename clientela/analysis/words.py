"""Words for probabilities, after Intelligence Community Directive 203 (2015)."""

from __future__ import annotations

_SCALE = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.01, "almost certain"),
)


def word(probability: float) -> str:
    """The ICD-203 word: 1–5, 5–20, 20–45, 45–55, 55–80, 80–95, 95–99 %.

    The scale has no words under 1 % and over 99 %; the outermost are used there too.
    """
    return next(name for edge, name in _SCALE if probability < edge)
