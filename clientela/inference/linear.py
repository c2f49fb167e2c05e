"""The log-likelihood of linear processes in closed form, for records of millions of events.

The intensities of a multivariate Hawkes process with exponential memories, several of them for
each pair if wanted, and backgrounds that change at known times:

    λ_e(t) = background_e(t) + Σ_f B_ef φ_f(t),  φ_f(t) = Σ_n w_n exp(−δ_f (t − t_n))

over the events n that feed memory f (Hawkes 1971; the recursion is Ogata's, 1981). B and the
backgrounds are functions of the parameters; as long as the δ are not, what the memories are at
each event is computed once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from clientela.engine import Record
from clientela.engine.ensemble import cores
from clientela.inference.linear_form import NotLinearError, form_of
from clientela.inference.scores import Scores
from clientela.jit import compiled
from clientela.process import Program

STEP = 1e-5
_BEND = 1e-3
_MANY = 50_000


class Linear:
    """The log-likelihood of a linear process, and its exact gradient.

    Raises NotLinearError if the process or the record is of another form.
    """

    def __init__(self, program: Program, record: Record, scores: Scores, day: float) -> None:
        self.program, self.scores, self.day = program, scores, day
        self.form = form_of(program, record, day)
        self._take(record, day)
        self._marks = _Marks(program, record, day)
        self._cached: tuple[np.ndarray, _Traces] | None = None
        self._decays_vary = self._do_decays_vary()
        self.check_bounds(np.zeros(len(scores)))

    def values(self, z: np.ndarray) -> np.ndarray:
        """The log-likelihood at scores of shape (rows, parameters), shape (rows,)."""
        coefficients = self._coefficients(z)
        terms = zip(*self._terms(coefficients), strict=True)
        return np.array([self._sum(*row)[0] for row in terms]) + self._marks.values(coefficients)

    def value_and_gradient(self, z: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-likelihood at scores of shape (parameters,), and its gradient."""
        rows = np.concatenate([z[None], z + STEP * np.eye(len(z)), z - STEP * np.eye(len(z))])
        coefficients = self._coefficients(rows)
        weights, levels, decays = self._terms(coefficients)
        value, of_weights, of_levels, of_decays = self._sum(weights[0], levels[0], decays[0])
        k = len(z)

        def through(of: np.ndarray, made: np.ndarray) -> np.ndarray:
            slopes = (made[1 : k + 1] - made[k + 1 :]) / (2.0 * STEP)
            return slopes.reshape(k, -1) @ of.ravel()

        gradient = through(of_weights, weights) + through(of_levels, levels)
        if of_decays is not None:
            gradient += through(of_decays, decays)
        marks = self._marks.values(coefficients)
        gradient += (marks[1 : k + 1] - marks[k + 1 :]) / (2.0 * STEP)
        return value + float(marks[0]), gradient

    def information(self, z: np.ndarray) -> np.ndarray | None:
        """The observed information on scores but for how the terms bend with them: positive
        semidefinite, shape (parameters, parameters). None if decays are among the parameters."""
        if self._decays_vary:
            return None
        steps = STEP * np.eye(len(z))
        weights, levels, decays = self._terms(self._coefficients(np.concatenate([z[None], z + steps, z - steps])))  # fmt: skip
        traces, count = self._traces(decays[0]), len(z)
        slopes = [(made[1 : count + 1] - made[count + 1 :]) / (2.0 * STEP) for made in (weights, levels)]  # fmt: skip
        found = np.zeros((count, count))
        for k, own in enumerate(self.form.own):
            rows, piece = traces.rows[k], self._piece[k]
            inverse = 1.0 / (levels[0, k][piece] + rows @ weights[0, k, : len(own)])
            scaled = rows * inverse[:, None]
            pieces = levels.shape[2]
            crossed = np.array([np.bincount(piece, scaled[:, f] * inverse, pieces) for f in range(len(own))])  # fmt: skip
            by_weight, by_level = slopes[0][:, k, : len(own)], slopes[1][:, k]
            found += by_weight @ (scaled.T @ scaled) @ by_weight.T
            found += (by_level * np.bincount(piece, inverse**2, pieces)) @ by_level.T
            if len(own):
                mixed = by_weight @ crossed @ by_level.T
                found += mixed + mixed.T
        return found

    def curvature(self, z: np.ndarray) -> np.ndarray | None:
        """Minus the Hessian of the log-likelihood; None if decays are among the parameters."""
        found = self.information(z)
        if found is None:
            return None
        weights, levels, decays = self._terms(self._coefficients(z[None]))
        _, of_weights, of_levels, _ = self._sum(weights[0], levels[0], decays[0])

        def bent(rows: np.ndarray) -> np.ndarray:
            c = self._coefficients(rows)
            made = self._terms(c)
            total = made[0].reshape(len(rows), -1) @ of_weights.ravel()
            return (
                total + made[1].reshape(len(rows), -1) @ of_levels.ravel() + self._marks.values(c)
            )

        return found - _second_differences(bent, z)

    def risen(self, z: np.ndarray) -> dict[int, np.ndarray]:
        """For each type weighed, its compensator at each of its events and on the day."""
        weights, levels, decays = self._terms(self._coefficients(z[None]))
        traces = self._traces(decays[0], compensators=True)
        found = {}
        for k, own in enumerate(self.form.own):
            at = self._at[k]
            background = _risen_background(levels[0, k], self.form.pieces, self._times[at])
            chosen = [f for f, _ in own]
            memory = traces.exposure_at[at][:, chosen] @ weights[0, k, : len(own)]
            end = float(levels[0, k] @ np.diff(self.form.pieces))
            end += float(traces.exposure[chosen] @ weights[0, k, : len(own)])
            found[int(self.form.kinds[k])] = np.append(background + memory, end)
        return found

    def _take(self, record: Record, day: float) -> None:
        """The record's events in order of time, and where those of each kind are."""
        inside = np.flatnonzero(record.start <= day)
        order = inside[np.argsort(record.start[inside], kind="stable")]
        self._times = record.start[order]
        self._kinds = record.kind[record.kind_lo[order]]
        self._mark = np.maximum(record.mark[order], 0).astype(float)
        self._at = [np.flatnonzero(self._kinds == e) for e in self.form.kinds]
        self._piece = [
            np.searchsorted(self.form.pieces[1:-1], self._times[at], side="left")
            for at in self._at
        ]  # fmt: skip
        count = len(self.program.event_names)
        self._feeds = np.zeros((count, len(self.form.memories)), dtype=np.int8)
        for e, memories in self.form.feeds.items():
            for f in memories:
                self._feeds[e, f] = 2 if self.form.memories[f].marked else 1
        self._begin = np.array([m.coefficient < 0 for m in self.form.memories], dtype=float)

    def _coefficients(self, rows: np.ndarray) -> np.ndarray:
        return self.program.filled(self.scores.columns(rows))

    def _terms(self, c: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """From coefficients, shape (rows, …): weights of the memories (rows, kinds, most memories),
        levels of the background (rows, kinds, pieces), and decays (rows, memories)."""
        form, variables, rates = self.form, self.program.arrays.variables, self.program.arrays.rates
        most = max((len(own) for own in form.own), default=0)
        weights = np.zeros((len(c), len(form.kinds), most))
        levels = np.zeros((len(c), len(form.kinds), len(form.pieces) - 1))
        for k, e in enumerate(form.kinds):
            for place, (f, a) in enumerate(form.own[k]):
                memory = form.memories[f]
                fed = c[:, memory.coefficient] if memory.coefficient >= 0 else (
                    c[:, variables.start[memory.variable]] - c[:, variables.baseline[memory.variable]]
                )  # fmt: skip
                weights[:, k, place] = c[:, a] * fed
            levels[:, k] += c[:, rates.rate[e], None]
            for j in range(rates.add_lo[e], rates.add_lo[e + 1]):
                v, a = rates.add_var[j], rates.add_coef[j]
                if v in form.steps:
                    levels[:, k] += c[:, a, None] * c[:, form.steps[v]]
                else:
                    levels[:, k] += (c[:, a] * c[:, variables.baseline[v]])[:, None]
            # What stands in exponents stands still.
            bent = [c[:, rates.log_coef[j]] * c[:, variables.start[rates.log_var[j]]]
                    for j in range(rates.log_lo[e], rates.log_lo[e + 1])]  # fmt: skip
            if bent:
                factor = np.exp(np.sum(bent, axis=0))
                weights[:, k] *= factor[:, None]
                levels[:, k] *= factor[:, None]
        positions = [variables.decay[m.variable] for m in form.memories]
        return weights, levels, c[:, positions]

    def _sum(
        self, weights: np.ndarray, levels: np.ndarray, decays: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray, np.ndarray | None]:
        """The log-likelihood, and its gradient by weights, levels and (where they vary) decays."""
        traces = self._traces(decays)
        of_weights, of_levels = np.zeros_like(weights), np.zeros_like(levels)
        by_kind = np.zeros(weights.shape)  # by decay, through each kind's memories
        spans = np.diff(self.form.pieces)

        def one(k: int) -> float:
            chosen = [f for f, _ in self.form.own[k]]
            b = np.ascontiguousarray(weights[k, : len(chosen)])
            found = np.zeros(len(chosen))
            turned = np.zeros(len(chosen))
            slopes = traces.slopes[k] if traces.slopes else _NO_ROWS
            total = _log_intensities(
                traces.rows[k], slopes, self._piece[k], b, levels[k], found, of_levels[k], turned
            )
            of_weights[k, : len(chosen)] = found - traces.exposure[chosen]
            of_levels[k] -= spans
            if traces.slopes:
                by_kind[k, : len(chosen)] = turned - b * traces.exposure_slope[chosen]
            return total - float(levels[k] @ spans) - float(b @ traces.exposure[chosen])

        kinds = range(len(self.form.kinds))
        if len(self._times) < _MANY:  # a pool of threads would take longer than the work
            value = sum(map(one, kinds))
        else:
            with ThreadPoolExecutor(cores()) as pool:
                value = sum(pool.map(one, kinds))
        if not traces.slopes:
            return value, of_weights, of_levels, None
        of_decays = np.zeros(len(decays))
        for k, own in enumerate(self.form.own):
            for place, (f, _) in enumerate(own):
                of_decays[f] += by_kind[k, place]
        return value, of_weights, of_levels, of_decays

    def _traces(self, decays: np.ndarray, *, compensators: bool = False) -> _Traces:
        """What the memories are at every event; kept while the decays stay as they are."""
        vary = self._decays_vary
        if (
            not compensators
            and self._cached is not None
            and np.array_equal(self._cached[0], decays)
        ):
            return self._cached[1]
        count, memories = len(self._times), len(self.form.memories)
        phi = np.zeros((count, memories))
        slope = np.zeros((count, memories) if vary else (0, 0))
        risen = np.zeros((count, memories) if compensators else (0, 0))
        exposure, exposure_slope = np.zeros(memories), np.zeros(memories)
        work = np.zeros((4, memories))
        _remember(
            self._times, self._kinds, self._mark, self._feeds, decays, self._begin, self.day, phi,
            slope, risen, exposure, exposure_slope, work,
        )  # fmt: skip
        chosen = [[f for f, _ in own] for own in self.form.own]
        rows = [np.ascontiguousarray(phi[at][:, own]) for at, own in zip(self._at, chosen, strict=True)]  # fmt: skip
        slopes = [np.ascontiguousarray(slope[at][:, own]) for at, own in zip(self._at, chosen, strict=True)] if vary else []  # fmt: skip
        found = _Traces(rows, slopes, exposure, exposure_slope, risen, work[3])
        if not compensators:
            self._cached = (decays.copy(), found)
        return found

    def _do_decays_vary(self) -> bool:
        z = np.zeros((2, len(self.scores)))
        z[1] = 0.1
        decays = self._terms(self._coefficients(z))[2]
        return bool((decays[0] != decays[1]).any())

    def check_bounds(self, z: np.ndarray) -> None:
        """Raises NotLinearError if at these scores some memory may pass the bounds of its variable."""
        variables = self.program.arrays.variables
        c = self._coefficients(z[None])
        traces = self._traces(self._terms(c)[2][0])
        for v in {m.variable for m in self.form.memories}:
            low, high = variables.low[v], variables.high[v]
            top = float(c[0, variables.baseline[v]])
            for f, memory in enumerate(self.form.memories):
                if memory.variable == v and memory.coefficient >= 0:
                    fed = float(c[0, memory.coefficient])
                    if fed < 0.0 and np.isfinite(low):
                        self._refuse_bound(v)
                    top += fed * float(traces.highest[f])
            top += max(float(c[0, variables.start[v]] - c[0, variables.baseline[v]]), 0.0)
            if top > high or top < low:
                self._refuse_bound(v)

    def _refuse_bound(self, v: int) -> None:
        raise NotLinearError(f"the variable {self.program.variable_names[v]} may pass its bounds")


@dataclass(frozen=True)
class _Traces:
    """Memories at each kind's events (events, memories) and their slopes by decay; their integrals
    over all days, slopes of these, integrals by each event, and how high each rose."""

    rows: list[np.ndarray]
    slopes: list[np.ndarray]
    exposure: np.ndarray
    exposure_slope: np.ndarray
    exposure_at: np.ndarray
    highest: np.ndarray


class _Marks:
    """The log probabilities of the numbers killed, from how often each number was."""

    def __init__(self, program: Program, record: Record, day: float) -> None:
        happenings = program.arrays.happenings
        rows = np.flatnonzero((record.start <= day) & (record.mark >= 0))
        kinds = record.kind[record.kind_lo[rows]]
        self._tables = [
            (happenings.none[e], happenings.mean[e], happenings.dispersion[e],
             *np.unique(record.mark[rows[kinds == e]], return_counts=True))
            for e in np.unique(kinds)
        ]  # fmt: skip

    def values(self, c: np.ndarray) -> np.ndarray:
        """The sum at coefficients of shape (rows, …), shape (rows,)."""
        from scipy.special import gammaln, xlogy

        total = np.zeros(len(c))
        for none, mean, dispersion, killed, often in self._tables:
            p, m, r = (c[:, k, None] for k in (none, mean, dispersion))
            n = killed[None].astype(float)
            mass = gammaln(n + r) - gammaln(r) - gammaln(n + 1.0)
            mass = mass + r * np.log(r / (r + m)) + xlogy(n, m / (r + m))
            chance = (1.0 - p) * np.exp(mass) + np.where(n == 0, p, 0.0)
            with np.errstate(divide="ignore"):
                total += (often * np.log(chance)).sum(axis=1)
        return total


_NO_ROWS = np.zeros((0, 0))


def _second_differences(function: Callable[[np.ndarray], np.ndarray], z: np.ndarray) -> np.ndarray:
    """The Hessian of a function of rows, a row of it at a time."""
    count, steps = len(z), _BEND * np.eye(len(z))
    found = np.empty((count, count))
    for k in range(count):
        up, down = z + steps[k], z - steps[k]
        rows = np.concatenate([up + steps, up - steps, down + steps, down - steps])
        a, b, c, d = function(rows).reshape(4, count)
        found[k] = (a - b - c + d) / (4.0 * _BEND**2)
    return 0.5 * (found + found.T)


@compiled()
def _remember(times, kinds, marks, feeds, decays, begin, day, phi, slope, risen, exposure, exposure_slope, work):  # fmt: skip
    """Every memory just before each event, with what is asked for beside it.

    `work` holds for each memory its value, its slope by its decay, its fading over the gap, and how
    high it has risen.
    """
    memories = decays.shape[0]
    value, turn = work[0], work[1]
    for f in range(memories):
        value[f] = begin[f]
    now = 0.0
    for n in range(times.shape[0] + 1):
        gap = (times[n] if n < times.shape[0] else day) - now
        now += gap
        for f in range(memories):
            d = decays[f]
            fade = work[2, f - 1] if f > 0 and decays[f - 1] == d else np.exp(-d * gap)
            work[2, f] = fade
            lasting = gap if d == 0.0 else (1.0 - fade) / d
            exposure[f] += value[f] * lasting
            if slope.shape[1] > 0:
                bend = -0.5 * gap * gap if d == 0.0 else (gap * fade - lasting) / d
                exposure_slope[f] += turn[f] * lasting + value[f] * bend
                turn[f] = fade * (turn[f] - gap * value[f])
            value[f] *= fade
            if n < times.shape[0]:
                phi[n, f] = value[f]
                if slope.shape[1] > 0:
                    slope[n, f] = turn[f]
                if risen.shape[1] > 0:
                    risen[n, f] = exposure[f]
                fed = feeds[kinds[n], f]
                if fed == 1:
                    value[f] += 1.0
                elif fed == 2:
                    value[f] += marks[n]
                work[3, f] = max(work[3, f], value[f])


@compiled(fastmath={"reassoc", "contract"})
def _log_intensities(rows, slopes, piece, weights, levels, of_weights, of_levels, of_decays):
    """Σ log λ over a kind's events; adds its gradient by weights, levels and decays."""
    total = 0.0
    memories = weights.shape[0]
    for n in range(rows.shape[0]):
        level = levels[piece[n]]
        for f in range(memories):
            level += weights[f] * rows[n, f]
        if not level > 0.0:
            return -np.inf
        total += np.log(level)
        inverse = 1.0 / level
        of_levels[piece[n]] += inverse
        for f in range(memories):
            of_weights[f] += inverse * rows[n, f]
        for f in range(slopes.shape[1]):
            of_decays[f] += inverse * weights[f] * slopes[n, f]
    return total


def _risen_background(levels: np.ndarray, pieces: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The integral of a step function up to each time."""
    reached = np.concatenate([[0.0], np.cumsum(levels * np.diff(pieces))])
    return np.interp(times, pieces, reached)
