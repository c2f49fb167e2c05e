"""The coefficients that the package ships, with their covariance and what they were fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from validation.coalitions.fitting import Fit
from validation.coalitions.models import Model
from validation.coalitions.parlgov import Sample
from validation.writing import FITTED, rounded, ship

SHIPPED = FITTED / "formation.json"
SOURCE = "Döring & Manow, ParlGov 2024 release (doi:10.7910/DVN/2VZ5ZC), CC0"


def write(sample: Sample, fits: Mapping[str, tuple[Model, Fit]], path: Path = SHIPPED) -> None:
    """Writes the fits, by the information that they need: plain, present, full."""
    places = [(case.country, case.date) for case in sample.cases]
    entries = {key: _entry(model, fit) for key, (model, fit) in fits.items()}
    ship(path, "python -m validation.coalitions", SOURCE, places, {"fits": entries})


def _entry(model: Model, fit: Fit) -> dict[str, Any]:
    return {
        "covariates": list(model.covariates),
        "mean": rounded(fit.mean),
        "covariance": [rounded(row) for row in fit.covariance],
        "between": rounded(fit.between),
        "log_likelihood": round(fit.log_likelihood, 2),
    }
