"""The page of the validation: sample, table, ablation, calibration, coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from validation.bootstrap import difference
from validation.coalitions.fitting import Fit
from validation.coalitions.models import OURS
from validation.coalitions.parlgov import Sample
from validation.coalitions.scoring import Scores
from validation.coalitions.trial import CUT, Trial
from validation.writing import put_between_marks

PLAIN = "plain conditional logit"
COMPARED = ("incumbent again", PLAIN, "full, the same β everywhere", OURS.name)
HEAD = (
    "| model | top-1 | top-3 | log loss | against the plain logit | Brier of inclusion |\n"
    "|---|---|---|---|---|---|\n"
)


def write(
    path: Path,
    sample: Sample,
    trial: Trial,
    out_of_country: Mapping[str, Scores],
    forward: Mapping[str, Scores],
    steps: Mapping[str, Scores],
    fit: Fit,
) -> None:
    """Puts the measured tables between the marks of the page, and leaves its prose alone."""
    blocks = {
        "sample": _sample(sample),
        "out-of-country": _table(out_of_country, trial.countries),
        "again": _again(out_of_country, trial),
        "new-countries": _new_countries(trial),
        "forward": _table(forward, trial.countries[trial.later]),
        "ablation": _ablation(steps, trial.countries),
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


def _again(models: Mapping[str, Scores], trial: Trial) -> str:
    """Scores by whether the outgoing lists governed on, and by the occasion."""
    midterm = np.array([case.chamber.midterm for case in trial.cases])
    parts = {
        "the same lists again": trial.again,
        "other lists": ~trial.again,
        "after an election": ~midterm,
        "within a term": midterm,
    }
    lines = ["| what formed | model | top-1 | top-3 | log loss |", "|---|---|---|---|---|"]
    for what, rows in parts.items():
        for name in COMPARED:
            rank, loss = models[name].rank[rows], models[name].log_loss[rows]
            lines.append(
                f"| {what} ({rows.sum()}) | {name} | {(rank < 1).mean():.1%} "
                f"| {(rank < 3).mean():.1%} | {loss.mean():.3f} |"
            )
    return "\n".join(lines) + "\n"


def _new_countries(trial: Trial) -> str:
    tested = set(trial.countries[trial.later])
    new = tested - set(trial.countries[trial.years < CUT])
    among = np.isin(trial.countries[trial.later], list(new)).sum()
    return (
        f"{len(trial.later)} formations in {len(tested)} countries, of which {len(new)} with "
        f"{among} formations are not in the fit at all.\n"
    )


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
        OURS.covariates, fit.mean, np.sqrt(np.diag(fit.covariance)), fit.between, strict=True
    ):
        lines.append(
            f"| `{name}` | {mean:.2f} | {error:.2f} | {between:.2f} |".replace("| -", "| −")
        )
    return "\n".join(lines) + "\n"
