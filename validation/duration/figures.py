"""Figures of the validation: log scores side by side, and where outcomes fell (PIT)."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from validation.duration.data import Case
from validation.duration.scoring import Scores, gain_over

BLUE, GREY = "#1f5f8b", "#9aa5ad"


def draw_scores(
    path: Path,
    tests: Mapping[str, tuple[Mapping[str, Scores], Sequence[Case]]],
    baseline: str,
) -> None:
    """The gain in log score over the baseline, model by model, one panel a test."""
    figure, panels = plt.subplots(
        1, len(tests), figsize=(8.6, 3.7), sharey=True, sharex=True, layout="constrained"
    )
    for axes, (title, (scores, cases)) in zip(panels, tests.items(), strict=True):
        names = [name for name in scores if name != baseline]
        gains = [
            gain_over(scores[name].log_score, scores[baseline].log_score, cases) for name in names
        ]
        at = np.arange(len(names))[::-1]
        axes.axvline(0, color=GREY, linewidth=1, linestyle=":")
        for place, name, (gain, error) in zip(at, names, gains, strict=True):
            own = name.startswith("Clientela")
            axes.errorbar(
                gain, place, xerr=1.96 * error, color=BLUE if own else GREY, capsize=2,
                marker="o" if own else "s", markersize=6, linewidth=1.3,
            )  # fmt: skip
        axes.set_yticks(at, names)
        axes.set_title(title, fontsize=10, loc="left")
        axes.spines[["top", "right"]].set_visible(False)
    figure.supxlabel(
        f"log score per formation over “{baseline}”, nats (right is better; bars: 95 %)", fontsize=9
    )
    figure.savefig(path, dpi=130)
    plt.close(figure)


def draw_pit(path: Path, scores: Mapping[str, Scores], shown: Sequence[str]) -> None:
    """Histograms of the probability integral transform; level at 1 if calibrated."""
    figure, panels = plt.subplots(
        1, len(shown), figsize=(8.6, 3.0), sharey=True, layout="constrained"
    )
    for axes, name in zip(panels, shown, strict=True):
        heights = scores[name].pit()
        colour = BLUE if name.startswith("Clientela") else GREY
        axes.bar(np.arange(10) / 10 + 0.05, heights, width=0.094, color=colour)
        axes.axhline(1.0, color="#333333", linewidth=1, linestyle=":")
        axes.set_title(textwrap.fill(name, 36), fontsize=9, loc="left")
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("density of outcomes (1: calibrated)", fontsize=9)
    figure.supxlabel(
        "predicted probability of a shorter time, for what happened (low: sooner than expected)",
        fontsize=9,
    )
    figure.savefig(path, dpi=130)
    plt.close(figure)
