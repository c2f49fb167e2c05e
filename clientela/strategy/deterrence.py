"""Deterrence when it is not known who attacked: the equilibrium among suspects and a defender."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from scipy.optimize import brentq, root
from scipy.stats import uniform

# Thresholds that differ by less are the same equilibrium; and the points of the scan of a
# symmetric game, as many again by quantile.
SAME, POINTS = 1e-6, 2_001
# Rounds of iteration, and the step of a slope's differences in units of benefit or of belief.
ROUNDS, STEP = 100, 1e-6
# By how much a step is lengthened that came closer to equilibrium, and shortened that did not. Much
# shorter: around kinks long steps can go in circles, which steps a little shorter still do.
LONGER, SHORTER = 4.0, 0.01


class Distribution(Protocol):
    """What benefits and stakes are drawn from, such as a frozen distribution of scipy.stats."""

    def cdf(self, x: Any, /) -> Any:
        """The probability of at most x, by element."""
        ...

    def ppf(self, q: Any, /) -> Any:
        """The quantile at q, by element."""
        ...


@dataclass(frozen=True, eq=False)
class DeterrenceGame:
    """Suspects who may attack, and a defender who sees a signal and may strike back at each.

    One of n suspects has the opportunity to attack. `signals` holds the probability of each signal
    if a suspect attacks, shape (n, S), `false_alarms` that if nobody does, shape (S,); both count
    the null signal, that nothing is noticed, and rows sum to one. `benefits` is the distribution of
    what an attack is worth to a suspect, in units of what retaliation costs it: one for all, or one
    for each; they are multiplied by `scale`, shape (n,) or one for all. `stake` is the distribution
    of what it is worth to the defender to retaliate against the guilty, and `cost` (K) what is lost
    by retaliating against the innocent, in the units of the stake.

    `null` is the number of the null signal, by default the last: the defender never retaliates
    after it. With None it may retaliate after any signal, and the equilibrium need not be unique.

    `chances` are positive weights of who has the opportunity, shape (n,), made to sum to one; by
    default suspects are alike in it. Unequal chances go beyond Baliga, Bueno de Mesquita & Wolitzky
    (2020).

    Any number of games can be one batch: signals of shape (..., n, S), false alarms (..., S),
    chances and scale (..., n) and cost (...), whose leading axes broadcast. Distributions and the
    null signal are common to them. All five are kept as arrays of full shape.

    Raises ValueError for shapes that do not fit, rows that are no probabilities, a cost, scale or
    chance that is not positive, or distributions without `cdf` and `ppf`.
    """

    signals: np.ndarray
    false_alarms: np.ndarray
    benefits: Distribution | Sequence[Distribution]
    stake: Distribution
    cost: float | np.ndarray = 1.0
    null: int | None = -1
    chances: np.ndarray | None = None
    scale: float | np.ndarray = 1.0

    def __post_init__(self) -> None:
        signals, alarms = _numbers(self.signals, "signals"), _numbers(self.false_alarms, "false alarms")  # fmt: skip
        if signals.ndim < 2 or not signals.size:
            raise ValueError(f"signals have shape {signals.shape}; expected (suspects, signals)")
        n, s = signals.shape[-2:]
        if alarms.shape[-1:] != (s,):
            raise ValueError(
                f"false alarms have shape {alarms.shape}; expected {(s,)}, one for each signal"
            )
        _check_rows(signals, "signals of a suspect")
        _check_rows(alarms, "false alarms")
        if self.null is not None and self.null not in range(-s, s):
            raise ValueError(f"the null signal is number {self.null}; expected one of {s}")
        _check_distributions(self.benefits, self.stake, n)
        cost, scale = _positive(self.cost, "cost"), _positive(self.scale, "scale")
        chances = _positive(np.ones(n) if self.chances is None else self.chances, "chance")
        if chances.shape[-1:] != (n,) or scale.shape[-1:] not in ((), (1,), (n,)):
            raise ValueError(
                f"chances have shape {chances.shape} and the scale {scale.shape}; expected {(n,)}, "
                "one for each suspect"
            )
        scale = scale if scale.ndim else scale[None]
        chances = chances / chances.sum(axis=-1, keepdims=True)
        parts = {"signals": (signals, (n, s)), "false_alarms": (alarms, (s,)), "cost": (cost, ()),
                 "chances": (chances, (n,)), "scale": (scale, (n,))}  # fmt: skip
        batch = _batch({name: p.shape[: p.ndim - len(own)] for name, (p, own) in parts.items()})
        for name, (part, own) in parts.items():
            object.__setattr__(self, name, np.broadcast_to(part, batch + own))
        object.__setattr__(self, "null", None if self.null is None else int(self.null))

    @property
    def suspects(self) -> int:
        """How many they are, n."""
        return self.signals.shape[-2]

    @property
    def batch(self) -> tuple[int, ...]:
        """The shape of the batch of games, () for one game."""
        return self.signals.shape[:-2]

    def attacks(self, thresholds: np.ndarray) -> np.ndarray:
        """The probability that each suspect attacks given the opportunity, 1 − F(threshold).

        Thresholds are in units of benefit, shape (..., n), as is the result.
        """
        x = thresholds / self.scale
        if isinstance(self.benefits, Sequence):
            by = [1.0 - law.cdf(x[..., i]) for i, law in enumerate(self.benefits)]
            return np.stack(by, axis=-1)
        return 1.0 - np.asarray(self.benefits.cdf(x), dtype=float)

    def beliefs(self, attacks: np.ndarray) -> np.ndarray:
        """The probability that each suspect has attacked, by signal, shape (..., n, S).

        Bayes' rule from the probabilities of attack, shape (..., n). After a signal that has no
        probability, beliefs are the limit where whatever never happens has one small chance: that
        of rare attacks, if the signal comes of attacks only.
        """
        guilty, seen = self._guilty(attacks)
        if (seen > 0).all():
            return guilty / seen
        guilty_limit, alarms = self._weights[..., None] * self.signals, self.false_alarms
        possible = guilty_limit.sum(axis=-2, keepdims=True) + alarms[..., None, :]
        unseen = guilty_limit / np.where(possible > 0, possible, 1.0)
        return np.where(seen > 0, guilty / np.where(seen > 0, seen, 1.0), unseen)

    def retaliation(self, beliefs: np.ndarray) -> np.ndarray:
        """The probability that the defender retaliates against each suspect, by signal.

        That its stake exceeds K(1 − belief); none after the null signal. Shapes are (..., n, S).
        """
        cost = np.asarray(self.cost)[..., None, None]
        chance = 1.0 - np.asarray(self.stake.cdf(cost * (1.0 - beliefs)), dtype=float)
        if self.null is not None:
            chance[..., self.null] = 0.0
        return chance

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most that an answer's thresholds can be, each of shape (..., n)."""
        more = self._more
        return np.minimum(more, 0.0).sum(axis=-1), np.maximum(more, 0.0).sum(axis=-1)

    @property
    def _more(self) -> np.ndarray:
        """By how much an attack raises the probability of each signal that may have an answer."""
        more = self.signals - self.false_alarms[..., None, :]
        if self.null is not None:
            more[..., self.null] = 0.0
        return more

    @property
    def _weights(self) -> np.ndarray:
        return np.asarray(self.chances)

    def _guilty(self, attacks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The probability of each suspect's attack and a signal, ω a π, shape (..., n, S), and of
        the signal, (..., 1, S)."""
        guilty = (self._weights * attacks)[..., None] * self.signals
        nobody = (self._weights * (1.0 - attacks)).sum(axis=-1)[..., None, None]
        return guilty, guilty.sum(axis=-2, keepdims=True) + nobody * self.false_alarms[..., None, :]


@dataclass(frozen=True, eq=False)
class Play:
    """What suspects and defender do when each answers the others, in one game or in each of a batch.

    `thresholds` are the benefits above which each suspect attacks, `attacks` the probabilities
    that it does given the opportunity, both of shape (..., n), and `attack` is the probability of
    an attack, whoever has the opportunity, shape (...). `beliefs` and `retaliation` are those of
    each suspect's guilt and of retaliation against it, by signal, shape (..., n, S). `residual` is
    by how much thresholds miss the best response, shape (...).
    """

    thresholds: np.ndarray
    attacks: np.ndarray
    attack: np.ndarray
    beliefs: np.ndarray
    retaliation: np.ndarray
    residual: np.ndarray


@dataclass(frozen=True, eq=False)
class Equilibrium(Play):
    """Play of one game, with what is known of it.

    `stable` is whether repeated best responses come back to it from nearby: the spectral radius of
    their Jacobian is below one on either side. `unique` is True if there is provably no other
    equilibrium, False if another was found, and None if no other was found from so many starts,
    which proves nothing.
    """

    stable: bool
    unique: bool | None


def symmetric(
    n: int,
    detection: float,
    false_alarm: float,
    quality: float,
    *,
    benefits: Distribution | None = None,
    stake: Distribution | None = None,
    cost: float = 1.0,
    after_null: bool = False,
) -> DeterrenceGame:
    """A game among n suspects who are alike, with a signal that names each and the null signal.

    An attack is noticed with probability `detection`; the signal then names the attacker with
    probability 1/n + q(1 − 1/n), q being the `quality` of attribution from 0 to 1, and otherwise
    any other suspect alike. Without an attack each is named with probability `false_alarm`.
    Benefits and stakes are uniform on [0, 1] unless given. The null signal is the last;
    `after_null` allows retaliation after it too. Raises ValueError for probabilities out of range.
    """
    if n < 1:
        raise ValueError(f"there are {n} suspects; expected 1 or more")
    for name, share, most in (
        ("detection", detection, 1.0),
        ("quality", quality, 1.0),
        ("false alarm", false_alarm, 1.0 / n),
    ):
        if not 0 <= share <= most:
            raise ValueError(f"the {name} is {share}; expected 0 to {most:g}")
    correct = 1.0 / n + quality * (1.0 - 1.0 / n)
    signals = np.full((n, n + 1), detection * (1.0 - correct) / max(n - 1, 1))
    signals[np.arange(n), np.arange(n)] = detection * correct
    signals[:, n] = 1.0 - detection
    alarms = np.append(np.full(n, false_alarm), 1.0 - n * false_alarm)
    law = uniform()
    return DeterrenceGame(
        signals,
        np.maximum(alarms, 0.0),
        law if benefits is None else benefits,
        law if stake is None else stake,
        cost,
        None if after_null else n,
    )


def best_response(game: DeterrenceGame, thresholds: np.ndarray) -> np.ndarray:
    """The thresholds that answer those given, shape (..., n) both, in units of benefit; leading
    axes end in those of a batch of games.

    Σ_s (π_i^s − π_0^s)[1 − G(K(1 − β_i^s))], the retaliation that an attack adds, by beliefs β
    that follow from the thresholds given (Baliga, Bueno de Mesquita & Wolitzky 2020). Raises
    ValueError if there is not a threshold for each suspect.
    """
    given = np.asarray(thresholds, dtype=float)
    if given.shape[-1:] != (game.suspects,) or np.isnan(given).any():
        raise ValueError(
            f"thresholds have shape {given.shape} or are no numbers; expected {game.suspects} numbers, "
            "one for each suspect"
        )
    return _answer(game, game.beliefs(game.attacks(given)))


def settled(game: DeterrenceGame, accuracy: float = 1e-9) -> Play:
    """The equilibrium to which a game settles from the fewest attacks, or each game of a batch.

    Attacks a begin as those at the largest thresholds and move gradually toward those φ(a) that
    answer them, da/dt = φ(a) − a, in steps that are short at first and longer as long as they come
    closer, which ends in Newton's method (pseudo-transient continuation; Kelley & Keyes 1998, and
    for kinks Fowler & Kelley 2005). Games that have settled take no further part. The few that do
    not, where the best response is very steep, are solved one at a time (`equilibria`), a tenth of
    a second each; of theirs the one with the fewest attacks is taken.

    Where `certainly_unique` holds it is the only equilibrium; elsewhere there may be others, which
    `equilibria` looks for. Raises ValueError for an accuracy that is not positive, and
    ArithmeticError if for a game no thresholds are found that miss the best response by no more, as
    may be where distributions have atoms or are very steep, or false alarms are nearly impossible.
    """
    if not accuracy > 0:
        raise ValueError(f"the accuracy is {accuracy}; expected a positive number")
    thresholds = _settled(game, accuracy)
    found = _play(game, thresholds)
    stray = np.flatnonzero(~(found.residual <= accuracy))
    if not len(stray):
        return found
    rows = thresholds.reshape(-1, game.suspects)
    for k in stray:
        rows[k] = equilibria(_games(game, k), accuracy=accuracy)[0].thresholds
    return _play(game, rows.reshape(thresholds.shape))


def equilibria(
    game: DeterrenceGame, starts: int = 32, accuracy: float = 1e-10
) -> tuple[Equilibrium, ...]:
    """The game's equilibria, those with fewest attacks first (Baliga, Bueno de Mesquita & Wolitzky
    2020).

    Fixed points of the best response, found from its least and largest thresholds and from random
    ones (always the same), as they are and after damped iteration, by Powell's hybrid method.
    Where suspects are alike, a scan of common thresholds also gives the equilibria in which all
    have the same: every one, except where two lie between neighbours of some 4,000 points or the
    best response is so steep that thresholds cannot be exact to `accuracy`.

    There is only one equilibrium if an attack makes no signal that may be answered less likely
    than it is without; see `certainly_unique`. Raises ValueError for a batch of games, fewer than
    two starts or an accuracy that is not positive, and ArithmeticError if none is found to
    `accuracy`, as may be where a distribution has atoms.
    """
    if game.batch:
        raise ValueError(
            f"there is a batch of games of shape {game.batch}; expected one game: batches are for "
            "`settled`"
        )
    if starts < 2:
        raise ValueError(f"there are {starts} starts; expected 2 or more")
    if not accuracy > 0:
        raise ValueError(f"the accuracy is {accuracy}; expected a positive number")
    only = certainly_unique(game)
    found: list[np.ndarray] = []
    for near in _candidates(game, starts):
        _add(found, _fixed_point(game, near, accuracy))
        if only and found:
            break
    # Between two that are stable there often is one that is not, which few starts lead to.
    for one, other in itertools.combinations(tuple(found), 2):
        for share in (0.25, 0.5, 0.75):
            _add(found, _fixed_point(game, one + share * (other - one), accuracy))
    if not found:
        raise ArithmeticError(
            f"no equilibrium was found to {accuracy:g} from {starts} starts; smooth the "
            "distributions of benefits and stakes or ask for less accuracy"
        )
    unique = True if only else (None if len(found) == 1 else False)
    every = [_equilibrium(game, at, unique) for at in found]
    return tuple(sorted(every, key=lambda e: (e.attack, tuple(e.thresholds))))


def certainly_unique(game: DeterrenceGame) -> np.ndarray:
    """Whether there is provably one equilibrium at most, for each game of a batch, shape (...).

    It is so if π_i^s ≥ π_0^s for every suspect and every signal after which the defender may
    retaliate. Of two equilibria take the suspect whose attacks are r > 1 times as many in one as
    in the other, r being largest. The probability of each signal is there at most r times as
    large, so that the suspect is believed guilty no less, meets no less retaliation, and attacks
    no more: a contradiction. The result is that of Baliga, Bueno de Mesquita & Wolitzky (2020);
    chances of the opportunity leave it as it is, since each multiplies its suspect's attacks.
    Signals that come of attacks only are left out if nobody might attack, as beliefs are then free.
    """
    more = game._more
    somebody = (game.attacks(game.bounds[1]) > 0).all(axis=-1)
    alarmed = ((game.false_alarms > 0) | (more <= 0).all(axis=-2)).all(axis=-1)
    return np.asarray((more >= 0).all(axis=(-2, -1)) & (somebody | alarmed))


def _answer(game: DeterrenceGame, beliefs: np.ndarray) -> np.ndarray:
    """The thresholds that answer beliefs, shape (..., n)."""
    return np.einsum("...is,...is->...i", game._more, game.retaliation(beliefs))


def _settled(game: DeterrenceGame, accuracy: float) -> np.ndarray:
    """Thresholds that miss the best response by `accuracy` at most where that can be reached."""
    n = game.suspects
    some = _games(game, slice(None))
    attacks = some.attacks(some.bounds[1])
    step, distance = np.ones(len(attacks)), np.full(len(attacks), np.inf)
    settled, left = np.empty_like(attacks), np.arange(len(attacks))
    for _ in range(ROUNDS):
        thresholds = settled[left] = _answer(some, some.beliefs(attacks))
        wanted = some.attacks(thresholds)
        missed = np.abs(_answer(some, some.beliefs(wanted)) - thresholds).max(axis=-1)
        go = missed > accuracy
        if not go.any():
            break
        if not go.all():
            some, left = _games(some, go), left[go]
            attacks, thresholds, wanted = attacks[go], thresholds[go], wanted[go]
            step, distance = step[go], distance[go]
        before, distance = distance, np.abs(wanted - attacks).max(axis=-1)
        step *= np.where(distance < before, LONGER, SHORTER)
        matrix = np.eye(n) * (1.0 + 1.0 / step)[:, None, None] - _slopes(some, attacks, thresholds)
        by = np.linalg.solve(matrix, (wanted - attacks)[..., None])[..., 0]
        attacks = np.clip(attacks + by, 0.0, 1.0)
    return settled.reshape(*game.batch, n)


def _slopes(game: DeterrenceGame, attacks: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """How the attacks that answer change with those given, ∂φ_i/∂a_j, shape (..., n, n).

    ∂β_i/∂a_j is [ω_i π_i δ_ij − β_i ω_j (π_j − π_0)] / P, P being the probability of the signal.
    """
    beliefs, (_, seen) = game.beliefs(attacks), game._guilty(attacks)
    more = game._more
    steep = (game.retaliation(beliefs + STEP) - game.retaliation(beliefs)) / STEP
    steep = more * steep / np.where(seen > 0, seen, 1.0)
    weights = game._weights[..., None]
    rates = -(steep * beliefs) @ np.swapaxes(weights * more, -1, -2)
    own = np.arange(game.suspects)
    rates[..., own, own] += (steep * weights * game.signals).sum(axis=-1)
    return (game.attacks(thresholds + STEP) - game.attacks(thresholds))[..., None] / STEP * rates


def _games(game: DeterrenceGame, which: Any) -> DeterrenceGame:
    """Those of a batch as one with one axis, or one game by its number in such a batch."""
    n, s = game.signals.shape[-2:]
    return replace(
        game,
        signals=game.signals.reshape(-1, n, s)[which],
        false_alarms=game.false_alarms.reshape(-1, s)[which],
        cost=np.reshape(game.cost, -1)[which],
        chances=game._weights.reshape(-1, n)[which],
        scale=np.reshape(game.scale, (-1, n))[which],
    )


def _play(game: DeterrenceGame, thresholds: np.ndarray) -> Play:
    attacks = game.attacks(thresholds)
    beliefs = game.beliefs(attacks)
    missed = np.abs(_answer(game, beliefs) - thresholds).max(axis=-1)
    attack = (game._weights * attacks).sum(axis=-1)
    return Play(thresholds, attacks, attack, beliefs, game.retaliation(beliefs), missed)


def _candidates(game: DeterrenceGame, starts: int) -> Iterator[np.ndarray]:
    """Thresholds near which to look, the most promising first."""
    if _alike(game):
        yield from _common_thresholds(game)
    near = _starts(game, starts)
    yield from near
    for _ in range(ROUNDS):
        near = 0.5 * (near + best_response(game, near))
    yield from near


def _starts(game: DeterrenceGame, starts: int) -> np.ndarray:
    """Thresholds between the bounds, by length and by quantile in turn, shape (starts, n)."""
    low, high = game.bounds
    shares = np.random.default_rng(1).random((starts, game.suspects))
    shares[0], shares[1] = 0.0, 1.0
    places = low + shares * (high - low)
    places[3::2] = _by_quantile(game, shares[3::2])
    return places


def _by_quantile(game: DeterrenceGame, shares: np.ndarray) -> np.ndarray:
    """Thresholds at shares of the probability that benefits have between the bounds."""
    low, high = game.bounds
    before, after = 1.0 - game.attacks(low), 1.0 - game.attacks(high)
    quantiles = before + shares * (after - before)
    if isinstance(game.benefits, Sequence):
        by = [law.ppf(quantiles[..., i]) for i, law in enumerate(game.benefits)]
        return np.clip(game.scale * np.stack(by, axis=-1), low, high)
    return np.clip(game.scale * game.benefits.ppf(quantiles), low, high)


def _alike(game: DeterrenceGame) -> bool:
    """Whether each suspect may be put in the next one's place without changing the game, so that
    the answers to common thresholds are common too."""
    null = np.zeros(len(game.false_alarms))
    if game.null is not None:
        null[game.null] = 1.0
    columns = [np.vstack([rows, game.false_alarms, null]).round(12) for rows in (game.signals, np.roll(game.signals, 1, axis=0))]  # fmt: skip
    one, other = (c[:, np.lexsort(c)] for c in columns)
    if not np.array_equal(one, other) or np.ptp(game._weights) > 0:
        return False
    attacks = game.attacks(np.linspace(*game.bounds, POINTS))
    return bool((attacks == attacks[:, :1]).all())


def _common_thresholds(game: DeterrenceGame) -> Iterator[np.ndarray]:
    """Where a common threshold is its own best response, or nearly is without a change of sign."""

    def excess(x: np.ndarray) -> np.ndarray:
        every = np.repeat(np.atleast_1d(x)[:, None], game.suspects, axis=1)
        return best_response(game, every)[:, 0] - x

    shares = np.linspace(0.0, 1.0, POINTS)
    low, high = (bound[0] for bound in game.bounds)
    quantiles = _by_quantile(game, np.repeat(shares[:, None], game.suspects, axis=1))[:, 0]
    x = np.unique(np.concatenate([low + shares * (high - low), quantiles]))
    by = excess(x)
    for k in np.flatnonzero(by == 0.0):
        yield np.full(game.suspects, x[k])
    for k in np.flatnonzero(by[:-1] * by[1:] < 0):
        # Where many benefits are near nothing a threshold must be exact far below 1e-15.
        at = brentq(lambda t: float(excess(t)[0]), x[k], x[k + 1], xtol=1e-300, maxiter=3000)
        yield np.full(game.suspects, at)
    size = np.abs(by)
    for k in 1 + np.flatnonzero((size[1:-1] < size[:-2]) & (size[1:-1] < size[2:])):
        if by[k - 1] * by[k + 1] > 0:
            yield np.full(game.suspects, x[k])


def _add(found: list[np.ndarray], at: np.ndarray | None) -> None:
    if at is not None and all(np.abs(at - other).max() > SAME for other in found):
        found.append(at)


def _fixed_point(game: DeterrenceGame, near: np.ndarray, accuracy: float) -> np.ndarray | None:
    """The fixed point to which a start leads, if it leads to one."""

    def excess(x: np.ndarray) -> np.ndarray:
        return best_response(game, x) - x

    # A solution at a kink is often exact already, and the method would leave it.
    if np.abs(excess(near)).max() <= accuracy:
        return near
    at = root(excess, near, method="hybr", options={"xtol": 1e-13}).x
    return at if np.abs(excess(at)).max() <= accuracy else None


def _equilibrium(game: DeterrenceGame, at: np.ndarray, unique: bool | None) -> Equilibrium:
    answer = best_response(game, at)
    steps = STEP * np.eye(game.suspects)
    # Row j of each is how answers change with threshold j, on one side; kinks make them differ.
    sides = [sign * (best_response(game, at + sign * steps) - answer) / STEP for sign in (1, -1)]
    radius = max(float(np.abs(np.linalg.eigvals(side)).max()) for side in sides)
    return Equilibrium(**vars(_play(game, at)), stable=radius < 1.0, unique=unique)


def _numbers(values: Any, name: str) -> np.ndarray:
    numbers = np.array(values, dtype=float)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} hold a value that is no number; expected probabilities")
    numbers.flags.writeable = False
    return numbers


def _positive(values: Any, name: str) -> np.ndarray:
    numbers = np.array(values, dtype=float)
    wrong = ~(np.isfinite(numbers) & (numbers > 0))
    if wrong.any():
        raise ValueError(f"the {name} is {numbers[wrong][0]}; expected a positive number")
    return numbers


def _check_rows(rows: np.ndarray, name: str) -> None:
    if (rows < 0).any():
        raise ValueError(f"{name} hold the value {rows.min():g}; expected probabilities")
    sums = rows.sum(axis=-1)
    if (np.abs(sums - 1.0) > 1e-9).any():
        k = np.unravel_index(np.abs(sums - 1.0).argmax(), sums.shape)
        where = f" in row {', '.join(map(str, k))}" if k else ""
        raise ValueError(f"{name} sum to {sums[k]:g}{where}; expected 1, the null signal included")


def _batch(shapes: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    """The shape of games to which all parts broadcast."""
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        every = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(
            f"games have shapes that do not fit: {every}; expected one shape"
        ) from None


def _check_distributions(
    benefits: Distribution | Sequence[Distribution], stake: Distribution, n: int
) -> None:
    if isinstance(benefits, Sequence) and len(benefits) != n:
        raise ValueError(f"there are {len(benefits)} distributions of benefits; expected 1 or {n}")
    for law in (*(benefits if isinstance(benefits, Sequence) else [benefits]), stake):
        if not (callable(getattr(law, "cdf", None)) and callable(getattr(law, "ppf", None))):
            raise ValueError(
                f"{law!r} is no distribution; expected one with cdf and ppf, such as "
                "scipy.stats.uniform()"
            )
        if not 0 <= float(law.cdf(0.0)) <= 1:
            raise ValueError(
                f"the distribution {law!r} gives {law.cdf(0.0)} for a probability; expected 0 to 1"
            )
