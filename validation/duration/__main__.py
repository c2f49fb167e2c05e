"""The command: reproduces, fits, scores, and writes the page, its figures and the shipped fit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from clientela.chamber.duration import COVARIATES, formation_time
from validation.command import DataError, read_options, teller
from validation.duration import figures, page, shipped
from validation.duration.data import HERE, Case, cases
from validation.duration.fitting import fit
from validation.duration.models import Model, log_normal, ours
from validation.duration.proportional import proportional
from validation.duration.scoring import Scores, forward, later, leave_country_out
from validation.duration.shapes import Form
from validation.duration.targets import TARGETS
from validation.writing import put_between_marks

BASELINE = "log-normal by country"
RULES = (
    BASELINE,
    "log-normal by country and occasion",
    "log-normal by country and occasion, at once apart",
)
BEST_RULE = RULES[2]
FORMS = {
    "Weibull, as shipped": Form("Weibull"),
    "log-normal": Form("log-normal"),
    "log-logistic": Form("log-logistic"),
    "generalised gamma": Form("generalised gamma"),
    "Weibull, levels normal between countries": Form("Weibull", freedom=1000.0),
    "Weibull, one dispersion for all countries": Form("Weibull", own_dispersion=False),
    "Weibull, zero days as under one day": Form("Weibull", at_once=False),
}
OURS, NO_HISTORY = "Clientela", "Clientela, no own history"
MODELS: tuple[Model, ...] = (
    log_normal("log-normal pooled", by_country=False),
    log_normal(BASELINE, by_country=True),
    log_normal(RULES[1], by_country=True, by_occasion=True),
    log_normal(BEST_RULE, by_country=True, by_occasion=True, at_once=True),
    proportional("Cox, smoothed, no own history", own_history=False),
    proportional("Cox, smoothed, country frailty"),
    ours(NO_HISTORY, own_history=False),
    ours(OURS),
)
STEPS = {
    "occasion": COVARIATES[:2],
    "+ majority": ("constant", "post_election", "majority"),
    "+ parties after an election": ("constant", "post_election", "majority", COVARIATES[2]),
    "+ continuation (the model that ships)": COVARIATES,
    "+ polarization after an election": (*COVARIATES, "post_election_polarization"),
    "+ investiture": (*COVARIATES, "post_election_polarization", "investiture"),
}
# Iraq, from election to the cabinet's taking office: December 2005, March 2010, April 2014 and May
# 2018, and October 2021 to be predicted.
IRAQ, IRAQ_TOOK = (156, 289, 131, 165), 382


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the validation. Returns the exit code: 2 if the data cannot be read."""
    options = read_options("duration", __doc__, arguments, HERE, "the two tables")
    said = teller()
    try:
        reproduced = [(target, *target.fit(options.data)) for target in TARGETS]
        sample = cases(options.data)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    tested = later(sample)
    said(f"{len(sample)} formations, {len(tested)} to be predicted from those before")
    everything = fit(tuple(sample), COVARIATES)
    if options.ship:
        shipped.write(sample, everything)
    out_of_country, onward = {}, {}
    for model in MODELS:
        out_of_country[model.name] = leave_country_out(model, sample)
        onward[model.name] = forward(model, sample)
        said(f"{model.name}: {out_of_country[model.name].log_score.mean():.3f}")
    shapes = _thrice(
        sample,
        said,
        {name: (form.model(name, False), form.model(name)) for name, form in FORMS.items()},
    )
    steps = _thrice(
        sample,
        said,
        {
            name: (ours(name, covariates, False), ours(name, covariates))
            for name, covariates in STEPS.items()
        },
    )
    figures.draw_scores(
        options.out / "duration-scores.png",
        {
            "each country from the others": (out_of_country, sample),
            "from 1980 on": (onward, tested),
        },
        BASELINE,
    )
    shown = (BASELINE, BEST_RULE, OURS)
    figures.draw_pit(options.out / "duration-pit.png", out_of_country, shown)
    blocks = {
        "sample": page.sample(sample, tested),
        "targets": page.targets(reproduced),
        "out-of-country": page.table(out_of_country, sample, BASELINE),
        "forward": page.table(onward, tested, BASELINE),
        "against": page.against(out_of_country[OURS], {r: out_of_country[r] for r in RULES}, sample),
        "shapes": page.thrice("shape", shapes),
        "ablation": page.thrice("covariates", steps) + "\n" + page.gains(steps, sample, tested),
        "coefficients": page.coefficients(everything),
        "example": page.example(
            {"nothing of the country": formation_time(), "its four earlier times": formation_time(IRAQ)},
            IRAQ_TOOK,
        ),
    }  # fmt: skip
    put_between_marks(options.out / "duration.md", blocks)
    said(f"{options.out / 'duration.md'}: written")
    return 0


def _thrice(
    sample: Sequence[Case],
    said: Callable[[str], None],
    pairs: Mapping[str, tuple[Model, Model]],
) -> dict[str, tuple[Scores, Scores, Scores]]:
    """Scores of (model without history, model with it): out of country by both, forward by one."""
    found = {}
    for name, (blind, model) in pairs.items():
        found[name] = (
            leave_country_out(blind, sample),
            leave_country_out(model, sample),
            forward(model, sample),
        )
        said(f"{name}: {found[name][1].log_score.mean():.3f}")
    return found


if __name__ == "__main__":
    sys.exit(main())
