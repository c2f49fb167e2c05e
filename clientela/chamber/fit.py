"""Coefficients of the formation logit that were fitted to past governments, and come along."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import numpy as np

from clientela.chamber.covariates import covariate_names
from clientela.chamber.lists import Chamber

# Mean and standard deviation of the weights of covariates that no data set here has; both are
# judged. Power-sharing by community has had no exception in Iraq since 2005; that whoever rules by
# arms is in government has a sign (Acemoglu, Egorov & Sonin 2008) and no published magnitude.
PRIORS = {"communities_missing": (-6.0, 2.0), "armed_core": (0.6, 0.6)}

Kind = Literal["plain", "present", "full"]


@dataclass(frozen=True, eq=False)
class FittedLogit:
    """β of a conditional logit, with what is not known of it.

    `covariates` names the K columns; `mean` and `covariance` are those of the mean over countries,
    shapes (K,) and (K, K), `between` the standard deviation between countries, shape (K,); zero if
    the coefficients were taken to be the same everywhere. `about` says what it was fitted to.
    """

    covariates: tuple[str, ...]
    mean: np.ndarray
    covariance: np.ndarray
    between: np.ndarray
    about: str

    @property
    def spread(self) -> np.ndarray:
        """The covariance of β in a country that was not in the fit, shape (K, K)."""
        return self.covariance + np.diag(self.between**2)

    @property
    def root(self) -> np.ndarray:
        """The symmetric square root of the spread: β = mean + root · z with z standard normal.

        Symmetric, so that each z belongs to its own coefficient as nearly as can be.
        """
        values, vectors = np.linalg.eigh(self.spread)
        return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T

    def draws(self, chamber: Chamber, count: int, seed: int = 1) -> np.ndarray:
        """β for a new country, shape (count, covariates of the chamber), others 0."""
        names = covariate_names(chamber)
        found = np.zeros((count, len(names)))
        z = np.random.default_rng(seed).standard_normal((count, len(self.mean)))
        found[:, [names.index(name) for name in self.covariates]] = self.mean + z @ self.root
        return found


@functools.cache
def fitted(kind: Kind = "full") -> FittedLogit:
    """The fit that ships with the package: see docs/validation/coalitions.md.

    `plain` has the covariates of Martin & Stevenson (2001), `present` all that need no past,
    `full` also what past cabinets say. Raises ValueError for another kind.
    """
    path = resources.files("clientela") / "chamber" / "fitted" / "formation.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    if kind not in content["fits"]:
        raise ValueError(f"there is no fit {kind!r}; expected one of {', '.join(content['fits'])}")
    entry = content["fits"][kind]
    return FittedLogit(
        tuple(entry["covariates"]),
        np.array(entry["mean"]),
        np.array(entry["covariance"]),
        np.array(entry["between"]),
        f"{content['formations']} governments in {len(content['countries'])} countries, "
        f"{content['from'][:4]}–{content['to'][:4]} ({content['data']})",
    )


def best_fit(chamber: Chamber) -> FittedLogit:
    """The fit that uses all that is known of a chamber: `full` if it has a past, else `present`."""
    return fitted("full" if chamber.cabinets else "present")
