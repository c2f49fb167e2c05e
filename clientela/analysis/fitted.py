"""What a fit is asked, and what it says."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clientela.inference.dated import Dated
from clientela.inference.held_out import HeldOut
from clientela.inference.mode import Mode
from clientela.inference.nuts import Chains
from clientela.inference.predicted import Predicted
from clientela.inference.residuals import Residuals
from clientela.scenario import Scenario

# The mechanisms whose part is fitted unless others are named, and the events that a log is of.
MECHANISMS = ("escalation",)
VIOLENCE = ("attack:*", "clash:*")


@dataclass(frozen=True)
class Estimate:
    """A value before and after: medians, and 5 and 95 % quantiles.

    `distance` is how far its normal score has moved, the Kullback–Leibler divergence of a normal
    law from the standard one; `draws` are from the posterior.
    """

    path: str
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    distance: float
    draws: np.ndarray
    flat: bool


@dataclass(frozen=True)
class Options:
    """How a fit is made.

    `mechanisms` are those whose part is in the fitted process, `watched` the events of which the log
    is complete, `given` those that happened as it says but are not explained. `only` and `flat` are
    patterns of the values that are fitted, and of those that have no prior. `background` is
    constant, piecewise:N or spline:N; `memories` half-lives in days in place of the scenario's one.
    """

    since: dt.date | None = None
    through: dt.date | None = None
    test_from: dt.date | None = None
    mechanisms: tuple[str, ...] = MECHANISMS
    watched: tuple[str, ...] = VIOLENCE
    given: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    flat: tuple[str, ...] = ()
    background: str = "constant"
    memories: tuple[float, ...] = ()
    method: str = "mode"
    draws: int = 500
    chains: int = 4
    accept: float = 0.9
    particles: int = 4_000
    seed: int = 1


@dataclass(frozen=True)
class Fit:
    """What a log says of a scenario's values.

    `file` and `sha256` are the log's; `events` those of it that were fitted. `hidden` are events that
    were held not to happen because the log does not tell; `silent` values that it says nothing of.
    `course` is the background by piece: edges in days, and medians and 5 and 95 % quantiles.
    """

    scenario: Scenario
    options: Options
    file: Path
    sha256: str
    title: str
    events: Dated
    closed: bool
    estimates: tuple[Estimate, ...]
    silent: tuple[str, ...]
    hidden: tuple[str, ...]
    log_likelihood: float
    evidence: float
    residuals: Residuals
    predicted: Predicted
    course: tuple[np.ndarray, np.ndarray] | None
    held_out: HeldOut | None
    mode: Mode | None
    chains: Chains | None
    seconds: float

    @property
    def values(self) -> list[Estimate]:
        """The estimates that are values of the scenario, most learned first."""
        return [e for e in self.estimates if not e.path.startswith(("background.", "memory."))]

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "scenario": self.scenario.scenario,
            "log": {"file": str(self.file), "sha256": self.sha256},
            "since": str(self.events.since), "through": str(self.events.through),
            "events": len(self.events), "left_out": dict(self.events.left_out),
            "unknown": dict(self.events.unknown.most_common(20)),
            "method": self.options.method, "closed_form": self.closed,
            "log_likelihood": self.log_likelihood,
            "evidence": None if np.isnan(self.evidence) else self.evidence,
            "estimates": [
                {"path": e.path, "before": e.before, "after": e.after, "distance": e.distance}
                for e in self.estimates
            ],
            "silent": list(self.silent), "hidden": list(self.hidden),
            "residuals": {
                k: None if np.isnan(v) else v
                for k, v in dataclasses.asdict(self.residuals).items() if k != "levels"
            },
            "held_out": None if self.held_out is None else self.held_out.as_json(),
            "predicted": self.predicted.as_json(),
            "chains": None if self.chains is None else {
                "rhat": float(self.chains.rhat.max()), "ess": float(self.chains.ess.min()),
                "divergences": self.chains.divergences,
            },
            "seconds": round(self.seconds, 3),
        }  # fmt: skip
