"""A small curve: the share of histories in which something has come true, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_POINTS = 120


@dataclass(frozen=True)
class Spark:
    """Paths in a box 100 wide and 40 high, and the greatest share."""

    line: str
    area: str
    top: float


def spark(curve: Sequence[float]) -> Spark | None:
    """The curve from 0 to a round share above its greatest; None if it never rises."""
    if not curve or max(curve) <= 0:
        return None
    top = next(t for t in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if max(curve) <= t + 1e-9)
    last = max(len(curve) - 1, 1)
    days = sorted({*range(0, len(curve), max(len(curve) // _POINTS, 1)), len(curve) - 1})
    points = " ".join(f"{100 * d / last:.2f},{40 - 38 * curve[d] / top:.2f}" for d in days)
    return Spark(f"M{points}", f"M0,40 L{points} L100,40Z", top)
