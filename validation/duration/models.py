"""What predicts: the model of the package, Cox with frailty, and rules of thumb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from clientela.chamber.duration import COVARIATES, DurationFit, occasion_of
from validation.duration.data import Case, same_kind
from validation.duration.fitting import design, fit

LEAST = 1e-12  # a whole-day probability is not taken to be less than this
# From so many earlier formations on a country's own are used, of 2, 3, 5 and 8 the number that
# suits the rules of thumb best when countries are left out.
ENOUGH = 5
History = Sequence[Case]  # the country's earlier formations
Predict = Callable[[Case, History], tuple[float, float]]  # P(fewer days), P(the days it took)


@dataclass(frozen=True)
class Model:
    """A way to predict: `train` gives, of past formations, the function that predicts others."""

    name: str
    train: Callable[[Sequence[Case]], Predict]


def ours(name: str, covariates: Sequence[str] = COVARIATES, own_history: bool = True) -> Model:
    """The model of `clientela.chamber.duration`, with the country's history or without."""

    def train(cases: Sequence[Case]) -> Predict:
        fitted: DurationFit = fit(tuple(cases), tuple(covariates)).fit

        def predict(case: Case, history: History) -> tuple[float, float]:
            x = design([case], covariates, fitted.pool_mean)[0]
            same = [c.days for c in same_kind(case, history)]
            time = fitted.predict(
                x,
                np.zeros((len(x), len(x))),
                occasion_of(case.post_election, case.continuation),
                same if own_history else (),
            )
            below = 1.0 - time.survival(case.days - 1) if case.days else 0.0
            return below, time.probability(case.days)

        return predict

    return Model(name, train)


def log_normal(name: str, by_country: bool, by_occasion: bool = False, at_once: bool = False) -> Model:  # fmt: skip
    """Log-normal, with the mean and standard deviation of log(days + ½) of earlier formations.

    Of the country if it has `ENOUGH`, else of the pool; `by_occasion` takes only those after
    elections, or only those within terms. d days are d ≤ T < d + 1; with `at_once` zero days have
    a probability of their own, and others are d − 1 < T ≤ d with moments of log(days − ½).
    """

    def train(cases: Sequence[Case]) -> Predict:
        def predict(case: Case, history: History) -> tuple[float, float]:
            pool, own = (
                [c.days for c in past if not by_occasion or c.post_election == case.post_election]
                for past in (cases, history)
            )
            share, shift = 0.0, 0
            if at_once:
                past = own if by_country and len(own) >= ENOUGH else pool
                share, shift = (past.count(0) + 0.5) / (len(past) + 1.0), 1
                pool, own = [d for d in pool if d], [d for d in own if d]
                if case.days == 0:
                    return 0.0, share
            past = own if by_country and len(own) >= ENOUGH and len(set(own)) > 1 else pool
            logs = np.log(np.array(past) + 0.5 - shift)
            with np.errstate(divide="ignore"):
                ends = np.log(np.array([case.days, case.days + 1.0]) - shift)
            low, high = ndtr((ends - logs.mean()) / logs.std(ddof=1))
            return share + (1.0 - share) * low, (1.0 - share) * (high - low)

        return predict

    return Model(name, train)
