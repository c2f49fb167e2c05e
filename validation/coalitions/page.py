"""The page of the validation: sample, table, ablation, calibration, coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from validation.bootstrap import difference
from validation.coalitions.fitting import Fit
from validation.coalitions.models import VARYING
from validation.coalitions.parlgov import Sample
from validation.coalitions.scoring import Scores
from validation.writing import put_between_marks

PLAIN = "plain conditional logit"
HEAD = (
    "| model | top-1 | top-3 | log loss | against the plain logit | Brier of inclusion |\n"
    "|---|---|---|---|---|---|\n"
)


def write(
    path: Path,
    sample: Sample,
    countries: np.ndarray,
    later: np.ndarray,
    out_of_country: Mapping[str, Scores],
    forward: Mapping[str, Scores],
    steps: Mapping[str, Scores],
    fit: Fit,
) -> None:
    """Puts the measured tables between the marks of the page, and leaves its prose alone."""
    blocks = {
        "sample": _sample(sample),
        "out-of-country": _table(out_of_country, countries),
        "forward": _table(forward, countries[later]),
        "ablation": _ablation(steps, countries),
        "coefficients": _coefficients(fit),
    }
    put_between_marks(path, blocks)


def _sample(sample: Sample) -> str:
    dates = [case.date for case in sample.cases]
    countries = len({case.country for case in sample.cases})
    left_out = "; ".join(f"{why}: {count}" for why, count in sample.left_out.items() if count)
    return (
        f"{len(sample.cases)} formations in {countries} countries, {min(dates).year} to "
        f"{max(dates).year}, {sum(c.chamber.midterm for c in sample.cases)} of them within a "
        f"parliament's term. Left out: {left_out}.\n"
    )


def _table(models: Mapping[str, Scores], countries: np.ndarray) -> str:
    rows = []
    for name, scores in models.items():
        gain, error = difference(scores.log_loss, models[PLAIN].log_loss, countries)
        against = "" if name == PLAIN else f"{gain:+.2f} ± {error:.2f}".replace("-", "−")
        rows.append(
            f"| {name} | {scores.top(1):.1%} | {scores.top(3):.1%} | {scores.log_loss.mean():.3f} "
            f"| {against} | {scores.brier.mean():.4f} |"
        )
    return HEAD + "\n".join(rows) + "\n"


def _ablation(steps: Mapping[str, Scores], countries: np.ndarray) -> str:
    lines = ["| added | top-1 | log loss | gain of this step |", "|---|---|---|---|"]
    before: Scores | None = None
    for name, scores in steps.items():
        gained = ""
        if before is not None:
            gain, error = difference(scores.log_loss, before.log_loss, countries)
            gained = f"{gain:+.3f} ± {error:.3f}".replace("-", "−")
        lines.append(f"| {name} | {scores.top(1):.1%} | {scores.log_loss.mean():.3f} | {gained} |")
        before = scores
    return "\n".join(lines) + "\n"


def _coefficients(fit: Fit) -> str:
    lines = ["| covariate | mean | its s.e. | between countries |", "|---|---|---|---|"]
    for name, mean, error, between in zip(
        VARYING.covariates, fit.mean, np.sqrt(np.diag(fit.covariance)), fit.between, strict=True
    ):
        lines.append(
            f"| `{name}` | {mean:.2f} | {error:.2f} | {between:.2f} |".replace("| -", "| −")
        )
    return "\n".join(lines) + "\n"
