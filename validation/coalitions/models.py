"""The models: which covariates each has, and how its predictions are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientela.chamber.covariates import NAMES
from validation.coalitions.fitting import Fit, conditional_logit, random_coefficients
from validation.coalitions.tables import Table, part

DRAWS = 200

MARTIN_STEVENSON = ("minority", "minimal_winning", "number_of_lists", "contains_largest",
                    "contains_median", "range", "opposition_range_if_minority",
                    "incumbent_coalition", "incumbent_leader")  # fmt: skip
INCUMBENCY = ("incumbent_coalition", "incumbent_leader", "incumbent_coalition_midterm",
              "newcomers_midterm")  # fmt: skip
# In the order of the ablation: each step adds to those before it.
STEPS = {
    "seat share": ("seat_share", "off_half_squared"),
    "contiguity": ("gaps",),
    "within a term": ("incumbent_coalition_midterm", "newcomers_midterm"),
    "experience": ("experience", "never_governed"),
    "familiarity": ("familiarity", "strangers", "governed_before"),
    "tradition": ("minority_tradition",),
    "gains": ("gain",),
    "families": ("communist", "far_right", "special_issue"),
}


def _together(*steps: str) -> tuple[str, ...]:
    return (*MARTIN_STEVENSON, *(name for step in steps for name in STEPS[step]))


PRESENT = _together("seat share", "contiguity", "within a term", "gains")
FULL = _together(*STEPS)


@dataclass(frozen=True)
class Model:
    """A conditional logit with these covariates, its coefficients varying by country or not."""

    name: str
    covariates: tuple[str, ...]
    varying: bool = False

    @property
    def columns(self) -> list[int]:
        """Where its covariates stand in the table."""
        return [NAMES.index(name) for name in self.covariates]

    def without_incumbency(self) -> Model:
        """The model that does not know who governed last."""
        kept = tuple(name for name in self.covariates if name not in INCUMBENCY)
        return Model(f"{self.name}, without incumbency", kept, self.varying)

    def fit(self, table: Table, countries: np.ndarray, cases: np.ndarray) -> Fit:
        """Fitted to some of the formations."""
        rows = part(table, cases, self.columns)
        fitted = random_coefficients if self.varying else conditional_logit
        return fitted(rows, countries[cases])

    def chances(self, fit: Fit, whole: np.ndarray, country: str | None = None) -> np.ndarray:
        """P of every coalition, averaged over what is not known of β.

        `country` uses what its own formations in the fit say; without, it is a new one.
        """
        x = whole[:, self.columns].astype(float)
        rng = np.random.default_rng(1)
        if country in fit.own:
            betas = rng.multivariate_normal(*fit.own[country], size=DRAWS)
        elif self.varying:
            spread = fit.covariance + np.diag(fit.between**2)
            betas = rng.multivariate_normal(fit.mean, spread, size=DRAWS)
        else:
            betas = fit.mean[None]
        utility = x @ betas.T
        weight = np.exp(utility - utility.max(axis=0))
        return (weight / weight.sum(axis=0)).mean(axis=1)


PLAIN = Model("plain conditional logit", MARTIN_STEVENSON)
ALIKE = Model("full, the same β everywhere", FULL)
OURS = Model("full", FULL, varying=True)


def ablation() -> Sequence[Model]:
    """The plain logit, and one more step at a time; coefficients that vary come last."""
    steps = list(STEPS)
    added = [Model(f"+ {steps[k]}", _together(*steps[: k + 1])) for k in range(len(steps))]
    return [PLAIN, *added, Model("+ random coefficients", FULL, varying=True)]
