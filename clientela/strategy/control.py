"""A patron's indirect control of a client: delegation, held up by the threat of costly intervention.

The patron delegates (phase C) and the client's effort keeps disturbances rare, or it intervenes
itself (phase I) and the client suffers. A disturbance may start an intervention, and the fear of it
is what makes effort worth its cost (Padró i Miquel & Yared 2012).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

# Values and promises nearer than this count as equal when a numerical constraint is checked.
NEAR = 1e-9
MOST_ROUNDS = 50_000
# Newton's method settles in 3 to 10, bisection needs one per bit.
NEWTON_ROUNDS = 60
BISECTIONS = 50

TOO_MILD = "no intensity of intervention punishes the client enough to make its effort worthwhile"
NOT_CARRIED_OUT = "the patron would not keep intervening: {outside} is worth more to it"
NOT_WORTH_IT = "delegating is worse than intervening for ever at no intensity, as an intervention disturbs no more than effort does"
ALONE, FOR_EVER = "leaving the client alone", "intervening for ever at no intensity"


@dataclass(frozen=True, eq=False)
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

    Each is a number, or an array for many problems at once; arrays broadcast against each other.

    Raises ValueError for arrays that do not, probabilities outside [0, 1], effort that makes
    disturbances more frequent, a discount outside (0, 1), costs that are not above 0, and
    sharpness, autonomy or weakness below 0.
    """

    discount: float | np.ndarray
    disturbance_cost: float | np.ndarray
    disturbed_idle: float | np.ndarray
    disturbed_effort: float | np.ndarray
    disturbed_intervening: float | np.ndarray
    intervention_cost: float | np.ndarray
    effort_cost: float | np.ndarray
    sharpness: float | np.ndarray = 1.0
    autonomy: float | np.ndarray = 0.0
    weakness: float | np.ndarray = 0.0

    def __post_init__(self) -> None:
        try:
            _ = self.shape
        except ValueError:
            shapes = {each.name: np.shape(getattr(self, each.name)) for each in fields(self)}
            arrays = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
            raise ValueError(
                f"the shapes are {arrays}; expected some that broadcast against each other"
            ) from None
        beta, effort, idle = self.discount, self.disturbed_effort, self.disturbed_idle
        _refuse("discount", beta, (beta > 0) & (beta < 1), "between 0 and 1")
        for name in ("disturbed_idle", "disturbed_effort", "disturbed_intervening"):
            chance = getattr(self, name)
            _refuse(name, chance, (chance >= 0) & (chance <= 1), "0 to 1")
        _refuse("disturbed_effort", effort, effort <= idle, "no more than disturbed_idle, {}", idle)
        for name in ("disturbance_cost", "intervention_cost", "effort_cost"):
            cost = getattr(self, name)
            _refuse(name, cost, (cost > 0) & (cost < math.inf), "a number above 0")
        for name in ("sharpness", "autonomy", "weakness"):
            value = getattr(self, name)
            _refuse(name, value, (value >= 0) & (value < math.inf), "0 or more")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape to which the fields broadcast: () for one problem, of numbers."""
        return np.broadcast_shapes(*(np.shape(getattr(self, each.name)) for each in fields(self)))

    @property
    def effort(self) -> float | np.ndarray:
        """What effort costs the client per period, its autonomy included: η (1 + a)."""
        return self.effort_cost * (1 + self.autonomy)

    @property
    def bite(self) -> float | np.ndarray:
        """How fast the client's loss grows with intensity, its autonomy included."""
        return self.sharpness / (1 + self.autonomy)

    @property
    def price(self) -> float | np.ndarray:
        """What a unit of intensity costs the patron, its commander included: A (1 + w)."""
        return self.intervention_cost * (1 + self.weakness)

    @property
    def outside(self) -> float | np.ndarray:
        """What the patron gets in all if the client never makes an effort: the better of leaving
        it alone, −π₀ χ / (1 − β), and of intervening for ever at no intensity, −π_p χ / (1 − β)."""
        return -_rarest(self) * self.disturbance_cost / (1 - self.discount)

    def loss(self, intensity: float | np.ndarray) -> float | np.ndarray:
        """What an intervention of this intensity costs the client per period, 0 to 1."""
        return -np.expm1(-self.bite * intensity)


def _refuse(
    name: str,
    value: float | np.ndarray,
    right: bool | np.ndarray,
    expected: str,
    *others: float | np.ndarray,
) -> None:
    """Raises ValueError with the first value that is not right, and what was expected of it."""
    wrong = ~np.asarray(right)
    if wrong.any():
        first, *rest = (np.broadcast_to(each, wrong.shape)[wrong][0] for each in (value, *others))
        raise ValueError(f"{name} is {first}; expected {expected.format(*rest)}")


@dataclass(frozen=True, eq=False)
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

    Of one problem each is a bool, a str or a float, of many an array of `ControlProblem.shape`.
    """

    controls: bool | np.ndarray
    why: str | np.ndarray
    value: float | np.ndarray
    share_intervening: float | np.ndarray
    disturbances: float | np.ndarray
    intensity: float | np.ndarray
    start: float | np.ndarray
    persistence: float | np.ndarray
    length: float | np.ndarray
    value_delegating: float | np.ndarray
    value_intervening: float | np.ndarray
    client_delegating: float | np.ndarray
    client_intervening: float | np.ndarray


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
    makes an effort again, the better of −π_p χ / (1 − β) and −π₀ χ / (1 − β). Where the intensity
    with the largest W_C does not pass this, the best of those that do is taken, which is milder:
    W_I is an increasing function of W_C while p = 1 and falls beyond the largest W_C. Control fails
    if no intensity passes, if none punishes enough with d < 1, or if π_p ≤ π_η, when intervening
    for ever is better than delegating. That is failure of this form: one that rewards with idle
    periods may do where it fails, and is worth more to the patron at the outset
    (`recursive_control`). The intensity is good to 10⁻⁶.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        controls = np.asarray(problem.price <= dearest(problem))
        cheapest = np.where(controls, _cheapest(problem), np.nan)
        milder = controls & (_bearable(problem, cheapest) < problem.price)
        if milder.any():
            cheapest[milder] = _mildened(_picked(problem, milder), cheapest[milder])
        return _control(problem, controls, cheapest)


def dearest(problem: ControlProblem) -> float | np.ndarray:
    """The largest `price` of a unit of intensity at which the patron would control the client.

    It is in the unit of `intervention_cost` and depends neither on that nor on `weakness`: the
    patron controls the client (`indirect_control`) exactly where `problem.price` is no larger. It
    is 0 where the patron does not at any price, and never infinite, as punishing takes some
    intensity. Returns a float, or an array of `problem.shape`.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        may = _punishes(problem) & (problem.disturbed_intervening > problem.disturbed_effort)
        found = np.where(may, np.fmax(_bearable(problem, _readiest(problem)), 0.0), 0.0)
    return _shaped(problem, found)


def _shaped(problem: ControlProblem, value: Any) -> Any:
    """A number, bool or string of one problem, an array of their shape of many."""
    if not problem.shape:
        return np.asarray(value).item()
    return np.array(np.broadcast_to(value, problem.shape))


def _picked(problem: ControlProblem, which: np.ndarray) -> ControlProblem:
    """Some of many problems, in a row."""
    values = {each.name: getattr(problem, each.name) for each in fields(problem)}
    return ControlProblem(
        **{name: np.broadcast_to(value, which.shape)[which] for name, value in values.items()}
    )


def _rarest(problem: ControlProblem) -> float | np.ndarray:
    """The probability of a disturbance that a patron without control would choose."""
    return np.minimum(problem.disturbed_idle, problem.disturbed_intervening)


def _kappa(problem: ControlProblem) -> float | np.ndarray:
    """κ: by how much a disturbance has to lower the client's expected value to make it work."""
    gain = problem.disturbed_idle - problem.disturbed_effort
    return np.divide(problem.effort, problem.discount * gain)


def _rested(problem: ControlProblem) -> float | np.ndarray:
    """β π_η κ: what the fear of intervention costs the client in a period of delegation."""
    return problem.discount * problem.disturbed_effort * _kappa(problem)


def _net_loss(problem: ControlProblem, intensity: float | np.ndarray) -> float | np.ndarray:
    """F(i): what a period of intervention costs the client beyond a period of delegation."""
    return problem.loss(intensity) - problem.effort - _rested(problem)


def _punishes(problem: ControlProblem) -> np.ndarray:
    """Whether an intervention that does its worst, g = 1, and hardly ever ends punishes enough."""
    worst = np.where(np.asarray(problem.sharpness) > 0, 1.0, 0.0)
    return worst - problem.effort - _rested(problem) > (1 - problem.discount) * _kappa(problem)


def _pair(problem: ControlProblem, intensity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(p, d) with the shortest interventions that punish enough; d is 1 or more if none do."""
    enough = _net_loss(problem, intensity) / _kappa(problem)
    return np.minimum(1 / enough, 1.0), np.maximum((1 - enough) / problem.discount, 0.0)


def _cheapest(problem: ControlProblem) -> np.ndarray:
    """The intensity with the largest W_C, (B + A i) / (g(i) − η) being least, B = (π_p − π_η) χ.

    r / (1 + r) = β π_η κ / (g(i) − η), which is how the ratio comes about. It is quasi-convex as
    B > 0, so that its one stationary point is the least: with x = `bite` · i and
    y = x + `bite` B / A the root of (1 − η) eˣ = 1 + y, which is a `_peak` over y.
    """
    rarer = problem.disturbed_intervening - problem.disturbed_effort
    gap = problem.bite * rarer * problem.disturbance_cost / problem.price
    least = -np.log1p(-problem.effort)
    return (least + np.log1p(_peak(gap + least, 1.0))) / problem.bite


def _bearable(problem: ControlProblem, intensity: np.ndarray) -> np.ndarray:
    """The largest price of a unit of an intensity at which W_I reaches `problem.outside`.

    With s = β π_η κ / (g(i) − η) and c = π_p χ + A i, (1 − β) W_C = −[(1 − s) π_η χ + s c], while
    (1 − βd) W_I = β (1 − d) W_C − c: W_I is a falling line in A.
    """
    beta, calm = problem.discount, problem.disturbed_effort
    intervening, rarest = problem.disturbed_intervening, _rarest(problem)
    back = beta * (1 - _pair(problem, intensity)[1])
    share = _rested(problem) / (problem.loss(intensity) - problem.effort)
    spare = back * (rarest - calm - share * (intervening - calm))
    spare = spare - (1 - beta) * (intervening - rarest)
    return problem.disturbance_cost * spare / ((1 - beta + back * share) * intensity)


def _readiest(problem: ControlProblem) -> np.ndarray:
    """The intensity with the largest `_bearable` price, where there is one above 0.

    With x = `bite` · i that price is the lesser of two functions, one of p = 1 and one of d = 0.
    Either is, but for a factor, n / (x (a n + b)) with n = 1 − t − e⁻ˣ and a, b ≥ 0; t is what the
    client has to lose lest the price be below 0. The inverse of each is convex where n > 0, so that
    each rises to a `_peak` and falls from there. So does the lesser of them, with its peak at that
    of the first, of the second or where the two meet, F = κ.
    """
    beta, calm = problem.discount, problem.disturbed_effort
    intervening, rarest = problem.disturbed_intervening, _rarest(problem)
    kappa, rested = _kappa(problem), _rested(problem)
    enough = problem.effort + rested  # g where F = 0
    meet = -np.log1p(-np.minimum(enough + kappa, 1.0))
    # p = 1, a = 0
    dear = (1 - beta) * (intervening - calm) + beta * calm * (intervening - rarest)
    lasting = _peak(-np.log1p(-enough - kappa * dear / (rarest - calm)), 1.0)
    # d = 0, a = 1 − β
    gain = beta * (rarest - calm) - (1 - beta) * (intervening - rarest)
    least = problem.effort + beta * rested * (intervening - calm) / gain
    b = beta * rested * (rarest - calm) / gain
    once = _peak(-np.log1p(-least), b / ((1 - beta) * (1 - least) + b), meet)
    return np.where(lasting <= meet, lasting, once) / problem.bite


def _peak(
    least: np.ndarray, curved: float | np.ndarray, floor: float | np.ndarray = 0.0
) -> np.ndarray:
    """Where n / (x (a n + b)) is largest for x ≥ `floor`, n = K − e⁻ˣ > 0.

    `least` is −log K, where n = 0, and `curved` v = b / (a K + b). The derivative is 0 where

        x − `least` = log(1 + v x + (1 − v) (1 − e⁻ˣ / K)).

    The right side is concave, so that Newton's method from beyond the root never oversteps it. It
    is at most log(1 + x), which is at most x − x² / (2 + 2x): the start is where the latter is
    x − `least`.
    """
    x = np.maximum(least + np.sqrt(least) * np.sqrt(least + 2), floor)
    for _ in range(NEWTON_ROUNDS):
        bent = (1 - curved) * np.expm1(least - x)
        right = curved * x - bent
        slope = (right - bent) / (1 + right)
        last, x = x, np.maximum(x - (x - least - np.log1p(right)) / slope, floor)
        if not (last - x > 1e-8 * last).any():
            break
    return x


def _mildened(problem: ControlProblem, cheapest: np.ndarray) -> np.ndarray:
    """The largest intensity below the cheapest that the patron would carry out, by bisection.

    W_C rises up to the cheapest, and the `_bearable` price falls from the readiest to there.
    """
    low, high = _readiest(problem), cheapest
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        borne = _bearable(problem, middle) >= problem.price
        low, high = np.where(borne, middle, low), np.where(borne, high, middle)
    return low


def _delegating(problem: ControlProblem, intensity: np.ndarray) -> np.ndarray:
    """W_C at an intensity that punishes enough."""
    chi = problem.disturbance_cost
    r = _rested(problem) / _net_loss(problem, intensity)
    intervening = problem.disturbed_intervening * chi + problem.price * intensity
    mean = (problem.disturbed_effort * chi + r * intervening) / (1 + r)
    return -mean / (1 - problem.discount)


def _control(problem: ControlProblem, controls: np.ndarray, intensity: np.ndarray) -> Control:
    """What is known of the two phases by intensity, NaN where the patron does not control."""
    beta, calm = problem.discount, problem.disturbed_effort
    p, d = _pair(problem, intensity)
    delegating = _delegating(problem, intensity)
    spent = problem.disturbed_intervening * problem.disturbance_cost + problem.price * intensity
    client = np.where(controls, -problem.effort - _rested(problem), np.nan) / (1 - beta)
    alone = problem.disturbed_idle <= problem.disturbed_intervening
    share = np.where(controls, calm * p / (calm * p + 1 - d), np.where(alone, 0.0, 1.0))
    disturbances = (1 - share) * calm + share * problem.disturbed_intervening
    found = {
        "controls": controls,
        "why": _why(problem, controls),
        "value": np.where(controls, delegating, problem.outside),
        "share_intervening": share,
        "disturbances": np.where(controls, disturbances, _rarest(problem)),
        "intensity": intensity,
        "start": p,
        "persistence": d,
        "length": 1 / (1 - d),
        "value_delegating": delegating,
        "value_intervening": (beta * (1 - d) * delegating - spent) / (1 - beta * d),
        "client_delegating": client,
        "client_intervening": client - _net_loss(problem, intensity) / (1 - beta * d),
    }
    return Control(**{name: _shaped(problem, value) for name, value in found.items()})


def _why(problem: ControlProblem, controls: np.ndarray) -> np.ndarray:
    """What stands in the way of control, as objects lest each be as wide as the longest."""
    effort, intervening = problem.disturbed_effort, problem.disturbed_intervening
    reasons = [
        (controls, ""),
        (~_punishes(problem), TOO_MILD),
        (np.asarray(intervening <= effort), NOT_WORTH_IT),
        (np.asarray(problem.disturbed_idle <= intervening), NOT_CARRIED_OUT.format(outside=ALONE)),
    ]
    sentences = [np.array(sentence, dtype=object) for _, sentence in reasons]
    rest = np.array(NOT_CARRIED_OUT.format(outside=FOR_EVER), dtype=object)
    return np.select([where for where, _ in reasons], sentences, rest)


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

    Raises ValueError for fewer than 20 cells and for a problem with arrays, and ArithmeticError if
    the values do not settle, the discount being too near 1.
    """
    if cells < 20:
        raise ValueError(f"there are {cells} cells; expected 20 or more")
    if problem.shape:
        raise ValueError(f"the problem has shape {problem.shape}; expected one problem, of scalars")
    beta, calm = float(problem.discount), float(problem.disturbed_effort)
    with np.errstate(divide="ignore"):  # effort that changes nothing is never worth its cost
        gap = float(np.divide(problem.effort, beta * (problem.disturbed_idle - calm)))
    at_work = float(-problem.effort - beta * calm * gap) / (1 - beta)
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
        intensity = np.where(lost > 0, -np.log1p(-lost) / problem.bite, 0.0)
        good = (grid + problem.effort) / beta + problem.disturbed_effort * gap
        bad = good - gap
    spent = problem.disturbed_intervening * chi + problem.price * intensity
    spent[~possible] = np.inf
    values = np.zeros(len(grid))  # costs are all that there is, so nothing is worth more than 0
    for _ in range(MOST_ROUNDS):
        by_effort = _by_effort(problem, _at(grid, values, good), _at(grid, values, bad))
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
