"""A patron's indirect control of a client: delegation, held up by the threat of costly intervention.

The patron delegates (phase C) and the client's effort keeps disturbances rare, or it intervenes
itself (phase I) and the client suffers. A disturbance may start an intervention, and the fear of it
is what makes effort worth its cost (Padró i Miquel & Yared 2012).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from scipy.optimize import OptimizeResult, minimize_scalar, root_scalar

# Values and promises nearer than this count as equal when a numerical constraint is checked.
NEAR = 1e-9
MOST_ROUNDS = 50_000

TOO_MILD = "no intensity of intervention punishes the client enough to make its effort worthwhile"
NOT_CARRIED_OUT = "the patron would not keep intervening: {outside} is worth more to it"
NOT_WORTH_IT = "delegating is worse than intervening for ever at no intensity, as an intervention disturbs no more than effort does"
ALONE, FOR_EVER = "leaving the client alone", "intervening for ever at no intensity"


@dataclass(frozen=True)
class ControlProblem:
    """A patron, its client and its commander; costs and losses are per period, in one unit.

    `discount` is β, the weight of the next period for both. `disturbance_cost` is χ, what a
    disturbance costs the patron. Disturbances come in a period with probability `disturbed_idle`
    (π₀) if the client makes no effort, `disturbed_effort` (π_η) if it does and
    `disturbed_intervening` (π_p) while the patron intervenes. `intervention_cost` is A, the
    patron's cost for each unit of intensity, and `effort_cost` η, the client's for its effort. An
    intervention of intensity i costs the client g(i) = 1 − exp(−`sharpness` · i), so that costs of
    effort count in units of the worst that an intervention can do.

    `autonomy` a ≥ 0 is that of the client: own means make effort for the patron costlier,
    η (1 + a), and blunt the punishment, `sharpness` / (1 + a). `weakness` w ≥ 0 is that of the
    commander through whom the patron intervenes: A (1 + w). The signs follow Berman & Lake (2019)
    and Popovic (2017); the two forms are this project's modelling choice, and no published
    magnitude stands behind them.

    Raises ValueError for probabilities outside [0, 1], effort that does not make disturbances
    rarer, a discount outside (0, 1), costs or sharpness that are not above 0, and autonomy or
    weakness below 0.
    """

    discount: float
    disturbance_cost: float
    disturbed_idle: float
    disturbed_effort: float
    disturbed_intervening: float
    intervention_cost: float
    effort_cost: float
    sharpness: float = 1.0
    autonomy: float = 0.0
    weakness: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.discount < 1:
            raise ValueError(f"discount is {self.discount}; expected between 0 and 1")
        for name in ("disturbed_idle", "disturbed_effort", "disturbed_intervening"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}; expected 0 to 1")
        if self.disturbed_effort >= self.disturbed_idle:
            raise ValueError(
                f"disturbed_effort is {self.disturbed_effort}; expected less than "
                f"disturbed_idle, {self.disturbed_idle}"
            )
        for name in ("disturbance_cost", "intervention_cost", "effort_cost", "sharpness"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} is {getattr(self, name)}; expected a number above 0")
        for name in ("autonomy", "weakness"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is {getattr(self, name)}; expected 0 or more")

    @property
    def effort(self) -> float:
        """What effort costs the client per period, its autonomy included: η (1 + a)."""
        return self.effort_cost * (1 + self.autonomy)

    @property
    def bite(self) -> float:
        """How fast the client's loss grows with intensity, its autonomy included."""
        return self.sharpness / (1 + self.autonomy)

    @property
    def price(self) -> float:
        """What a unit of intensity costs the patron, its commander included: A (1 + w)."""
        return self.intervention_cost * (1 + self.weakness)

    @property
    def outside(self) -> float:
        """What the patron gets in all if the client never makes an effort: the better of leaving
        it alone, −π₀ χ / (1 − β), and of intervening for ever at no intensity, −π_p χ / (1 − β)."""
        rarest = min(self.disturbed_idle, self.disturbed_intervening)
        return -rarest * self.disturbance_cost / (1 - self.discount)

    def loss(self, intensity: float) -> float:
        """What an intervention of this intensity costs the client per period, 0 to 1."""
        return -math.expm1(-self.bite * intensity)


@dataclass(frozen=True)
class Control:
    """How a patron controls its client, or that it cannot; values are discounted sums.

    `controls` is whether it does. If so, it intervenes with `intensity` i; a disturbance under
    delegation starts an intervention with probability `start` (p), each period of which another
    one follows with probability `persistence` (d), so that an intervention has `length`
    1 / (1 − d) periods on average. `value_delegating` and `value_intervening` are W_C and W_I, the
    patron's values when a period of either phase begins, and `client_delegating` and
    `client_intervening` U_C and U_I, the client's. If not, these eight are NaN and `why` says in a
    sentence what stands in the way; it is empty otherwise.

    `value` is what the patron gets in either case: W_C, or the better of leaving the client alone
    and intervening for ever at no intensity (`ControlProblem.outside`). So are
    `share_intervening`, the share of periods with an intervention in the long run (0 if the client
    is left alone, 1 if the intervention has no end), and `disturbances`, their number per period.
    """

    controls: bool
    why: str
    value: float
    share_intervening: float
    disturbances: float
    intensity: float = math.nan
    start: float = math.nan
    persistence: float = math.nan
    length: float = math.nan
    value_delegating: float = math.nan
    value_intervening: float = math.nan
    client_delegating: float = math.nan
    client_intervening: float = math.nan


def indirect_control(problem: ControlProblem) -> Control:
    """The best two-phase stationary control of a client (Padró i Miquel & Yared 2012).

    A period's payoffs come first and the next period's phase after them, so that

        U_C = −η + β [π_η p U_I + (1 − π_η p) U_C],   U_I = −g(i) + β [d U_I + (1 − d) U_C],

    and W_C, W_I likewise with −π_η χ and −(π_p χ + A i). Effort is worth its cost if
    β p (π₀ − π_η)(U_C − U_I) = η. With κ = η / [β (π₀ − π_η)] and F(i) = g(i) − η − β π_η κ these
    give p / (1 − βd) = κ / F(i) and

        (1 − β) W_C = −[π_η χ + r (π_p χ + A i)] / (1 + r),   r = β π_η κ / F(i).

    Only p / (1 − βd) is identified. Of the pairs that are as good the one with the shortest
    interventions is returned, p as large as it can be, which is also the one that the patron is
    readiest to carry out. It must be ready to: W_I has to reach what it gets if the client never
    makes an effort again, the better of −π_p χ / (1 − β) and −π₀ χ / (1 − β). Where the intensity with the largest W_C does not pass this, the best
    of the milder ones that do is taken. Control fails if there is none, if no intensity punishes
    enough with d < 1, or if π_p ≤ π_η, when intervening for ever is better than delegating. That is
    failure of this form: one that rewards with idle periods may do where it fails, and is worth
    more to the patron at the outset (`recursive_control`). The intensity is good to 10⁻⁶.
    """
    if not _punishes(problem):
        return _failed(problem, TOO_MILD)
    if problem.disturbed_intervening <= problem.disturbed_effort:
        return _failed(problem, NOT_WORTH_IT)
    intensity = _cheapest(problem)
    if not _carried_out(problem, intensity):
        intensity = _mildened(problem, intensity)
    if math.isnan(intensity):
        return _failed(problem, NOT_CARRIED_OUT.format(outside=_alternative(problem)))
    return _control(problem, intensity)


def _alternative(problem: ControlProblem) -> str:
    return ALONE if problem.disturbed_idle <= problem.disturbed_intervening else FOR_EVER


def _failed(problem: ControlProblem, why: str) -> Control:
    alone = _alternative(problem) == ALONE
    rate = problem.disturbed_idle if alone else problem.disturbed_intervening
    return Control(False, why, problem.outside, 0.0 if alone else 1.0, rate)


def _kappa(problem: ControlProblem) -> float:
    """κ: by how much a disturbance has to lower the client's expected value to make it work."""
    gain = problem.disturbed_idle - problem.disturbed_effort
    return problem.effort / (problem.discount * gain)


def _net_loss(problem: ControlProblem, intensity: float) -> float:
    """F(i): what a period of intervention costs the client beyond a period of delegation."""
    rested = problem.discount * problem.disturbed_effort * _kappa(problem)
    return problem.loss(intensity) - problem.effort - rested


def _punishes(problem: ControlProblem) -> bool:
    """Whether an intervention that does its worst, g = 1, and hardly ever ends punishes enough."""
    return _net_loss(problem, math.inf) > (1 - problem.discount) * _kappa(problem)


def _cheapest(problem: ControlProblem) -> float:
    """The intensity with the largest W_C, (B + A i) / (g(i) − η) being least, B = (π_p − π_η) χ.

    r / (1 + r) = β π_η κ / (g(i) − η), which is how the ratio comes about. It is quasi-convex as
    B > 0, so that its one stationary point is the least: with x = `bite` · i the root of
    (1 − η) eˣ = 1 + `bite` B / A + x, of which the logarithm is taken lest it overflow.
    """
    rarer = problem.disturbed_intervening - problem.disturbed_effort
    gap = problem.bite * rarer * problem.disturbance_cost / problem.price

    def steep(x: float) -> float:
        return math.log1p(-problem.effort) + x - math.log1p(gap + x)

    high = 1.0
    while steep(high) < 0:
        high *= 2
    return _zero(steep, 0.0, high) / problem.bite


def _zero(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that changes sign between two points is zero (Brent 1973)."""
    return float(root_scalar(function, bracket=(low, high), method="brentq", xtol=1e-14).root)


def _pair(problem: ControlProblem, intensity: float) -> tuple[float, float]:
    """(p, d) with the shortest interventions that punish enough; d is 1 or more if none do."""
    net = _net_loss(problem, intensity)
    kappa = _kappa(problem)
    if kappa <= net:
        return kappa / net, 0.0
    return 1.0, (1 - net / kappa) / problem.discount


def _delegating(problem: ControlProblem, intensity: float) -> float:
    """W_C at an intensity that punishes enough."""
    chi = problem.disturbance_cost
    net = _net_loss(problem, intensity)
    r = problem.discount * problem.disturbed_effort * _kappa(problem) / net
    intervening = problem.disturbed_intervening * chi + problem.price * intensity
    mean = (problem.disturbed_effort * chi + r * intervening) / (1 + r)
    return -mean / (1 - problem.discount)


def _intervening(problem: ControlProblem, intensity: float) -> float:
    """W_I with the shortest interventions, at an intensity that punishes enough."""
    beta, persistence = problem.discount, _pair(problem, intensity)[1]
    cost = problem.disturbed_intervening * problem.disturbance_cost + problem.price * intensity
    back = beta * (1 - persistence) * _delegating(problem, intensity)
    return (back - cost) / (1 - beta * persistence)


def _carried_out(problem: ControlProblem, intensity: float) -> bool:
    """Whether the patron goes through with an intervention rather than give up control."""
    return _pair(problem, intensity)[1] < 1 and _intervening(problem, intensity) >= problem.outside


def _mildened(problem: ControlProblem, cheapest: float) -> float:
    """The largest intensity below the cheapest that the patron would carry out, NaN if none.

    With p = 1 both W_C and W_I rise with intensity up to the cheapest, so what is left to try is
    where p < 1 and d = 0. There (W_I − outside)(g − η) is concave, as a falling line times g − η,
    less a line; hence its peak and, on the way from there to the cheapest, its one zero.
    """
    if _net_loss(problem, cheapest) <= _kappa(problem):
        return math.nan
    just = problem.loss(cheapest) - _net_loss(problem, cheapest) + _kappa(problem)
    low = -math.log1p(-just) / problem.bite  # the intensity at which one period is just enough
    forward = problem.discount * problem.disturbed_effort / (1 - problem.discount)
    spare = -problem.disturbance_cost * (problem.disturbed_intervening + forward) - problem.outside
    high = min(cheapest, spare / problem.price)  # beyond it W_I fails even if W_C is never left
    if high <= low:
        return math.nan

    def margin(intensity: float) -> float:
        short = _intervening(problem, intensity) - problem.outside
        return short * (problem.loss(intensity) - problem.effort)

    found = minimize_scalar(
        lambda i: -margin(i), bounds=(low, high), method="bounded", options={"xatol": 1e-10}
    )
    peak = max(low, float(cast(OptimizeResult, found).x), key=margin)
    if margin(peak) < 0:
        return math.nan
    return _zero(margin, peak, high) if margin(high) < 0 else high


def _control(problem: ControlProblem, intensity: float) -> Control:
    p, d = _pair(problem, intensity)
    delegating = _delegating(problem, intensity)
    beta, calm = problem.discount, problem.disturbed_effort
    client = (-problem.effort - beta * calm * _kappa(problem)) / (1 - beta)
    share = calm * p / (calm * p + 1 - d)
    return Control(
        controls=True,
        why="",
        value=delegating,
        share_intervening=share,
        disturbances=(1 - share) * calm + share * problem.disturbed_intervening,
        intensity=intensity,
        start=p,
        persistence=d,
        length=1 / (1 - d),
        value_delegating=delegating,
        value_intervening=_intervening(problem, intensity),
        client_delegating=client,
        client_intervening=client - _net_loss(problem, intensity) / (1 - beta * d),
    )


@dataclass(frozen=True, eq=False)
class Recursive:
    """The patron's value by what the client is promised, found on a grid.

    `promises` are the client's discounted sums that can be promised, in rising order, and
    `values` the patron's largest when it keeps them, lottery included. Both are empty if
    the patron cannot control the client.
    """

    promises: np.ndarray
    values: np.ndarray

    @property
    def controls(self) -> bool:
        """Whether any promise can be kept."""
        return len(self.promises) > 0

    @property
    def value(self) -> float:
        """The patron's value at the promise that is best for it, NaN if it cannot control."""
        return float(self.values.max()) if self.controls else math.nan


def recursive_control(
    problem: ControlProblem, *, lenient: bool = False, cells: int = 301
) -> Recursive:
    """The patron's problem by recursion over promises, without phases (Spear & Srivastava 1987).

    Each period a public lottery may replace the promise by others that are worth it on average.
    The patron then asks for effort, leaves the client idle or intervenes with any intensity, and
    promises what follows, by whether there was a disturbance, so that the promise is kept, effort
    is worth its cost and no outcome of a lottery is worth less to it than `problem.outside`. It is
    solved by value iteration from above over `cells` promises up to U_C and, if `lenient`, as many
    beyond, on a grid that is drawn closer twice around those that can be kept; the result is a
    little too low by the grid's error, and right at the edge of what the patron carries out control
    may be missed. It shares no code with `indirect_control`.

    If not `lenient`, no promise exceeds the largest that effort alone keeps up, with the client at
    work for ever and each disturbance punished: U_C. The value is then W_C of the two phases. If
    `lenient`, promises go up to 0, a client that never again makes an effort nor suffers, so that
    idle periods may reward it. The value is then W_C or more, and usually clearly more (−2.133
    against −2.215 and −2.391 against −3.118 in the two cases of the tests): a patron at liberty
    begins with a larger promise than U_C. At the promises U_C and U_I it has W_C and W_I with
    leniency too, so that two phases are a best way to keep these, if not to begin. The exception is
    a patron that would not carry out the best intensity, to which a later reward is of use. Where
    two-phase control fails for that reason, lenient control may not.

    Raises ValueError for fewer than 20 cells, and ArithmeticError if the values do not settle,
    the discount being too near 1.
    """
    if cells < 20:
        raise ValueError(f"there are {cells} cells; expected 20 or more")
    beta, calm = problem.discount, problem.disturbed_effort
    gap = problem.effort / (beta * (problem.disturbed_idle - calm))
    at_work = (-problem.effort - beta * calm * gap) / (1 - beta)
    low = -1 / (1 - beta)
    promises, values = np.zeros(0), np.zeros(0)
    for _ in range(3):
        grid = np.linspace(low, at_work, cells) if low < at_work else np.zeros(0)
        if lenient:
            grid = np.append(grid, np.linspace(max(low, at_work), 0.0, cells)[len(grid) > 0 :])
        if not len(grid):
            break
        promises, values = _iterated(problem, grid, gap)
        if not len(promises):
            break
        low = max(low, promises[0] - 2 * (grid[1] - grid[0]))
    return Recursive(promises, values)


def _iterated(
    problem: ControlProblem, grid: np.ndarray, gap: float
) -> tuple[np.ndarray, np.ndarray]:
    """(promises on the grid that can be kept, the patron's values)."""
    beta, chi = problem.discount, problem.disturbance_cost
    # [now, next]: what the client must lose in this period if it is promised one and then other.
    lost = beta * grid[None] - grid[:, None]
    possible = (lost > -NEAR) & (lost < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        intensity = np.where(possible, -np.log1p(-np.clip(lost, 0, None)) / problem.bite, np.inf)
    spent = problem.disturbed_intervening * chi + problem.price * intensity
    good = (grid + problem.effort) / beta + problem.disturbed_effort * gap
    values = np.zeros(len(grid))  # costs are all that there is, so nothing is worth more than 0
    for _ in range(MOST_ROUNDS):
        by_effort = _by_effort(problem, _at(grid, values, good), _at(grid, values, good - gap))
        idle = -problem.disturbed_idle * chi + beta * _at(grid, values, grid / beta)
        intervening = (beta * values - spent).max(axis=1)
        best = np.maximum(np.maximum(by_effort, idle), intervening)
        keeps = best >= problem.outside - NEAR
        if not keeps.any():
            return np.zeros(0), np.zeros(0)
        after = _lottery(grid, best, np.flatnonzero(keeps))
        kept, before = np.isfinite(after), np.isfinite(values)
        settled = (kept == before).all() and np.abs(after[kept] - values[kept]).max() < 1e-11
        values = after
        if settled:
            return grid[kept], values[kept]
    raise ArithmeticError(
        f"the values did not settle in {MOST_ROUNDS} rounds; expected a discount further from 1"
    )


def _by_effort(problem: ControlProblem, calm: np.ndarray, disturbed: np.ndarray) -> np.ndarray:
    """The patron's value if the client makes an effort, by what follows either outcome. Both must
    be promises that can be kept, even one that never comes to be due as π_η is 0."""
    chance = problem.disturbed_effort
    found = np.full(len(calm), -np.inf)
    kept = np.isfinite(calm) & np.isfinite(disturbed)
    after = chance * disturbed[kept] + (1 - chance) * calm[kept]
    found[kept] = problem.discount * after - chance * problem.disturbance_cost
    return found


def _at(grid: np.ndarray, values: np.ndarray, promise: np.ndarray) -> np.ndarray:
    """The patron's value at promises between the grid's, −∞ where they cannot be kept."""
    kept = np.isfinite(values)
    x, y = grid[kept], values[kept]
    found = np.interp(promise, x, y)
    return np.where((promise < x[0] - NEAR) | (promise > x[-1] + NEAR), -np.inf, found)


def _lottery(grid: np.ndarray, best: np.ndarray, keeps: np.ndarray) -> np.ndarray:
    """The smallest concave function over the promises that can be kept, −∞ beyond them."""
    corners: list[int] = []
    x, y = grid.tolist(), best.tolist()
    for k in keeps.tolist():
        while len(corners) > 1:
            a, b = corners[-2:]
            if (y[b] - y[a]) * (x[k] - x[a]) > (y[k] - y[a]) * (x[b] - x[a]):
                break
            corners.pop()
        corners.append(k)
    found = np.interp(grid, grid[corners], best[corners])
    found[: keeps[0]] = found[keeps[-1] + 1 :] = -np.inf
    return found
