"""The coefficients that the package ships, with what is not known of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from validation.duration.data import Case
from validation.duration.fitting import Fitted
from validation.writing import FITTED, rounded, ship

SHIPPED = FITTED / "duration.json"
SOURCE = "Golder 2010, as in the R package modeLLtest"


def write(cases: Sequence[Case], fitted: Fitted, path: Path = SHIPPED) -> None:
    """Writes the fit, with the sample that it comes from."""
    fit = fitted.fit
    content = {
        "log_likelihood": round(fitted.log_likelihood, 2),
        "log_likelihood_at_once": round(fitted.log_likelihood_at_once, 2),
        "covariates": list(fit.covariates),
        "beta": rounded(fit.beta),
        "covariance": [rounded(row) for row in fit.covariance],
        "between": rounded([fit.between])[0],
        "log_dispersion": rounded([fit.log_dispersion])[0],
        "log_dispersion_error": rounded([fit.log_dispersion_error])[0],
        "dispersion_between": rounded([fit.dispersion_between])[0],
        "at_once": {occasion: rounded(ab) for occasion, ab in fit.at_once.items()},
        "pool_mean": rounded(fit.pool_mean),
        "pool_covariance": [rounded(row) for row in fit.pool_covariance],
    }
    places = [(case.country, case.date) for case in cases]
    ship(path, "python -m validation.duration", SOURCE, places, content)
