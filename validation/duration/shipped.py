"""The coefficients that the package ships, with what is not known of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from validation.duration.data import Case
from validation.duration.fitting import Fitted

SHIPPED = Path(__file__).parents[2] / "clientela" / "chamber" / "fitted" / "duration.json"
SOURCE = "Golder 2010, as in the R package modeLLtest"


def write(cases: Sequence[Case], fitted: Fitted, path: Path = SHIPPED) -> None:
    """Writes the fit, with the sample that it comes from."""
    fit, dates = fitted.fit, [case.date for case in cases]
    content = {
        "data": SOURCE,
        "made_by": "python -m validation.duration --ship",
        "formations": len(cases),
        "countries": sorted({case.country for case in cases}),
        "from": min(dates).isoformat(),
        "to": max(dates).isoformat(),
        "log_likelihood": round(fitted.log_likelihood, 2),
        "log_likelihood_at_once": round(fitted.log_likelihood_at_once, 2),
        "covariates": list(fit.covariates),
        "beta": _rounded(fit.beta),
        "covariance": [_rounded(row) for row in fit.covariance],
        "between": _rounded([fit.between])[0],
        "log_dispersion": _rounded([fit.log_dispersion])[0],
        "log_dispersion_error": _rounded([fit.log_dispersion_error])[0],
        "dispersion_between": _rounded([fit.dispersion_between])[0],
        "at_once": {occasion: _rounded(ab) for occasion, ab in fit.at_once.items()},
        "pool_mean": _rounded(fit.pool_mean),
        "pool_covariance": [_rounded(row) for row in fit.pool_covariance],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _rounded(values: Sequence[float] | np.ndarray) -> list[float]:
    return [float(f"{value:.5g}") for value in values]
