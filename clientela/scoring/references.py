"""Who says what of a case: the forecast, the one not updated, no change, and climatology."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientela.analysis import Answer
from clientela.scoring.cases import Case
from clientela.scoring.scores import YES_NO, Scores, brier_score, crps, log_score

FORECAST, UNUPDATED, NO_CHANGE, CLIMATOLOGY = "forecast", "un-updated", "no-change", "climatology"
FORECASTERS = (FORECAST, UNUPDATED, NO_CHANGE, CLIMATOLOGY)


@dataclass(frozen=True)
class Said:
    """What a forecaster says of a case.

    `shares` by outcome; `curve` the probability that it has come true by the end of each day left
    of the window, shape (days,), None for a question with several outcomes; `draws` over which the
    shares were counted, None if they were not.
    """

    shares: Mapping[str, float]
    curve: np.ndarray | None
    draws: int | None

    def scores(self, case: Case) -> Scores:
        """What it loses by what came."""
        timed = self.curve is not None and not np.isnan(case.day)
        return Scores(
            brier_score(self.shares, case.came),
            log_score(self.shares, case.came, self.draws),
            crps(self.curve, case.day - case.past) if timed and self.curve is not None else None,
        )


def said_of(case: Case, base_rate: Mapping[str, float]) -> dict[str, Said]:
    """What each forecaster says of a case; `base_rate` are the shares of climatology."""
    arose = case.opening.probability is not None or case.opening.shares is not None
    return {
        FORECAST: _stated(case, case.answer),
        UNUPDATED: _stated(case, case.opening if arose else case.answer),
        NO_CHANGE: no_change(case),
        CLIMATOLOGY: climatology(case, base_rate),
    }


def _stated(case: Case, answer: Answer) -> Said:
    """An answer as it was given on its own day, for the days that are left on the case's."""
    if answer.shares is not None:
        return Said(answer.shares, None, answer.arose)
    assert answer.probability is not None
    shares = {"yes": answer.probability, "no": 1.0 - answer.probability}
    return Said(shares, np.array(answer.curve["yes"][case.past : case.days]), answer.arose)


def no_change(case: Case) -> Said:
    """What the answer is if nothing more happens: the share of histories in which it was already
    so on the day."""
    answer, n = case.answer, case.answer.arose
    already = {k: curve[case.past - 1] if case.past else 0.0 for k, curve in answer.curve.items()}
    rest = max(1.0 - sum(already.values()), 0.0)
    if answer.shares is not None:
        return Said({**already, "none": rest}, None, n)
    return Said({**already, "no": rest}, np.full(case.days - case.past, already["yes"]), n)


def climatology(case: Case, base_rate: Mapping[str, float]) -> Said:
    """The base rate, reached at the end of the window by a constant hazard:
    F = 1 − (1 − b)^(s / S) after s of the S days that are left."""
    if base_rate.keys() != YES_NO:
        return Said(base_rate, None, None)
    left = case.days - case.past
    through = np.arange(1, left + 1) / left
    return Said(base_rate, 1.0 - (1.0 - base_rate["yes"]) ** through, None)


def base_rate(case: Case, cases: Sequence[Case]) -> dict[str, float]:
    """The shares of climatology: those written for the question, or else of several outcomes equal
    ones, and of a yes the share among all the *other* questions, (k + 1) / (n + 2)."""
    written = case.outcome.base_rate
    shares = case.answer.shares
    if written is not None and isinstance(written.value, dict):
        return dict(written.value)
    if shares is not None:
        return dict.fromkeys(shares, 1.0 / len(shares))
    others = {
        (*other.key, other.days): other.came == "yes"
        for other in cases
        if other.key != case.key and other.answer.shares is None
    }
    yes = (sum(others.values()) + 1.0) / (len(others) + 2.0) if written is None else written.value
    assert isinstance(yes, float)
    return {"yes": yes, "no": 1.0 - yes}
