"""The coefficients that the package ships, with their covariance and what they were fitted to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from validation.coalitions.fitting import Fit
from validation.coalitions.models import Model
from validation.coalitions.parlgov import Sample

SHIPPED = Path(__file__).parents[2] / "clientela" / "chamber" / "fitted" / "formation.json"
SOURCE = "Döring & Manow, ParlGov 2024 release (doi:10.7910/DVN/2VZ5ZC), CC0"


def write(sample: Sample, fits: Mapping[str, tuple[Model, Fit]], path: Path = SHIPPED) -> None:
    """Writes the fits, by the information that they need: plain, present, full."""
    dates = [case.date for case in sample.cases]
    content = {
        "data": SOURCE,
        "made_by": "python -m validation.coalitions --ship",
        "formations": len(sample.cases),
        "countries": sorted({case.country for case in sample.cases}),
        "from": min(dates).isoformat(),
        "to": max(dates).isoformat(),
        "fits": {key: _entry(model, fit) for key, (model, fit) in fits.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _entry(model: Model, fit: Fit) -> dict[str, Any]:
    return {
        "covariates": list(model.covariates),
        "mean": _rounded(fit.mean),
        "covariance": [_rounded(row) for row in fit.covariance],
        "between": _rounded(fit.between),
        "log_likelihood": round(fit.log_likelihood, 2),
    }


def _rounded(values: np.ndarray) -> list[float]:
    return [float(f"{value:.5g}") for value in values]
