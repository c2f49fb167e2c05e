import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clientela.strategy.control import (
    Control,
    ControlProblem,
    dearest,
    indirect_control,
    recursive_control,
)

EASY = ControlProblem(
    discount=0.9,
    disturbance_cost=1.0,
    disturbed_idle=0.6,
    disturbed_effort=0.2,
    disturbed_intervening=0.4,
    intervention_cost=0.3,
    effort_cost=0.05,
)
HARD = replace(EASY, effort_cost=0.20)  # interventions have to last
RELUCTANT = replace(EASY, disturbed_intervening=0.225)  # the patron would not carry out the best
RISKY = replace(EASY, disturbed_intervening=0.7, effort_cost=0.1)  # π_p > π₀
SOLVED = {"easy": EASY, "hard": HARD, "reluctant": RELUCTANT, "risky": RISKY}
over_solved = pytest.mark.parametrize("problem", SOLVED.values(), ids=SOLVED.keys())

# Drawn so that the patron is in control in most of them, and not in all.
problems = st.builds(
    ControlProblem,
    discount=st.floats(0.7, 0.97),
    disturbance_cost=st.floats(0.3, 3),
    disturbed_idle=st.floats(0.4, 1),
    disturbed_effort=st.floats(0, 0.3),
    disturbed_intervening=st.floats(0.1, 1),
    intervention_cost=st.floats(0.02, 0.5),
    effort_cost=st.floats(0.001, 0.2),
    sharpness=st.floats(0.3, 4),
    autonomy=st.floats(0, 1),
    weakness=st.floats(0, 1),
)


@pytest.mark.parametrize(
    ("problem", "intensity", "value"), [(EASY, 1.05, -2.215), (HARD, 1.32, -3.118)]
)
def test_the_targets_are_reproduced(problem: ControlProblem, intensity: float, value: float):
    # Two-phase form of Padró i Miquel & Yared (2012), worked out by hand for these numbers.
    found = indirect_control(problem)
    assert round(found.intensity, 2) == intensity
    assert round(found.value_delegating, 3) == value
    assert found.controls
    assert found.value == found.value_delegating


def missed(problem: ControlProblem, found: Control) -> list[float]:
    """By how much the four values miss their Bellman equations, and effort its constraint."""
    beta, p, d = problem.discount, found.start, found.persistence
    chi, calm = problem.disturbance_cost, problem.disturbed_effort
    loss = 1 - math.exp(-problem.sharpness / (1 + problem.autonomy) * found.intensity)
    effort = problem.effort_cost * (1 + problem.autonomy)
    price = problem.intervention_cost * (1 + problem.weakness)
    wc, wi = found.value_delegating, found.value_intervening
    uc, ui = found.client_delegating, found.client_intervening
    intervening = -problem.disturbed_intervening * chi - price * found.intensity
    return [
        -effort + beta * (calm * p * ui + (1 - calm * p) * uc) - uc,
        -loss + beta * (d * ui + (1 - d) * uc) - ui,
        -calm * chi + beta * (calm * p * wi + (1 - calm * p) * wc) - wc,
        intervening + beta * (d * wi + (1 - d) * wc) - wi,
        beta * p * (problem.disturbed_idle - calm) * (uc - ui) - effort,
    ]


@over_solved
def test_values_obey_the_bellman_equations_and_effort_just_pays(problem: ControlProblem):
    assert np.abs(missed(problem, indirect_control(problem))).max() < 1e-9


@given(problem=problems)
@settings(max_examples=150, deadline=None)
def test_what_is_found_is_an_equilibrium(problem: ControlProblem):
    found = indirect_control(problem)
    idle, intervening = problem.disturbed_idle, problem.disturbed_intervening
    outside = -min(idle, intervening) * problem.disturbance_cost / (1 - problem.discount)
    if not found.controls:
        assert found.why
        assert found.value == pytest.approx(outside)
        assert math.isnan(found.value_delegating)
        return
    assert found.why == ""
    assert 0 < found.start <= 1
    assert 0 <= found.persistence < 1
    assert found.start == 1 or found.persistence == 0  # the shortest interventions
    assert found.length == pytest.approx(1 / (1 - found.persistence))
    assert np.abs(missed(problem, found)).max() < 1e-9
    assert found.value_intervening >= outside - 1e-9
    assert found.value_delegating >= found.value_intervening


def directly(
    problem: ControlProblem, start: np.ndarray, persistence: np.ndarray, i: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(W_C, W_I, U_C − U_I) of the chain by start, persistence and intensity."""
    beta, calm, chi = problem.discount, problem.disturbed_effort, problem.disturbance_cost
    moves = np.zeros((len(i), 2, 2))
    moves[:, 0, 0], moves[:, 0, 1] = 1 - calm * start, calm * start
    moves[:, 1, 0], moves[:, 1, 1] = 1 - persistence, persistence
    pays = np.zeros((len(i), 2, 2))  # phase, player
    pays[:, 0] = [-calm * chi, -problem.effort_cost]
    pays[:, 1, 0] = -problem.disturbed_intervening * chi - problem.intervention_cost * i
    pays[:, 1, 1] = -(1 - np.exp(-problem.sharpness * i))
    values = np.linalg.solve(np.eye(2) - beta * moves, pays)
    return values[:, 0, 0], values[:, 1, 0], values[:, 0, 1] - values[:, 1, 1]


@over_solved
def test_no_other_start_persistence_and_intensity_do_better(problem: ControlProblem):
    # Over a grid of all three, with the chain's values and neither κ nor F nor r.
    found = indirect_control(problem)
    d, i = (x.ravel() for x in np.meshgrid(np.linspace(0, 0.98, 50), np.linspace(0.01, 4, 200)))
    floor = -min(problem.disturbed_idle, problem.disturbed_intervening) / (1 - problem.discount)
    gain = problem.disturbed_idle - problem.disturbed_effort
    best = -np.inf
    for start in np.linspace(0.02, 1, 50):
        wc, wi, feared = directly(problem, np.full(len(i), start), d, i)
        works = problem.discount * start * gain * feared >= problem.effort_cost
        best = max(best, wc[works & (wi >= floor)].max(initial=-np.inf))
    assert best <= found.value + 1e-9
    assert best == pytest.approx(found.value, abs=0.02)


@pytest.mark.parametrize("problem", [EASY, HARD], ids=["easy", "hard"])
def test_played_out_the_patron_gets_its_value_and_intervenes_as_often(problem: ControlProblem):
    found = indirect_control(problem)
    random = np.random.default_rng(7)
    runs, periods = 20_000, 200  # 0.9²⁰⁰ is 10⁻⁹
    intervenes = np.zeros(runs, dtype=bool)
    patron, client, share, rate = (np.zeros(runs) for _ in range(4))
    for t in range(periods):
        chance = np.where(intervenes, problem.disturbed_intervening, problem.disturbed_effort)
        disturbed = random.random(runs) < chance
        spent = problem.intervention_cost * found.intensity * intervenes
        suffers = np.where(intervenes, 1 - math.exp(-found.intensity), problem.effort_cost)
        patron -= 0.9**t * (problem.disturbance_cost * disturbed + spent)
        client -= 0.9**t * suffers
        if t >= periods // 2:  # it has forgotten by then that it began delegating
            share += intervenes / (periods // 2)
            rate += disturbed / (periods // 2)
        starts = disturbed & (random.random(runs) < found.start)
        lasts = random.random(runs) < found.persistence
        intervenes = np.where(intervenes, lasts, starts)
    for played, theory in (
        (patron, found.value_delegating),
        (client, found.client_delegating),
        (share, found.share_intervening),
        (rate, found.disturbances),
    ):
        assert abs(played.mean() - theory) < 4 * played.std() / math.sqrt(runs)


@over_solved
def test_recursion_over_promises_finds_the_same_value(problem: ControlProblem):
    recursive = recursive_control(problem)
    found = indirect_control(problem)
    assert recursive.value <= found.value + 1e-8  # the grid only takes promises away
    assert recursive.value == pytest.approx(found.value, abs=5e-5)
    assert recursive.promises[-1] == pytest.approx(found.client_delegating)


@pytest.mark.parametrize("problem", [EASY, HARD, RISKY], ids=["easy", "hard", "risky"])
def test_two_phases_are_best_for_their_promises_and_leniency_better_to_begin(
    problem: ControlProblem,
):
    found, lenient = indirect_control(problem), recursive_control(problem, lenient=True)
    for promise, value in (
        (found.client_delegating, found.value_delegating),
        (found.client_intervening, found.value_intervening),
    ):
        kept = np.interp(promise, lenient.promises, lenient.values)
        assert kept == pytest.approx(value, abs=1e-6)
    assert lenient.value > found.value + 0.05
    assert lenient.promises[lenient.values.argmax()] > found.client_delegating


def test_rewards_after_an_intervention_help_a_reluctant_patron_to_carry_it_out():
    found, lenient = indirect_control(RELUCTANT), recursive_control(RELUCTANT, lenient=True)
    kept = np.interp(found.client_delegating, lenient.promises, lenient.values)
    assert kept > found.value_delegating + 0.003


def test_leniency_may_keep_control_where_two_phases_lose_it():
    problem = replace(EASY, effort_cost=0.3)
    assert not indirect_control(problem).controls
    assert not recursive_control(problem).controls
    assert recursive_control(problem, lenient=True).value > problem.outside + 1


@given(problem=problems)
@settings(max_examples=12, deadline=None)
def test_recursion_agrees_and_leniency_never_hurts(problem: ControlProblem):
    found = indirect_control(problem)
    recursive = recursive_control(problem, cells=101)
    lenient = recursive_control(problem, lenient=True, cells=101)
    if recursive.controls:  # right at the edge a grid may miss what is there, never add to it
        assert found.controls
        assert recursive.value == pytest.approx(found.value, rel=5e-3)
    # With leniency it may always stop asking for effort.
    assert lenient.value >= max(
        problem.outside, recursive.value if recursive.controls else -np.inf
    ) - 1e-4 * abs(problem.outside)


@given(problem=problems, more=st.floats(0.01, 2))
@example(problem=EASY, more=1.0)
@example(problem=RELUCTANT, more=0.05)
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("what", ["autonomy", "weakness", "effort_cost", "intervention_cost"])
def test_own_means_weak_commanders_and_costs_never_help_the_patron(
    what: str, problem: ControlProblem, more: float
):
    raised = replace(problem, **{what: getattr(problem, what) + more})
    before, after = indirect_control(problem), indirect_control(raised)
    assert after.value <= before.value + 1e-9
    assert before.controls or not after.controls


def test_each_of_them_costs_a_patron_in_control():
    before = indirect_control(EASY)
    for what in ("autonomy", "weakness", "effort_cost"):
        after = indirect_control(replace(EASY, **{what: getattr(EASY, what) + 0.05}))
        assert after.controls
        assert after.value < before.value - 1e-3


@given(problem=problems)
@settings(max_examples=100, deadline=None)
def test_no_intervention_that_the_patron_would_carry_out_gets_it_more(problem: ControlProblem):
    found = indirect_control(problem)
    plain = replace(
        problem,
        effort_cost=problem.effort,
        intervention_cost=problem.price,
        sharpness=problem.bite,
        autonomy=0,
        weakness=0,
    )
    assert indirect_control(plain).value == pytest.approx(found.value)
    # Every length of punishment: it may start seldom and be short, or be sure and last.
    starts = np.concatenate([np.linspace(0.005, 1, 200), np.ones(200)])
    lasts = np.concatenate([np.zeros(200), np.linspace(0, 0.999, 200)])
    gain = plain.disturbed_idle - plain.disturbed_effort
    around = found.intensity if found.controls else 1 / plain.sharpness
    for i in around * np.array([0.2, 0.5, 0.9, 0.999, 1.001, 1.1, 2, 4]):
        wc, wi, feared = directly(plain, starts, lasts, np.full(400, i))
        works = plain.discount * starts * gain * feared >= plain.effort_cost + 1e-12
        best = wc[works & (wi >= plain.outside + 1e-12)].max(initial=-np.inf)
        assert best <= found.value + 1e-9
        if not found.controls:
            assert best == -np.inf or best < found.value


def test_interventions_have_to_last_where_effort_is_dear():
    easy, hard = indirect_control(EASY), indirect_control(HARD)
    assert easy.length == 1
    assert hard.start == 1
    assert hard.length == pytest.approx(1.329, abs=1e-3)


def test_a_reluctant_patron_takes_the_harshest_intervention_that_it_would_carry_out():
    found = indirect_control(RELUCTANT)
    assert found.value_intervening == pytest.approx(RELUCTANT.outside, abs=1e-9)
    assert found.persistence == 0


def test_control_fails_where_no_intensity_punishes_enough():
    found = indirect_control(replace(EASY, effort_cost=0.6))
    assert not found.controls
    assert found.why.startswith("no intensity")
    assert found.value == pytest.approx(-4)  # −π_p χ / (1 − β)
    assert (found.share_intervening, found.disturbances) == (1, 0.4)
    assert not recursive_control(replace(EASY, effort_cost=0.6)).controls


def test_control_fails_where_the_patron_would_not_keep_intervening():
    for problem in (replace(EASY, effort_cost=0.45), replace(HARD, weakness=4)):
        found = indirect_control(problem)
        assert found.why.startswith("the patron would not keep intervening")
        assert not recursive_control(problem).controls
    alone = indirect_control(replace(EASY, disturbed_intervening=0.7, effort_cost=0.45))
    assert "leaving the client alone" in alone.why
    assert alone.value == pytest.approx(-6)
    assert (alone.share_intervening, alone.disturbances) == (0, 0.6)


def test_control_fails_where_the_patron_itself_does_as_well_as_effort():
    found = indirect_control(replace(EASY, disturbed_intervening=0.2))
    assert found.why.startswith("delegating is worse")
    assert found.value == pytest.approx(-2)
    assert not recursive_control(replace(EASY, disturbed_intervening=0.2)).controls


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"discount": 1.0}, "discount is 1.0; expected between 0 and 1"),
        ({"discount": 0.0}, "discount is 0.0"),
        ({"discount": math.nan}, "discount is nan"),
        (
            {"disturbed_effort": 0.7},
            "disturbed_effort is 0.7; expected no more than disturbed_idle, 0.6",
        ),
        ({"disturbed_idle": 1.2}, "disturbed_idle is 1.2; expected 0 to 1"),
        ({"disturbed_intervening": math.nan}, "disturbed_intervening is nan"),
        ({"disturbance_cost": -1.0}, "disturbance_cost is -1.0; expected a number above 0"),
        ({"intervention_cost": 0.0}, "intervention_cost is 0.0"),
        ({"effort_cost": -0.1}, "effort_cost is -0.1"),
        ({"effort_cost": math.inf}, "effort_cost is inf"),
        ({"sharpness": math.nan}, "sharpness is nan"),
        ({"autonomy": -0.5}, "autonomy is -0.5; expected 0 or more"),
        ({"weakness": math.nan}, "weakness is nan"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(wrong: dict[str, float], says: str):
    with pytest.raises(ValueError, match=says):
        replace(EASY, **wrong)


def test_a_grid_too_coarse_is_refused():
    with pytest.raises(ValueError, match="there are 3 cells; expected 20 or more"):
        recursive_control(EASY, cells=3)


def test_many_problems_at_once_are_each_solved_as_one_alone():
    """Field by field, in a batch of two axes with a field that broadcasts."""
    rng = np.random.default_rng(4)
    drawn = {
        "discount": rng.uniform(0.5, 0.98, (40, 1)), "disturbed_idle": rng.uniform(0.3, 1, (40, 5)),
        "disturbed_effort": rng.uniform(0, 0.3, (40, 5)), "disturbed_intervening": rng.uniform(0, 1, (40, 5)),
        "intervention_cost": rng.uniform(0.02, 1, 5), "effort_cost": rng.uniform(0.001, 0.4, (40, 5)),
        "autonomy": rng.uniform(0, 2, (40, 5)), "weakness": rng.uniform(0, 2, (40, 5)),
    }  # fmt: skip
    many = ControlProblem(**(vars(EASY) | drawn))
    found, prices = indirect_control(many), np.asarray(dearest(many))
    assert found.intensity.shape == prices.shape == many.shape == (40, 5)
    assert 20 < found.controls.sum() < 180
    assert len(set(found.why.ravel())) == 5  # every way to fail, and success
    for place in np.ndindex(40, 5):
        given = {k: float(np.broadcast_to(v, (40, 5))[place]) for k, v in vars(many).items()}
        one = indirect_control(ControlProblem(**given))
        for each in fields(Control):
            mine, other = getattr(one, each.name), getattr(found, each.name)[place]
            assert type(mine) in (bool, str, float)
            assert mine == other or mine == pytest.approx(other, rel=1e-6, nan_ok=True), each.name
        assert dearest(ControlProblem(**given)) == pytest.approx(prices[place], rel=1e-9)


@given(problem=problems)
@settings(max_examples=100, deadline=None)
def test_control_holds_up_to_the_dearest_price_and_not_beyond(problem: ControlProblem):
    most = dearest(problem)

    def holds(price: float) -> bool:
        return bool(
            indirect_control(replace(problem, intervention_cost=price, weakness=0)).controls
        )

    if most == 0.0:
        assert not holds(1e-9)
    else:
        assert holds(most * (1 - 1e-9))
        assert not holds(most * (1 + 1e-6))
    # What an intervention costs now, commander included, does not change what it may cost.
    assert dearest(replace(problem, intervention_cost=0.9, weakness=3.0)) == most


def test_the_dearest_price_is_the_one_beyond_which_no_chain_of_phases_pays():
    """By brute force over start, persistence and intensity, for which values solve a linear system."""
    for problem in (EASY, HARD, RELUCTANT, RISKY):
        grid = np.meshgrid(
            np.linspace(0.02, 1, 50), np.linspace(0, 0.98, 50), np.linspace(0.05, 6, 120)
        )
        p, d, i = (axis.ravel() for axis in grid)

        def pays(price: float, problem: ControlProblem = problem, p=p, d=d, i=i) -> bool:
            dear = replace(problem, intervention_cost=price)
            delegating, intervening, lost = directly(dear, p, d, i)
            gain = problem.disturbed_idle - problem.disturbed_effort
            works = problem.discount * p * gain * lost >= problem.effort
            # Delegating must be worth it too, or the patron would not go back to it.
            willing = (intervening >= problem.outside) & (delegating >= problem.outside)
            return bool((works & willing).any())

        most = dearest(problem)
        assert pays(0.95 * most)
        assert not pays(1.001 * most)


@pytest.mark.parametrize(
    "change",
    [
        {"sharpness": 0.0},
        {"disturbed_effort": 0.6},
        {"effort_cost": 1.5},
        {"disturbed_intervening": 0.1},
    ],
)
def test_where_nothing_can_be_done_no_price_is_low_enough(change):
    problem = replace(EASY, **change)
    assert dearest(problem) == 0.0
    found = indirect_control(problem)
    assert not found.controls
    assert found.why


def test_arrays_that_do_not_fit_and_a_bad_value_among_good_ones_are_said():
    with pytest.raises(
        ValueError, match=r"discount \(2,\), sharpness \(3,\); expected some that broadcast"
    ):
        replace(EASY, discount=np.full(2, 0.9), sharpness=np.ones(3))
    with pytest.raises(
        ValueError, match=r"disturbed_effort is 0\.7; expected no more than disturbed_idle, 0\.6"
    ):
        replace(EASY, disturbed_effort=np.array([0.1, 0.7]))
    with pytest.raises(ValueError, match=r"shape \(2,\); expected one problem"):
        recursive_control(replace(EASY, discount=np.array([0.8, 0.9])))
