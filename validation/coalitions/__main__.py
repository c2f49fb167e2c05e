"""The command: reads, fits, scores, and writes the page, its figures and the shipped fit."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from validation.coalitions import baselines, figures, page, shipped
from validation.coalitions.models import OURS, PLAIN, PRESENT, VARYING, Model, ablation
from validation.coalitions.parlgov import HERE, Case, read
from validation.coalitions.scoring import Scores, score
from validation.coalitions.tables import Table, sampled_table, whole_table
from validation.command import DataError, read_options, teller

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the validation. Returns the exit code: 2 if the data cannot be read."""
    options = read_options("coalitions", __doc__, arguments, HERE, "ParlGov's views")
    try:
        sample = read(options.data)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    said = teller()
    said(f"{len(sample.cases)} formations in {len({c.country for c in sample.cases})} countries")
    trial = Trial(sample.cases)
    said(f"{sum(map(len, trial.whole)):,} coalitions")
    out_of_country, forward = {}, {}
    for name in baselines.RULES:
        out_of_country[name] = trial.rule(name, forward=False)
        forward[name] = trial.rule(name, forward=True)
    present = Model("without a past", PRESENT, varying=True)
    for model in (PLAIN, present, OURS, VARYING):
        for variant in (model, model.without_incumbency()):
            out_of_country[variant.name] = trial.leave_country_out(variant)
            forward[variant.name] = trial.forward(variant)
            said(f"{variant.name}: top-1 {out_of_country[variant.name].top(1):.1%}")
    steps = {}
    for model in ablation():
        steps[model.name] = trial.leave_country_out(model)
        said(f"{model.name}: log loss {steps[model.name].log_loss.mean():.3f}")
    options.out.mkdir(parents=True, exist_ok=True)
    everything = np.arange(len(sample.cases))
    fits = {
        key: (model, model.fit(trial.table, trial.countries, everything))
        for key, model in {"plain": PLAIN, "present": present, "full": VARYING}.items()
    }
    if options.ship:
        shipped.write(sample, fits)
    figures.draw(options.out, out_of_country, steps, trial.countries)
    page.write(
        options.out / "coalitions.md",
        sample,
        trial.countries,
        trial.later,
        out_of_country,
        forward,
        steps,
        fits["full"][1],
    )
    said(f"{options.out / 'coalitions.md'}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
