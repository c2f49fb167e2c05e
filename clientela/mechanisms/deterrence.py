"""Suspects and a victim that act on their interests: the equilibrium of deterrence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from clientela.mechanisms.drafting import Draft, Values
from clientela.process import Add, AddMark, Branch, Choice, Coefficient, Effect, total

if TYPE_CHECKING:
    from clientela.strategy.deterrence import DeterrenceGame, Play

# The least probability of an attack that others are compared with: of a suspect that is deterred
# for certain nothing can be said. The least of rates, which divide. And the least of false alarms:
# where they never come, any suspicion is a certainty and the game has no solution in numbers.
NEARLY, RAREST, SUREST = 1e-2, 1e-9, 1e-3


# What follows if an attacker is identified, is misread, and is not known.
Follows: TypeAlias = tuple[list[Effect], list[Effect], list[Effect]]


def add_deterrence(draft: Draft, s: Values, victim: str, suspects: list[str]) -> dict[str, Follows]:
    """Lets the suspects attack as boldly as the game has them, and adds false alarms.

    Returns what follows an attack, by attacker.
    """
    n = range(len(suspects))
    attacks = [draft.process.events[f"attack:{suspect}>{victim}"] for suspect in suspects]
    game = draft.process.solver(
        f"deterrence:{victim}",
        play,
        [*(f"bold{i}" for i in n), *(f"answer{i}_{k}" for i in n for k in n), "alarms"],
        identified=s.identified,
        misread=s.misread,
        usual=s.usual,
        false_alarm=s.false_alarm,
        gain=s.gain,
        innocent=s.innocent,
        **{f"rate{i}": attack.rate for i, attack in enumerate(attacks)},
    )

    def named(numbers: list[int]) -> list[Effect]:
        """The blame that follows if one of these suspects is named, each as likely as the others."""
        effects: list[Effect] = []
        for i in n if numbers else ():
            chances = [game[f"answer{i}_{k}"] for k in numbers]
            effects += blame(s, victim, suspects[i], total(chances) / len(chances))
        return effects

    follows: dict[str, Follows] = {}
    for i, suspect in enumerate(suspects):
        bold = draft.process.variable(f"bold:{suspect}@{victim}", start=game[f"bold{i}"],
                                      meaning=f"log points by which {suspect} attacks {victim} more than at the usual attribution")  # fmt: skip
        attacks[i].modulate(bold.name, 1.0)
        follows[suspect] = (named([i]), named([k for k in n if k != i]), [])
    alarm = draft.process.event(f"alarm:{victim}", rate=game["alarms"],
                                meaning=f"{victim} takes for an attack what was none")  # fmt: skip
    alarm.choose(Choice("blamed", [Branch(a, effects=named([i])) for i, a in enumerate(suspects)]))
    return follows


def blame(s: Values, victim: str, suspect: str, share: Coefficient) -> list[Effect]:
    """Blame on a suspect for the attack at hand: that share of the strikes it calls for."""
    name = f"blame:{suspect}@{victim}"
    return [Add(name, s.strike * share), AddMark(name, s.deadly_strike * share)]


def problem(
    *, known: Any, misread: Any, false_alarm: Any, gain: Any, innocent: Any, **rates: Any
) -> DeterrenceGame:
    """The game of a victim and its suspects where an attacker is identified with probability `known`.

    `rates` are the suspects' background attacks, events per day: who attacks more often is taken to
    have had the opportunity more often. The others are settings of `attribution`. Each is a number
    or of shape (draws,), which is that of the batch of games.
    """
    # Here, since SciPy's distributions take half a second that a run by rates need not pay.
    from scipy.stats import uniform

    from clientela.strategy.deterrence import DeterrenceGame

    known, misread, alarm, gain, innocent, *rate = np.broadcast_arrays(
        known, misread, np.maximum(false_alarm, SUREST), gain, innocent, *rates.values()
    )
    n = len(rate)
    astray = (1.0 - known) * misread / max(n - 1, 1) if n > 1 else np.zeros_like(known)
    named = np.where(np.eye(n, dtype=bool), known[..., None, None], astray[..., None, None])
    alarms = np.repeat(alarm[..., None] / n, n, axis=-1)
    return DeterrenceGame(
        signals=_with_null(named),
        false_alarms=_with_null(alarms),
        benefits=uniform(),
        stake=uniform(),
        cost=innocent,
        chances=np.maximum(np.stack(rate, axis=-1), RAREST),
        scale=gain[..., None],
    )


def _with_null(named: np.ndarray) -> np.ndarray:
    """The probabilities of naming each suspect, and that of naming nobody."""
    nobody = np.maximum(1.0 - named.sum(axis=-1, keepdims=True), 0.0)
    return np.concatenate([named, nobody], axis=-1)


def settle(*, identified: Any, usual: Any, **given: Any) -> tuple[Play, Play]:
    """How the game settles, and how at the usual attribution, one less `usual`."""
    from clientela.strategy.deterrence import settled

    now, then = problem(known=identified, **given), problem(known=1.0 - np.asarray(usual), **given)
    return settled(now), settled(then)


def play(**given: Any) -> dict[str, Any]:
    """What the arguments of `settle` come to, by name, each a number or of shape (draws,).

    `bold0`, … are the log ratios of the suspects' attacks to those at the usual attribution, at
    which background rates hold; `answer0_1` is the probability of retaliation against suspect 0 if
    suspect 1 is named, and `alarms` the rate of false alarms, events per day.
    """
    now, then = settle(**given)
    rates = [given[name] for name in given if name.startswith("rate")]
    found: dict[str, Any] = {"alarms": 0.0}
    false_alarm = np.maximum(given["false_alarm"], SUREST)
    for i, rate in enumerate(rates):
        attacks, before = now.attacks[..., i], np.maximum(then.attacks[..., i], NEARLY)
        found[f"bold{i}"] = np.log(np.maximum(attacks, NEARLY * before) / before)
        # Opportunities that are let pass, as many as there must be for the background rate.
        found["alarms"] = found["alarms"] + rate / before * (1.0 - attacks) * false_alarm
        for k in range(len(rates)):
            found[f"answer{i}_{k}"] = now.retaliation[..., i, k]
    return found
