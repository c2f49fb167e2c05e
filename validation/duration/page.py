"""The page of the validation: its tables between marks, its prose left alone."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from clientela.chamber.duration import FormationTime
from clientela.chamber.survival import CoxFit
from validation.duration.data import Case, same_kind
from validation.duration.fitting import Fitted
from validation.duration.scoring import Scores, earlier, gain_over
from validation.duration.targets import Target


def sample(cases: Sequence[Case], tested: Sequence[Case]) -> str:
    """What the predictions are measured on."""
    return (
        f"{len(cases)} formations in {len({c.country for c in cases})} countries, "
        f"{min(c.date for c in cases).year} to {max(c.date for c in cases).year}; "
        f"{sum(c.post_election for c in cases)} of them after an election, "
        f"{sum(c.days == 0 for c in cases)} within the day, {len(tested)} from 1980 on.\n"
    )


def targets(found: Sequence[tuple[Target, int, CoxFit]]) -> str:
    """Each published or computed number beside ours."""
    lines = ["| model | rows | quantity | expected | here |", "|---|---|---|---|---|"]
    for target, rows, fit in found:
        digits = max(len(f"{v}".partition(".")[2]) for v in target.expected.values())
        pairs = [
            (f"`{name}`", value, fit.beta[target.covariates.index(name)], digits)
            for name, value in target.expected.items()
        ]
        if target.log_likelihood is not None:
            pairs.append(("log-likelihood", target.log_likelihood, fit.log_likelihood, 2))
        if target.likelihood_ratio is not None:
            pairs.append(("likelihood ratio", target.likelihood_ratio, fit.likelihood_ratio, 1))
        for quantity, expected, here, places in pairs:
            lines.append(_signed(f"| {target.name} | {rows} | {quantity} | {expected} | {here:.{places}f} |"))  # fmt: skip
    return "\n".join(lines) + "\n"


def table(models: Mapping[str, Scores], cases: Sequence[Case], baseline: str) -> str:
    """Mean log scores, and their difference from the baseline's."""
    lines = [
        f"| model | log score | over “{baseline}” | in the central 80 % |",
        "|---|---|---|---|",
    ]
    for name, scores in models.items():
        gain, error = gain_over(scores.log_score, models[baseline].log_score, cases)
        against = "" if name == baseline else f"{gain:+.3f} ± {error:.3f}"
        lines.append(_signed(f"| {name} | {scores.log_score.mean():.3f} | {against} | {scores.covered():.0%} |"))  # fmt: skip
    return "\n".join(lines) + "\n"


THREE = ("a new country, no history", "a new country, its history", "from 1980 on, its history")


def thrice(what: str, models: Mapping[str, Sequence[Scores]]) -> str:
    """Mean log scores in the three tests."""
    lines = [f"| {what} | {' | '.join(THREE)} |", "|---|---|---|---|"]
    for name, scores in models.items():
        lines.append(_signed(f"| {name} | {' | '.join(f'{s.log_score.mean():.3f}' for s in scores)} |"))  # fmt: skip
    return "\n".join(lines) + "\n"


def gains(
    steps: Mapping[str, Sequence[Scores]], cases: Sequence[Case], tested: Sequence[Case]
) -> str:
    """What each line of covariates gains over the one above it."""
    lines = [f"| gain of | {' | '.join(THREE)} |", "|---|---|---|---|"]
    for above, name in itertools.pairwise(steps):
        cells = []
        for ours, theirs, sample in zip(
            steps[name], steps[above], (cases, cases, tested), strict=True
        ):
            gain, error = gain_over(ours.log_score, theirs.log_score, sample)
            cells.append(f"{gain:+.3f} ± {error:.3f}")
        lines.append(_signed(f"| {name} | {' | '.join(cells)} |"))
    return "\n".join(lines) + "\n"


def coefficients(fitted: Fitted) -> str:
    """The shipped model."""
    fit = fitted.fit
    lines = ["| quantity | estimate | its s.e. |", "|---|---|---|"]
    for name, value, error in zip(
        fit.covariates, fit.beta, np.sqrt(np.diag(fit.covariance)), strict=True
    ):
        lines.append(_signed(f"| `{name}` | {value:.3f} | {error:.3f} |"))
    lines.append(f"| τ, scale of countries' levels | {fit.between:.3f} | |")
    lines.append(_signed(f"| mean of log σ | {fit.log_dispersion:.3f} | {fit.log_dispersion_error:.3f} |"))  # fmt: skip
    lines.append(f"| standard deviation of log σ between countries | {fit.dispersion_between:.3f} | |")  # fmt: skip
    for occasion, (a, b) in fit.at_once.items():
        lines.append(f"| at once, {occasion.replace('_', ' ')}: mean share, a + b | {a / (a + b):.3f}, {a + b:.2f} | |")  # fmt: skip
    lines.append(_signed(f"\nLog-likelihood {fitted.log_likelihood:.2f} of when, {fitted.log_likelihood_at_once:.2f} of whether at once."))  # fmt: skip
    return "\n".join(lines) + "\n"


def example(times: Mapping[str, FormationTime], took: int) -> str:
    """A country outside the pool."""
    lines = [
        f"| known | 10 % | median | 90 % | probability of more than {took} days |",
        "|---|---|---|---|---|",
    ]
    for name, time in times.items():
        days = " | ".join(f"{time.quantile(p):.0f}" for p in (0.1, 0.5, 0.9))
        lines.append(f"| {name} | {days} | {time.survival(took):.1%} |")
    return "\n".join(lines) + "\n"


def against(ours: Scores, rules: Mapping[str, Scores], sample: Sequence[Case]) -> str:
    """What ours gains over each rule of thumb, by how many formations of the kind came before."""
    known = np.array([len(same_kind(case, earlier(case, sample))) for case in sample])
    spans = {"none": (0, 0), "1 to 4": (1, 4), "5 to 9": (5, 9), "10 or more": (10, 1000)}
    lines = [
        f"| earlier formations of the kind | formations | {' | '.join(rules)} |",
        "|---|---|" + "---|" * len(rules),
    ]
    for span, (least, most) in spans.items():
        kept = (least <= known) & (known <= most)
        some = [case for case, keep in zip(sample, kept, strict=True) if keep]
        cells = []
        for scores in rules.values():
            gain, error = gain_over(ours.log_score[kept], scores.log_score[kept], some)
            cells.append(f"{gain:+.3f} ± {error:.3f}")
        lines.append(_signed(f"| {span} | {len(some)} | {' | '.join(cells)} |"))
    return "\n".join(lines) + "\n"


def _signed(text: str) -> str:
    return text.replace(" -", " −")
