"""The published Cox models, estimated anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clientela.chamber.survival import CoxFit, Ties, cox
from validation.duration.data import GOLDER, MARTIN_VANBERG, complete


@dataclass(frozen=True)
class Target:
    """A Cox model of a table, with some of the numbers that it is known to give."""

    name: str
    file: str
    outcome: str
    covariates: tuple[str, ...]
    ties: Ties
    expected: dict[str, float]
    log_likelihood: float | None = None
    likelihood_ratio: float | None = None

    def fit(self, folder: Path) -> tuple[int, CoxFit]:
        """(number of complete rows, the fit)."""
        x, days = complete(folder / self.file, self.outcome, list(self.covariates))
        return len(days), cox(x, days, ties=self.ties)


TARGETS = (
    Target(
        "Golder 2010, Efron",
        GOLDER,
        "bargainingdays",
        (
            "postelection",
            "legislative_parties",
            "polarization",
            "positive_parl",
            "post_legislative_parties",
            "post_polariz",
            "post_positive",
            "continuation",
            "singleparty_majority",
        ),
        "efron",
        {
            "postelection": 1.029,
            "post_legislative_parties": -0.287,
            "post_polariz": -1.621,
            "continuation": 1.749,
            "singleparty_majority": 0.734,
        },
        log_likelihood=-1789.33,
    ),
    # tpgovno is pgovno × log(final duration): it holds the outcome, so this checks arithmetic only.
    Target(
        "Martin & Vanberg 2003, Breslow",
        MARTIN_VANBERG,
        "formdur",
        ("postel", "prevdef", "cont", "ident", "rgovm", "pgovno", "tpgovno", "minority"),
        "breslow",
        {
            "postel": -0.57665,
            "cont": 1.10047,
            "rgovm": -0.21312,
            "pgovno": 1.19057,
            "tpgovno": -0.43189,
            "minority": -0.42759,
        },
        likelihood_ratio=277.2,
    ),
)
