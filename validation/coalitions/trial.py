"""The formations put on trial: every model predicts what it was not fitted to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientela.chamber.covariates import INCUMBENT_COALITION
from validation.coalitions import baselines
from validation.coalitions.models import Model
from validation.coalitions.parlgov import Case
from validation.coalitions.scoring import Scores, score
from validation.coalitions.tables import Table, sampled_table, whole_table

CUT = 1990


class Trial:
    """The formations with their tables, and predictions out of sample."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = cases
        self.countries = np.array([case.country for case in cases])
        self.years = np.array([case.date.year for case in cases])
        self.whole = whole_table(cases)
        self.table: Table = sampled_table(cases, self.whole)

    def leave_country_out(self, model: Model) -> Scores:
        """Each country predicted by a fit to all others."""
        fits = {
            c: model.fit(self.table, self.countries, np.flatnonzero(self.countries != c))
            for c in np.unique(self.countries)
        }
        return score(
            self.cases,
            np.arange(len(self.cases)),
            lambda f: model.chances(fits[self.countries[f]], self.whole[f]),
        )

    def forward(self, model: Model) -> Scores:
        """What formed from 1990 on, predicted by a fit to what formed before."""
        fit = model.fit(self.table, self.countries, np.flatnonzero(self.years < CUT))
        return score(
            self.cases,
            self.later,
            lambda f: model.chances(fit, self.whole[f], self.countries[f]),
        )

    @property
    def later(self) -> np.ndarray:
        """The formations from 1990 on."""
        return np.flatnonzero(self.years >= CUT)

    @property
    def again(self) -> np.ndarray:
        """Whether the lists that formed the government were those of the outgoing one."""
        pairs = zip(self.cases, self.whole, strict=True)
        return np.array([x[case.formed - 1, INCUMBENT_COALITION] > 0 for case, x in pairs])

    def rule(self, name: str, forward: bool) -> Scores:
        """A rule of thumb, trusted as often as it was right elsewhere."""
        rule = baselines.RULES[name]
        hits = baselines.hits(rule, self.cases, self.whole)

        def trust(f: int) -> float:
            others = self.years < CUT if forward else self.countries != self.countries[f]
            return float(hits[others].mean())

        which = self.later if forward else np.arange(len(self.cases))
        return score(
            self.cases,
            which,
            lambda f: baselines.chances(rule, self.cases[f], self.whole[f], trust(f)),
        )
