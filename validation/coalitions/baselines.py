"""What a model has to beat: rules of thumb, each right with a probability learned from the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from clientela.chamber.covariates import INCUMBENT_COALITION, MINIMAL_WINNING, SEAT_SHARE
from validation.coalitions.parlgov import Case

Rule = Callable[[Case, np.ndarray], np.ndarray]  # which coalitions it names, as bool


def any_coalition(case: Case, x: np.ndarray) -> np.ndarray:
    """Every coalition alike."""
    return np.ones(len(x), dtype=bool)


def smallest_winning(case: Case, x: np.ndarray) -> np.ndarray:
    """Minimum size: of the winning coalitions the one with the fewest seats (Riker 1962)."""
    winning = x[:, MINIMAL_WINNING] > 0
    share = np.where(winning, x[:, SEAT_SHARE], np.inf)
    return winning & (share <= share.min() + 1e-9)


def any_minimal_winning(case: Case, x: np.ndarray) -> np.ndarray:
    """Every minimal winning coalition alike (von Neumann & Morgenstern 1944)."""
    return x[:, MINIMAL_WINNING] > 0


def incumbent_again(case: Case, x: np.ndarray) -> np.ndarray:
    """The outgoing government once more."""
    return x[:, INCUMBENT_COALITION] > 0


def winning_nearest_median(case: Case, x: np.ndarray) -> np.ndarray:
    """Of the minimal winning coalitions the one whose seat-weighted place is nearest the median's."""
    from clientela.chamber import median_list

    lists = case.chamber.lists
    place = np.array([np.nan if (at := case.chamber.place(p)) is None else at for p in lists])
    median = median_list(case.chamber)
    if median is None:
        return x[:, MINIMAL_WINNING] > 0
    seats = np.where(np.isnan(place), 0.0, [p.seats for p in lists])
    inside = (np.arange(1, len(x) + 1)[:, None] >> np.arange(len(lists))) & 1
    held = inside @ seats
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (inside @ (seats * np.nan_to_num(place))) / held
    away = np.where((x[:, MINIMAL_WINNING] > 0) & (held > 0), abs(centre - place[median]), np.inf)
    return (away < np.inf) & (away <= away.min() + 1e-9)


RULES: dict[str, Rule] = {
    "uniform": any_coalition,
    "minimal winning, all alike": any_minimal_winning,
    "smallest winning": smallest_winning,
    "incumbent again": incumbent_again,
    "minimal winning nearest the median": winning_nearest_median,
}


def hits(rule: Rule, cases: Sequence[Case], whole: Sequence[np.ndarray]) -> np.ndarray:
    """Whether the rule named what came about, by formation."""
    return np.array([rule(case, x)[case.formed - 1] for case, x in zip(cases, whole, strict=True)])


def chances(rule: Rule, case: Case, x: np.ndarray, trust: float) -> np.ndarray:
    """`trust` spread over the coalitions that the rule names, the rest over all."""
    named = rule(case, x)
    alike = np.full(len(x), 1.0 / len(x))
    return trust * named / named.sum() + (1.0 - trust) * alike if named.any() else alike
