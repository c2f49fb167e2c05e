"""Deterrence when it is not known who attacked: the equilibrium among suspects and a defender."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.optimize import brentq, root
from scipy.stats import uniform

# Thresholds that differ by less are the same equilibrium; and the points of the scan of a
# symmetric game, as many again by quantile.
SAME, POINTS = 1e-6, 2_001
# Rounds of damped iteration, and the step of the Jacobian's differences in units of benefit.
ROUNDS, STEP = 100, 1e-6


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

    One of n suspects, each as likely as the others, has the opportunity to attack. `signals` holds
    the probability of each signal if a suspect attacks, shape (n, S), `false_alarms` that if
    nobody does, shape (S,); both count the null signal, that nothing is noticed, and rows sum to
    one. `benefits` is the distribution of what an attack is worth to a suspect, in units of what
    retaliation costs it: one for all, or one for each. `stake` is the distribution of what it is
    worth to the defender to retaliate against the guilty, and `cost` (K) what is lost by
    retaliating against the innocent, in the units of the stake.

    `null` is the number of the null signal, by default the last: the defender never retaliates
    after it. With None it may retaliate after any signal, and the equilibrium need not be unique.

    Raises ValueError for shapes that do not fit, rows that are no probabilities, a cost that is
    not positive, or distributions without `cdf` and `ppf`.
    """

    signals: np.ndarray
    false_alarms: np.ndarray
    benefits: Distribution | Sequence[Distribution]
    stake: Distribution
    cost: float = 1.0
    null: int | None = -1

    def __post_init__(self) -> None:
        signals, alarms = _numbers(self.signals, "signals"), _numbers(self.false_alarms, "false alarms")  # fmt: skip
        if signals.ndim != 2 or not signals.size:
            raise ValueError(f"signals have shape {signals.shape}; expected (suspects, signals)")
        if alarms.shape != signals.shape[1:]:
            raise ValueError(
                f"false alarms have shape {alarms.shape}; expected {signals.shape[1:]}, "
                "one for each signal"
            )
        _check_rows(signals, "signals of a suspect")
        _check_rows(alarms[None], "false alarms")
        if not (np.isfinite(self.cost) and self.cost > 0):
            raise ValueError(f"the cost is {self.cost}; expected a positive number")
        if self.null is not None and self.null not in range(-len(alarms), len(alarms)):
            raise ValueError(
                f"the null signal is number {self.null}; expected one of {len(alarms)}"
            )
        _check_distributions(self.benefits, self.stake, len(signals))
        object.__setattr__(self, "signals", signals)
        object.__setattr__(self, "false_alarms", alarms)
        object.__setattr__(self, "null", None if self.null is None else int(self.null))

    @property
    def suspects(self) -> int:
        """How many they are, n."""
        return len(self.signals)

    def attacks(self, thresholds: np.ndarray) -> np.ndarray:
        """The probability that each suspect attacks given the opportunity, 1 − F(threshold).

        Thresholds are in units of benefit, shape (..., n), as is the result.
        """
        if isinstance(self.benefits, Sequence):
            by = [1.0 - law.cdf(thresholds[..., i]) for i, law in enumerate(self.benefits)]
            return np.stack(by, axis=-1)
        return 1.0 - np.asarray(self.benefits.cdf(thresholds), dtype=float)

    def beliefs(self, attacks: np.ndarray) -> np.ndarray:
        """The probability that each suspect has attacked, by signal, shape (..., n, S).

        Bayes' rule from the probabilities of attack, shape (..., n). After a signal that has no
        probability, beliefs are the limit where whatever never happens has one small chance: that
        of rare attacks, if the signal comes of attacks only.
        """
        guilty = attacks[..., None] * self.signals
        innocent = (1.0 - attacks)[..., None] * self.false_alarms
        seen = (guilty + innocent).sum(axis=-2, keepdims=True)
        possible = (self.signals + self.false_alarms).sum(axis=0)
        unseen = self.signals / np.where(possible > 0, possible, 1.0)
        return np.where(seen > 0, guilty / np.where(seen > 0, seen, 1.0), unseen)

    def retaliation(self, beliefs: np.ndarray) -> np.ndarray:
        """The probability that the defender retaliates against each suspect, by signal.

        That its stake exceeds K(1 − belief); none after the null signal. Shapes are (..., n, S).
        """
        chance = 1.0 - np.asarray(self.stake.cdf(self.cost * (1.0 - beliefs)), dtype=float)
        if self.null is not None:
            chance[..., self.null] = 0.0
        return chance

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most that an answer's thresholds can be, each of shape (n,)."""
        more = self._more
        return np.minimum(more, 0.0).sum(axis=1), np.maximum(more, 0.0).sum(axis=1)

    @property
    def _more(self) -> np.ndarray:
        """By how much an attack raises the probability of each signal that may have an answer."""
        more = self.signals - self.false_alarms
        if self.null is not None:
            more[:, self.null] = 0.0
        return more


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """What suspects and defender do when each answers the others.

    `thresholds` are the benefits above which each suspect attacks, `attacks` the probabilities
    that it does given the opportunity, both of shape (n,). `beliefs` and `retaliation` are those of
    each suspect's guilt and of retaliation against it, by signal, shape (n, S). `residual` is by
    how much thresholds miss the best response. `stable` is whether repeated best responses come
    back to it from nearby: the spectral radius of their Jacobian is below one on either side.

    `unique` is True if there is provably no other equilibrium, False if another was found, and
    None if no other was found from so many starts, which proves nothing.
    """

    thresholds: np.ndarray
    attacks: np.ndarray
    beliefs: np.ndarray
    retaliation: np.ndarray
    residual: float
    stable: bool
    unique: bool | None

    @property
    def attack(self) -> float:
        """The probability of an attack, whoever has the opportunity."""
        return float(self.attacks.mean())


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
    """The thresholds that answer those given, shape (..., n) both, in units of benefit.

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
    chance = game.retaliation(game.beliefs(game.attacks(given)))
    return np.einsum("is,...is->...i", game._more, chance)


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
    than it is without; see `certainly_unique`. Raises ValueError for fewer than two starts or an
    accuracy that is not positive, and ArithmeticError if none is found to `accuracy`, as may be
    where a distribution has atoms.
    """
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


def certainly_unique(game: DeterrenceGame) -> bool:
    """Whether there is provably one equilibrium at most.

    It is so if π_i^s ≥ π_0^s for every suspect and every signal after which the defender may
    retaliate. Of two equilibria take the suspect whose attacks are r > 1 times as many in one as
    in the other, r being largest. The probability of each signal is there at most r times as
    large, so that the suspect is believed guilty no less, meets no less retaliation, and attacks
    no more: a contradiction. The result is that of Baliga, Bueno de Mesquita & Wolitzky (2020).
    Signals that come of attacks only are left out if nobody might attack, as beliefs are then free.
    """
    more = game._more
    if (more < 0).any():
        return False
    answered = (more > 0).any(axis=0)
    somebody = (game.attacks(game.bounds[1]) > 0).all()
    return bool(somebody or (game.false_alarms[answered] > 0).all())


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
        return np.clip(np.stack(by, axis=-1), low, high)
    return np.clip(game.benefits.ppf(quantiles), low, high)


def _alike(game: DeterrenceGame) -> bool:
    """Whether each suspect may be put in the next one's place without changing the game, so that
    the answers to common thresholds are common too."""
    null = np.zeros(len(game.false_alarms))
    if game.null is not None:
        null[game.null] = 1.0
    columns = [np.vstack([rows, game.false_alarms, null]).round(12) for rows in (game.signals, np.roll(game.signals, 1, axis=0))]  # fmt: skip
    one, other = (c[:, np.lexsort(c)] for c in columns)
    if not np.array_equal(one, other):
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
    attacks = game.attacks(at)
    beliefs = game.beliefs(attacks)
    answer = best_response(game, at)
    steps = STEP * np.eye(game.suspects)
    # Row j of each is how answers change with threshold j, on one side; kinks make them differ.
    sides = [sign * (best_response(game, at + sign * steps) - answer) / STEP for sign in (1, -1)]
    radius = max(float(np.abs(np.linalg.eigvals(side)).max()) for side in sides)
    return Equilibrium(
        at,
        attacks,
        beliefs,
        game.retaliation(beliefs),
        float(np.abs(answer - at).max()),
        radius < 1.0,
        unique,
    )


def _numbers(values: Any, name: str) -> np.ndarray:
    numbers = np.array(values, dtype=float)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} hold a value that is no number; expected probabilities")
    numbers.flags.writeable = False
    return numbers


def _check_rows(rows: np.ndarray, name: str) -> None:
    if (rows < 0).any():
        raise ValueError(f"{name} hold the value {rows.min():g}; expected probabilities")
    missing = np.abs(rows.sum(axis=1) - 1.0)
    if missing.max() > 1e-9:
        k = int(missing.argmax())
        raise ValueError(f"{name} sum to {rows[k].sum():g} in row {k}; expected 1, the null signal included")  # fmt: skip


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
