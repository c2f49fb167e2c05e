"""Figures of the validation: calibration of inclusion, and what each addition buys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from validation.bootstrap import difference
from validation.coalitions.scoring import Scores, calibration

BLUE, GREY = "#1f5f8b", "#9aa5ad"


def draw(
    folder: Path, models: Mapping[str, Scores], steps: Mapping[str, Scores], countries: np.ndarray
) -> None:
    """Writes coalitions-calibration.png and coalitions-ablation.png."""
    _calibration(folder / "coalitions-calibration.png", models)
    _ablation(folder / "coalitions-ablation.png", steps, countries)


def _calibration(path: Path, models: Mapping[str, Scores]) -> None:
    figure, axes = plt.subplots(figsize=(5.2, 5.0), layout="constrained")
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    shown = {"plain conditional logit": (GREY, "s"), "full": (BLUE, "o")}
    for name, (colour, marker) in shown.items():
        points = calibration(models[name])
        x, y, n = (np.array(column) for column in zip(*points, strict=True))
        error = 1.96 * np.sqrt(y * (1 - y) / n)
        shift = -0.006 if marker == "s" else 0.006
        axes.errorbar(x + shift, y, yerr=error, color=colour, marker=marker, markersize=6,
                      linewidth=1.2, capsize=2, label=name)  # fmt: skip
    axes.set_xlabel("predicted probability that a list is in the government")
    axes.set_ylabel("share of such lists that were")
    axes.set_title("Inclusion, each country predicted from the others", fontsize=10, loc="left")
    axes.legend(frameon=False, loc="upper left")
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def _ablation(path: Path, steps: Mapping[str, Scores], countries: np.ndarray) -> None:
    names = list(steps)
    means = [scores.log_loss.mean() for scores in steps.values()]
    first = steps[names[0]].log_loss
    errors = [1.96 * difference(s.log_loss, first, countries)[1] for s in steps.values()]
    figure, axes = plt.subplots(figsize=(6.6, 3.6), layout="constrained")
    at = np.arange(len(names))[::-1]
    axes.barh(at, means, color=[GREY, *[BLUE] * (len(names) - 1)], height=0.62)
    axes.errorbar(
        means[1:], at[1:], xerr=errors[1:], fmt="none", ecolor="#12384f", capsize=2, linewidth=1
    )
    for place, mean, scores in zip(at, means, steps.values(), strict=True):
        axes.text(
            0.05,
            place,
            f"{mean:.2f}   top-1 {scores.top(1):.0%}",
            va="center",
            color="white",
            fontsize=8,
        )
    axes.set_yticks(at, names)
    axes.set_xlabel(
        "log loss per formation, nats (lower is better; bars: 95 % for the gain over the plain logit)",
        fontsize=8,
    )
    axes.set_title(
        "What each addition buys, each country predicted from the others", fontsize=10, loc="left"
    )
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=130)
    plt.close(figure)
