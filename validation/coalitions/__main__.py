"""The command: reads, fits, scores, and writes the page, its figures and the shipped fit."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from validation.coalitions import baselines, figures, page, shipped
from validation.coalitions.models import ALIKE, OURS, PLAIN, PRESENT, Model, ablation
from validation.coalitions.parlgov import HERE, read
from validation.coalitions.trial import Trial
from validation.command import DataError, read_options, teller


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
    for model in (PLAIN, present, ALIKE, OURS):
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
        for key, model in {"plain": PLAIN, "present": present, "full": OURS}.items()
    }
    if options.ship:
        shipped.write(sample, fits)
    figures.draw(options.out, out_of_country, steps, trial.countries)
    page.write(
        options.out / "coalitions.md",
        sample,
        trial,
        out_of_country,
        forward,
        steps,
        fits["full"][1],
    )
    said(f"{options.out / 'coalitions.md'}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
