"""How long a government takes to form: on the day itself, or after a time of the country's own kind.

With probability π the old government goes on or the new one is there on the day. Otherwise the time
T is Weibull, P(T > t) = exp(−(t / e^m)^(1/σ)), and durations are whole days counted up: d days mean
d − 1 < T ≤ d. The level is m = xβ + u, where x says what is known beforehand (after Golder 2010).
Countries differ in level (u, Student's t with 4 degrees of freedom), in dispersion (log σ, normal)
and in π (beta), so a country's own past pulls the prediction toward itself: by Bayes' rule, on a
grid of m and σ, and in closed form for π.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

COVARIATES = ("constant", "post_election", "post_election_parties", "continuation", "majority")
EULER = 0.5772156649015329
# Of the grid: levels, dispersions, and how many standard deviations of log σ it reaches.
LEVELS, DISPERSIONS, REACH = 201, 15, 3.0
FREEDOM = 4  # of Student's t: a country unlike the pool is believed sooner than with a normal


@dataclass(frozen=True, eq=False)
class FormationTime:
    """The distribution of the days until a government forms.

    `at_once` is the probability of zero days. Otherwise the time is a mixture of Weibulls, whose
    `weights`, `level` (m, the log of days) and `dispersion` (σ) have shape (components,). What is
    not known of the coefficients and of the country is in the mixture.
    """

    at_once: float
    weights: np.ndarray
    level: np.ndarray
    dispersion: np.ndarray

    def survival(self, days: float) -> float:
        """The probability that it takes more than so many days. Raises ValueError below 0."""
        if not days >= 0.0:
            raise ValueError(f"days are {days}; expected a number from 0 on")
        if days == 0.0:
            return 1.0 - self.at_once
        hazard = np.exp(np.minimum((math.log(days) - self.level) / self.dispersion, 700.0))
        return (1.0 - self.at_once) * float(self.weights @ np.exp(-hazard))

    def probability(self, days: int) -> float:
        """The probability of just so many whole days. Raises ValueError below 0."""
        if days < 0:
            raise ValueError(f"days are {days}; expected a whole number from 0 on")
        if days == 0:
            return self.at_once
        mass = np.exp(log_mass(np.array([days]), self.level, self.dispersion)[0])
        return (1.0 - self.at_once) * float(self.weights @ mass)

    def quantile(self, p: float) -> float:
        """The days within which a government forms with probability p; 0 up to `at_once`.

        Raises ValueError for p outside 0 ≤ p < 1.
        """
        if not 0.0 <= p < 1.0:
            raise ValueError(f"p is {p}; expected a probability from 0 to under 1")
        if p <= self.at_once:
            return 0.0
        target = math.log((1.0 - p) / (1.0 - self.at_once))
        # The quantile of a mixture lies between the least and the greatest of its components'.
        each = self.level + self.dispersion * math.log(-target)
        low, high = float(each.min()), float(each.max())
        for _ in range(60):
            middle = (low + high) / 2.0
            if 1.0 - self.survival(math.exp(middle)) < p:
                low = middle
            else:
                high = middle
        return math.exp(high)

    def left(self, gone: float, levels: np.ndarray) -> np.ndarray:
        """The days still to go after so many without a government, at quantile levels from 0 to 1.

        Shape of `levels`; good to a thousandth. Raises ValueError for days below 0.
        """
        if not 0.0 <= gone < math.inf:
            raise ValueError(f"the days gone by are {gone}; expected a number from 0 on")
        start = math.log(gone or 1e-3)
        end = max(start + 1.0, float((self.level + 4.0 * self.dispersion).max()))
        log_days = np.linspace(start, end, 2_000)
        hazard = np.exp(np.minimum((log_days[:, None] - self.level) / self.dispersion, 700.0))
        survival = np.exp(-hazard) @ self.weights
        at_once = self.at_once if gone == 0.0 else 0.0
        # Of those that take longer than `gone`, the share that is still without one.
        remaining = survival / (survival[0] if gone else 1.0) * (1.0 - at_once)
        days = np.interp(1.0 - levels, remaining[::-1], np.exp(log_days[::-1]))
        return np.where(levels <= at_once, 0.0, np.maximum(days - gone, 0.0))

    @property
    def mean_log(self) -> float:
        """The mean of log T, of governments that do not form at once."""
        return float(self.weights @ (self.level - EULER * self.dispersion))

    @property
    def sd_log(self) -> float:
        """The standard deviation of log T, of governments that do not form at once."""
        mean = self.level - EULER * self.dispersion
        within = (math.pi * self.dispersion) ** 2 / 6.0
        return math.sqrt(float(self.weights @ (within + (mean - self.mean_log) ** 2)))

    def describe(self) -> str:
        """One sentence: the median, and the days that eight in ten formations lie between."""
        low, middle, high = (math.ceil(self.quantile(p)) for p in (0.1, 0.5, 0.9))
        said = f"as likely as not within {middle} days; eight times in ten between {low} and {high}"
        return said if self.at_once < 0.05 else f"{said}; at once with {self.at_once:.0%}"


@dataclass(frozen=True, eq=False)
class DurationFit:
    """What was fitted to past formations: see docs/validation/duration.md.

    `beta` and `covariance` have shapes (K,) and (K, K), by `covariates`. `between` is the scale τ
    of the countries' levels; log σ is normal with mean `log_dispersion` and standard deviation
    `dispersion_between`, and the mean itself is known up to `log_dispersion_error`. `at_once` holds
    the two parameters of π's beta distribution by occasion. `pool_mean` and `pool_covariance` are
    of (parties, majority) in the pool.
    """

    covariates: tuple[str, ...]
    beta: np.ndarray
    covariance: np.ndarray
    between: float
    log_dispersion: float
    log_dispersion_error: float
    dispersion_between: float
    at_once: dict[str, tuple[float, float]]
    pool_mean: np.ndarray
    pool_covariance: np.ndarray
    about: str

    def predict(
        self, x: np.ndarray, unknown: np.ndarray, occasion: str, history: Sequence[float] = ()
    ) -> FormationTime:
        """The time to form at covariates with mean `x` and covariance `unknown`, (K,) and (K, K).

        The level's prior has the variance of xβ from both; `history` are the country's durations
        on such occasions. Raises ValueError for a duration that is negative or not finite.
        """
        days = np.array(history, dtype=float)
        if not (np.isfinite(days) & (days >= 0)).all():
            raise ValueError(f"the history is {tuple(history)}; expected days from 0 on")
        days = np.ceil(days)
        taken = days[days > 0]
        variance = x @ self.covariance @ x + np.sum((self.covariance + np.outer(self.beta, self.beta)) * unknown)  # fmt: skip
        level, log_prior = self._levels(float(x @ self.beta), math.sqrt(variance), taken)
        z = np.linspace(-REACH, REACH, DISPERSIONS)
        spread = math.hypot(self.dispersion_between, self.log_dispersion_error)
        m = np.repeat(level, DISPERSIONS)
        s = np.tile(np.exp(self.log_dispersion + spread * z), LEVELS)
        log_weight = np.add.outer(log_prior, -(z**2) / 2.0).ravel()
        log_weight += log_mass(taken, m, s).sum(axis=0)
        weights = np.exp(log_weight - log_weight.max())
        kept = weights > 1e-9
        a, b = self.at_once[occasion]
        return FormationTime(
            at_once=float((a + (days == 0).sum()) / (a + b + len(days))),
            weights=weights[kept] / weights[kept].sum(),
            level=m[kept],
            dispersion=s[kept],
        )

    def _levels(self, mean: float, error: float, taken: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """A grid over levels, and the log of their prior: Student's t about a normal mean."""
        reach = 8.0 * math.hypot(self.between, error)
        logs = np.append(np.log(taken), mean)
        level = np.linspace(min(logs.min(), mean - reach), max(logs.max() + 1.0, mean + reach), LEVELS)  # fmt: skip
        nodes, weights = np.polynomial.hermite_e.hermegauss(15)
        away = (level[:, None] - mean - error * nodes) / self.between
        density = (1.0 + away**2 / FREEDOM) ** (-(FREEDOM + 1) / 2.0)
        return level, np.log(density @ weights)


def formation_time(
    history: Sequence[float] = (),
    *,
    post_election: bool = True,
    parties: float | None = None,
    majority: bool | None = None,
    continuation: bool = False,
) -> FormationTime:
    """The predictive distribution of the days until a government forms.

    `history` are the days that it took the country before, on occasions of the same kind: after
    elections if `post_election`, else within a term; without it the level is the pool's.
    `parties` is the effective number of parliamentary parties, `majority` whether one party has
    a majority of seats; where they are not given they are integrated out, as normal with the
    pool's mean and covariance given what is known. `continuation`: by the country's rules the
    incumbent stays until it resigns or is voted out, so that it need not be formed anew after an
    election (Denmark, Norway, Sweden, the United Kingdom). Raises ValueError for a negative
    duration and for less than one party.

    >>> formation_time((156, 289, 131, 165)).describe()
    'as likely as not within 141 days; eight times in ten between 37 and 294'
    """
    if parties is not None and not 1.0 <= parties < math.inf:
        raise ValueError(f"the effective number of parties is {parties}; expected 1 or more")
    fit = fitted_duration()
    known = [parties, None if majority is None else float(majority)]
    value, unknown = _completed(known, fit.pool_mean, fit.pool_covariance)
    after = float(post_election)
    x = np.array([1.0, after, after * (value[0] - fit.pool_mean[0]), float(continuation), value[1]])
    # What the covariates do not know of parties and majority, shape (K, K).
    into = np.zeros((len(x), 2))
    into[2, 0], into[4, 1] = after, 1.0
    return fit.predict(x, into @ unknown @ into.T, occasion_of(post_election, continuation), history)  # fmt: skip


def occasion_of(post_election: bool, continuation: bool) -> str:
    """The name of the kind of occasion, as in `DurationFit.at_once`."""
    return ("post_election" if post_election else "midterm") + ("_continuation" if continuation else "")  # fmt: skip


def log_mass(days: np.ndarray, level: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """log P(d − 1 < T ≤ d) of Weibull times, shape (days, components); `days` are 1 or more."""
    with np.errstate(divide="ignore"):
        ends = np.log(np.array([days - 1.0, days]))[:, :, None]
    low, high = np.exp(np.clip((ends - level) / dispersion, -700.0, 30.0))
    return -low + np.log(np.maximum(-np.expm1(low - high), 1e-300))


@functools.cache
def fitted_duration() -> DurationFit:
    """The fit that ships with the package."""
    path = resources.files("clientela") / "chamber" / "fitted" / "duration.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    return DurationFit(
        covariates=tuple(content["covariates"]),
        beta=np.array(content["beta"]),
        covariance=np.array(content["covariance"]),
        between=content["between"],
        log_dispersion=content["log_dispersion"],
        log_dispersion_error=content["log_dispersion_error"],
        dispersion_between=content["dispersion_between"],
        at_once={occasion: (a, b) for occasion, (a, b) in content["at_once"].items()},
        pool_mean=np.array(content["pool_mean"]),
        pool_covariance=np.array(content["pool_covariance"]),
        about=f"{content['formations']} formations in {len(content['countries'])} countries, "
        f"{content['from'][:4]}–{content['to'][:4]} ({content['data']})",
    )


def _completed(
    known: list[float | None], mean: np.ndarray, covariance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Values given those that are known, as normal: their means, and the covariance that is left."""
    have = [i for i, v in enumerate(known) if v is not None]
    lack = [i for i, v in enumerate(known) if v is None]
    value, left = mean.copy(), np.zeros_like(covariance)
    value[have] = [v for v in known if v is not None]
    if lack:
        pull = covariance[np.ix_(lack, have)] @ np.linalg.pinv(covariance[np.ix_(have, have)]) if have else np.zeros((len(lack), 0))  # fmt: skip
        value[lack] += pull @ (value[have] - mean[have])
        left[np.ix_(lack, lack)] = covariance[np.ix_(lack, lack)] - pull @ covariance[np.ix_(have, lack)]  # fmt: skip
    return value, left
