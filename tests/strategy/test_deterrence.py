import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clientela.strategy.deterrence import (
    DeterrenceGame,
    best_response,
    certainly_unique,
    equilibria,
    settled,
    symmetric,
)

UNIFORM = stats.uniform()


def attack(n: int, *arguments: float, **others) -> float:
    (found,) = equilibria(symmetric(n, *arguments, **others))
    return found.attack


def three(benefits=UNIFORM, order=(0, 1, 2), **others) -> DeterrenceGame:
    """Three suspects who differ in how well they are recognised."""
    rows = np.array([[0.6, 0.1, 0.1, 0.2], [0.2, 0.3, 0.1, 0.4], [0.05, 0.1, 0.4, 0.45]])
    return DeterrenceGame(rows[list(order)], np.array([0.02, 0.05, 0.03, 0.9]), benefits, UNIFORM, **others)  # fmt: skip


@pytest.mark.parametrize(("quality", "expected"), [(0.0, 0.6308), (0.9, 0.3547)])
def test_two_suspects_attack_as_often_as_computed_before(quality, expected):
    game = symmetric(2, 0.8, 0.02, quality)
    assert game.signals[0, 0] == pytest.approx(0.8 * (1 + quality) / 2)
    (found,) = equilibria(game)
    assert found.attacks == pytest.approx([expected] * 2, abs=5e-5)
    assert found.unique is True
    assert found.stable


def test_a_lone_suspect_who_is_always_seen_solves_a_quadratic():
    # No false alarm: belief is one, and the threshold 1 − G(0) = 1 times detection.
    assert attack(1, 0.7, 0.0, 1.0) == pytest.approx(0.3)
    # With d = 1, false alarm f and K = 1: x = (1 − f) β, β = a / (f + a(1 − f)), a = 1 − x.
    f = 0.25
    x = 1.0 - attack(1, 1.0, f, 1.0)
    assert x * (f + (1 - x) * (1 - f)) == pytest.approx((1 - f) * (1 - x))


@pytest.mark.parametrize("q", [0.3, 0.8])
def test_bayes_and_attacks_are_those_of_a_simulated_game(q):
    games = [symmetric(2, 0.8, 0.05, q), three([UNIFORM, stats.beta(2, 5), stats.expon(scale=0.4)])]
    rng = np.random.default_rng(3)
    draws = 200_000
    for game in games:
        (found,) = equilibria(game)
        n = game.suspects
        laws = game.benefits if isinstance(game.benefits, list) else [game.benefits] * n
        benefit = np.column_stack([law.rvs(draws, random_state=rng) for law in laws])
        who = rng.integers(n, size=draws)
        attacked = benefit[np.arange(draws), who] > found.thresholds[who]
        rows = np.where(attacked[:, None], game.signals[who], game.false_alarms)
        signal = (rng.random(draws)[:, None] > rows.cumsum(axis=1)[:, :-1]).sum(axis=1)
        wrong = 4 * np.sqrt(found.attack * (1 - found.attack) / draws)
        assert attacked.mean() == pytest.approx(found.attack, abs=wrong)
        for s in range(game.signals.shape[1]):
            seen = signal == s
            for i in range(n):
                belief = found.beliefs[i, s]
                wrong = 4 * np.sqrt(belief * (1 - belief) / seen.sum())
                assert (attacked & (who == i))[seen].mean() == pytest.approx(belief, abs=wrong)


def test_an_attack_gains_above_its_threshold_only_and_the_defender_answers_what_pays():
    # The suspects' and defender's payoffs themselves, without the formula for thresholds.
    game = three(cost=0.8)
    (found,) = equilibria(game)
    stakes = np.linspace(0, 1, 200_001)
    for i in range(3):
        met = np.zeros(4)
        for s in range(3):
            belief = found.beliefs[i, s]
            met[s] = (belief * stakes - (1 - belief) * (game.cost - stakes) > 0).mean()
        extra = game.signals[i] @ met - game.false_alarms @ met
        assert extra == pytest.approx(found.thresholds[i], abs=1e-4)


shares = st.floats(0.0, 1.0)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 4), shares, st.floats(0.0, 0.9), st.floats(0.2, 5), shares, shares)
def test_better_attribution_among_equals_never_raises_attacks(n, detection, alarm, cost, q, other):
    # Provable if chance retaliation is convex in belief, as with uniform stakes, and an attack
    # makes each signal likelier on average; see below for stakes that are nearly the same.
    low, high = sorted((q, other))
    game = [symmetric(n, detection, alarm * detection / n, share, cost=cost) for share in (low, high)]  # fmt: skip
    worse, better = (equilibria(g, starts=4) for g in game)
    assert better[-1].attack <= worse[0].attack + 1e-8
    assert max(e.residual for e in worse + better) < 1e-9


def test_too_much_certainty_in_attribution_can_weaken_deterrence():
    # Baliga, Bueno de Mesquita & Wolitzky (2020): where a vague signal is enough for retaliation
    # against both suspects, a sharper one spares the one that it does not name.
    stake = stats.uniform(0.7, 0.01)
    vague, sharp = (symmetric(2, 0.8, 0.02, q, stake=stake) for q in (0.0, 0.6))
    assert equilibria(sharp)[0].attack > equilibria(vague)[0].attack + 0.02


@settings(deadline=None, max_examples=25)
@given(st.permutations([0, 1, 2]), st.floats(0.3, 3))
def test_the_order_of_suspects_does_not_matter(order, cost):
    laws = [UNIFORM, stats.beta(2, 5), stats.beta(3, 1)]
    (found,) = equilibria(three(laws, cost=cost))
    (moved,) = equilibria(three([laws[i] for i in order], order, cost=cost))
    assert moved.thresholds == pytest.approx(found.thresholds[order], abs=1e-9)
    assert moved.beliefs == pytest.approx(found.beliefs[order], abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 10**6), st.floats(0.3, 5), st.booleans())  # fmt: skip
def test_equilibria_are_fixed_points_and_one_if_that_is_proven(n, signals, seed, cost, more):
    rng = np.random.default_rng(seed)
    alarms = np.append(rng.dirichlet(np.ones(signals)) * 0.2, 0.8)
    rows = rng.dirichlet(np.ones(signals), n) * rng.random((n, 1))
    rows = np.column_stack([rows, 1 - rows.sum(axis=1)])
    if more:
        # Attacks add to every signal but the null signal.
        rows = 0.5 * alarms + np.column_stack([rows[:, :-1] * 0.5, rows[:, -1] * 0.5])
        rows[:, :-1] = np.maximum(rows[:, :-1], alarms[:-1])
        rows[:, -1] = 1 - rows[:, :-1].sum(axis=1)
    laws = [stats.beta(*rng.uniform(0.5, 5, 2)) for _ in range(n)]
    game = DeterrenceGame(rows, alarms, laws, stats.beta(*rng.uniform(0.5, 5, 2)), cost)
    assert certainly_unique(game) or not more
    for found in equilibria(game, starts=6):
        assert found.residual < 1e-9
        assert best_response(game, found.thresholds) == pytest.approx(found.thresholds, abs=1e-9)
        if more:
            # From either end of what is possible the proven equilibrium is the same.
            at = np.array(game.bounds)
            for _ in range(300):
                at = 0.85 * at + 0.15 * best_response(game, at)
            assert np.abs(at - found.thresholds).max() < 1e-6


def test_where_signals_tell_nothing_everybody_attacks():
    alarms = np.array([0.3, 0.2, 0.5])
    for null in (-1, None):
        game = DeterrenceGame(np.tile(alarms, (3, 1)), alarms, UNIFORM, UNIFORM, null=null)
        (found,) = equilibria(game)
        assert found.thresholds == pytest.approx(np.zeros(3))
        assert found.attacks == pytest.approx(np.ones(3))
        assert found.unique is True


def test_whoever_attacks_more_rarely_is_blamed_less_and_so_deterred_less():
    rows = symmetric(2, 0.8, 0.02, 0.0)
    laws = [UNIFORM, stats.uniform(0, 0.6)]
    (found,) = equilibria(DeterrenceGame(rows.signals, rows.false_alarms, laws, UNIFORM))
    assert found.attacks[1] < found.attacks[0]
    assert (found.beliefs[1] < found.beliefs[0]).all()
    assert found.thresholds[1] < found.thresholds[0]


def test_one_suspect_who_grows_more_aggressive_makes_the_others_so():
    # The strategic complementarity of Baliga, Bueno de Mesquita & Wolitzky (2020).
    (before,) = equilibria(three([UNIFORM] * 3))
    (after,) = equilibria(three([stats.uniform(0.3, 1), UNIFORM, UNIFORM]))
    assert (after.attacks > before.attacks + 1e-4).all()


def test_retaliation_after_silence_makes_a_second_equilibrium():
    # If both surely attack, signals that name nobody well leave belief at one half, whatever is
    # seen; retaliation is as likely after silence, so that it deters nobody.
    game = symmetric(2, 0.8, 0.02, 0.0, after_null=True)
    deterred, all_attack = equilibria(game)
    assert deterred.attack == pytest.approx(0.7942, abs=5e-5)
    assert all_attack.attacks == pytest.approx([1, 1])
    assert all_attack.beliefs == pytest.approx(np.full((2, 3), 0.5))
    assert (deterred.stable, all_attack.stable) == (True, False)
    assert deterred.unique is False
    assert all_attack.unique is False


def test_three_equilibria_of_a_lone_suspect_are_all_found_by_the_scan():
    # The defender retaliates almost surely or almost never, as belief is above or below 0.7; so
    # attacks that are sure are punished whatever is seen, and rare ones if they are seen.
    game = DeterrenceGame(np.array([[0.5, 0.5]]), np.array([0.1, 0.9]), stats.beta(6, 14), stats.norm(0.3, 0.05), null=None)  # fmt: skip
    found = equilibria(game, starts=2)
    x = np.linspace(*game.bounds, 100_001)
    signs = np.sign(best_response(game, x)[:, 0] - x[:, 0])
    crossings = (np.diff(signs) != 0).sum()
    assert len(found) == crossings == 3
    assert [e.unique for e in found] == [False] * 3


def test_no_false_alarms_with_attackers_deterred_outright_keep_beliefs_of_the_limit():
    # Benefits below what is surely met: nobody attacks, and a signal would still be believed.
    game = symmetric(2, 0.9, 0.0, 1.0, benefits=stats.uniform(0, 0.5))
    (found,) = equilibria(game)
    assert found.attacks == pytest.approx([0, 0])
    assert found.thresholds == pytest.approx([0.9, 0.9])
    assert found.beliefs[:, :2] == pytest.approx(np.eye(2))
    assert found.unique is None


class SureBenefit:
    """An attack is worth one half for sure."""

    def cdf(self, x):
        return np.where(np.asarray(x) >= 0.5, 1.0, 0.0)

    def ppf(self, q):
        return np.full(np.shape(q), 0.5)


def test_a_benefit_that_is_sure_can_leave_no_equilibrium():
    # Who surely attacks is surely punished, and who never does is not even suspected.
    with pytest.raises(ArithmeticError, match="no equilibrium was found"):
        equilibria(symmetric(1, 1.0, 0.2, 1.0, benefits=SureBenefit()))


GOOD = {
    "signals": [[0.5, 0.5], [0.4, 0.6]],
    "false_alarms": [0.1, 0.9],
    "benefits": UNIFORM,
    "stake": UNIFORM,
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"signals": [[0.5, 0.5], [0.4, 0.5]]}, "sum to 0.9 in row 1; expected 1"),
        ({"signals": [[0.5, 0.5], [1.1, -0.1]]}, "hold the value -0.1"),
        ({"signals": [[0.5, 0.5], [np.nan, 1]]}, "no number"),
        ({"signals": [0.5, 0.5]}, r"signals have shape \(2,\)"),
        ({"signals": np.zeros((0, 2))}, r"signals have shape \(0, 2\)"),
        ({"false_alarms": [0.1, 0.8]}, "false alarms sum to 0.9"),
        ({"false_alarms": [1.0]}, r"false alarms have shape \(1,\); expected \(2,\)"),
        ({"false_alarms": [np.inf, 0]}, "no number"),
        ({"chances": [0.5, 0.0]}, "the chance is 0.0; expected a positive number"),
        ({"chances": [1.0]}, r"chances have shape \(1,\) and the scale \(\); expected \(2,\)"),
        ({"scale": [1.0, 2.0, 3.0]}, r"the scale \(3,\); expected \(2,\)"),
        ({"scale": -1.0}, "the scale is -1.0"),
        ({"cost": [1, 2], "chances": np.ones((3, 2))}, r"cost \(2,\), chances \(3,\)"),
        ({"cost": 0.0}, "the cost is 0.0; expected a positive number"),
        ({"cost": np.nan}, "the cost is nan"),
        ({"null": 2}, "the null signal is number 2; expected one of 2"),
        ({"benefits": [UNIFORM] * 3}, "3 distributions of benefits; expected 1 or 2"),
        ({"stake": 0.5}, "0.5 is no distribution"),
        ({"stake": stats.uniform(0, -1)}, "gives nan for a probability"),
    ],
)
def test_games_that_are_none_are_said(change, said):
    with pytest.raises(ValueError, match=said):
        DeterrenceGame(**(GOOD | change))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0, 0.8, 0.0, 0.5), "0 suspects"),
        ((2, 1.8, 0.0, 0.5), "the detection is 1.8; expected 0 to 1"),
        ((2, 0.8, 0.6, 0.5), "the false alarm is 0.6; expected 0 to 0.5"),
        ((2, 0.8, 0.1, np.nan), "the quality is nan; expected 0 to 1"),
    ],
)
def test_symmetric_games_out_of_range_are_said(arguments, said):
    with pytest.raises(ValueError, match=said):
        symmetric(*arguments)


def test_what_cannot_be_solved_is_said():
    game = symmetric(2, 0.8, 0.02, 0.5)
    with pytest.raises(ValueError, match="1 starts"):
        equilibria(game, starts=1)
    with pytest.raises(ValueError, match=r"accuracy is 0\.0"):
        equilibria(game, accuracy=0.0)
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        best_response(game, np.zeros(3))
    with pytest.raises(ValueError, match="no numbers"):
        best_response(game, np.array([0.1, np.nan]))
    with pytest.raises(ValueError, match=r"accuracy is 0\.0"):
        settled(game, accuracy=0.0)
    with pytest.raises(ValueError, match=r"batch of games of shape \(2,\); expected one game"):
        equilibria(DeterrenceGame(game.signals, game.false_alarms, UNIFORM, UNIFORM, [1.0, 2.0]))


# -- unequal chances, and many games at once ---------------------------------------------------


def batch(n: int = 3, games: int = 60, seed: int = 2) -> DeterrenceGame:
    """Games in which an attacker is named more often than others, some with steep answers."""
    rng = np.random.default_rng(seed)
    named = np.where(
        np.eye(n), rng.uniform(0.1, 0.9, (games, 1, 1)), rng.uniform(0, 0.1, (games, n, n)) / n
    )
    alarms = rng.uniform(0.002, 0.1, (games, n)) / n
    return DeterrenceGame(
        np.concatenate([named, 1 - named.sum(axis=-1, keepdims=True)], axis=-1),
        np.concatenate([alarms, 1 - alarms.sum(axis=-1, keepdims=True)], axis=-1),
        UNIFORM, UNIFORM, rng.uniform(0.3, 3, games), chances=rng.uniform(0.01, 1, (games, n)),
        scale=rng.uniform(0.3, 3, (games, 1)),
    )  # fmt: skip


def alone(games: DeterrenceGame, k: int, **others) -> DeterrenceGame:
    """One of a batch with one axis."""
    return DeterrenceGame(
        games.signals[k], games.false_alarms[k], games.benefits, games.stake, games.cost[k],
        chances=games.chances[k], scale=games.scale[k], **others,
    )  # fmt: skip


@pytest.mark.parametrize("n", [1, 3, 5])
def test_a_batch_settles_where_each_game_has_its_equilibrium_of_fewest_attacks(n):
    games = batch(n)
    found, only = settled(games), certainly_unique(games)
    assert found.residual.max() < 1e-9
    for k in range(60):
        one = equilibria(alone(games, k), starts=8)
        assert certainly_unique(alone(games, k)) == only[k]
        if only[k]:
            assert len(one) == 1
        nearest = min(one, key=lambda e: np.abs(e.thresholds - found.thresholds[k]).max())
        assert found.thresholds[k] == pytest.approx(nearest.thresholds, abs=1e-7)
        assert found.attack[k] == pytest.approx(one[0].attack, abs=1e-7)
        assert found.beliefs[k] == pytest.approx(nearest.beliefs, abs=1e-5)


def test_games_so_steep_that_they_do_not_settle_together_are_solved_alone():
    """Where what is gained is little and nearly every alarm is true, suspicion is all or nothing."""
    rng = np.random.default_rng(0)
    named = rng.uniform(0.8, 1, 400)[:, None, None]
    games = DeterrenceGame(
        np.concatenate([named, 1 - named], axis=-1), np.array([0.001, 0.999]), UNIFORM, UNIFORM,
        rng.uniform(0.1, 5, 400), scale=np.full((400, 1), 0.1),
    )  # fmt: skip
    found = settled(games)
    assert found.residual.max() < 1e-9
    assert (found.attacks < 0.05).all()


def by_enumeration(game: DeterrenceGame, attacks: np.ndarray) -> np.ndarray:
    """Beliefs by signal from every case: who has the opportunity, whether it attacks, what is seen."""
    n, signals = game.signals.shape
    joint = np.zeros((n + 1, signals))
    for who in range(n):
        for s in range(signals):
            joint[who, s] += game.chances[who] * attacks[who] * game.signals[who, s]
            joint[n, s] += game.chances[who] * (1 - attacks[who]) * game.false_alarms[s]
    return joint[:n] / joint.sum(axis=0)


def test_beliefs_with_unequal_chances_are_those_of_every_case_counted():
    games = batch()
    for k in range(10):
        game = alone(games, k)
        attacks = np.random.default_rng(k).random(3)
        assert game.beliefs(attacks) == pytest.approx(by_enumeration(game, attacks))
        assert game.chances.sum() == pytest.approx(1.0)


@settings(deadline=None, max_examples=30)
@given(st.floats(1.0, 50.0), st.floats(0.2, 0.9), st.floats(0.001, 0.05))
def test_who_has_more_opportunities_is_believed_guilty_and_answered_sooner(more, known, alarm):
    named = np.where(np.eye(2), known, 0.2 * (1 - known))
    signals = np.column_stack([named, 1 - named.sum(axis=1)])
    alarms = np.array([alarm, alarm, 1 - 2 * alarm])
    game = DeterrenceGame(signals, alarms, UNIFORM, UNIFORM, chances=[more, 1.0])
    found = settled(game)
    assert found.beliefs[0, 0] >= found.beliefs[1, 1] - 1e-9
    assert found.retaliation[0, 0] >= found.retaliation[1, 1] - 1e-9
    assert found.attacks[0] <= found.attacks[1] + 1e-9


def test_a_scale_is_a_stretched_distribution():
    (one,) = equilibria(three(scale=1.5))
    (other,) = equilibria(three(stats.uniform(0, 1.5)))
    assert one.thresholds == pytest.approx(other.thresholds, abs=1e-9)
    assert one.attacks == pytest.approx(other.attacks, abs=1e-9)


def test_leading_axes_broadcast():
    game = symmetric(2, 0.8, 0.02, 0.5)
    costs = np.array([[0.5], [1.0], [2.0]])
    scales = np.array([0.8, 1.0, 1.2, 2.0])[:, None]
    games = DeterrenceGame(game.signals, game.false_alarms, UNIFORM, UNIFORM, costs, scale=scales)
    assert games.batch == (3, 4)
    found = settled(games)
    assert found.attacks.shape == (3, 4, 2)
    assert found.attack.shape == found.residual.shape == certainly_unique(games).shape == (3, 4)
    # Retaliation that is dearer deters less, and so do attacks that are worth more.
    assert (np.diff(found.attack, axis=0) > 0).all()
    assert (np.diff(found.attack, axis=1) > 0).all()
    assert found.attack[1, 1] == pytest.approx(equilibria(game)[0].attack)
