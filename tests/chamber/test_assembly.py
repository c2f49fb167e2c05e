"""The arrays of an assembly in every phase, and the draw of a coalition from them."""

import math
import subprocess
import sys
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.chamber import (
    Chamber,
    GovernmentRule,
    PartyList,
    Veto,
    build_assembly,
    classify,
    draw,
    feasible,
    likeliest,
    opposed,
    probabilities,
    resign,
)

CHAMBER = Chamber(
    (
        PartyList("a", 40, {"x": -1.0}, camp="one"),
        PartyList("b", 25, {"x": 0.0}, camp="two"),
        PartyList("c", 20, {"x": 0.5}, camp="two"),
        PartyList("d", 10, {"x": 1.0}),
        PartyList("alone", 5, bloc=False),
    ),
    vetoes=(Veto("c", "d"),),
    rivalries=frozenset({frozenset({"a", "b"})}),
)
HEIRS = {"a": {"b": 3.0, "d": 1.0}, "d": {"a": 1.0, "c": 1.0}}
KINDS = {"with-a": GovernmentRule(includes=("a",)), "rest": GovernmentRule()}
ASSEMBLY = build_assembly(
    CHAMBER, 51, unbound_support=0.5, heirs=HEIRS, kinds=KINDS, clients=("b",), pairs=[("a", "b")]
)


def test_bits_of_the_phase_say_who_has_left():
    assert ASSEMBLY.resigning == ("a", "d")
    assert ASSEMBLY.seats.tolist() == [
        [40, 25, 20, 10, 5],
        [0, 55, 20, 20, 5],  # a left: 30 to b, 10 to d
        [45, 25, 25, 0, 5],  # d left: 5 to a, 5 to c
        [0, 65, 30, 0, 5],  # both left: all of a to b, all of d to c
    ]


def test_seats_do_not_depend_on_who_leaves_first():
    other = build_assembly(CHAMBER, 51, heirs={"d": HEIRS["d"], "a": HEIRS["a"]})
    assert other.seats[[0, 2, 1, 3]].tolist() == ASSEMBLY.seats.tolist()


def test_each_phase_holds_the_feasible_coalitions_of_its_chamber():
    for phase, now in enumerate(ASSEMBLY.phases):
        rows = ASSEMBLY.rows(phase)
        masks = ASSEMBLY.masks[rows]
        assert masks.tolist() == feasible(now, 51, 0.5).tolist()
        assert ASSEMBLY.kinds[rows].tolist() == classify(now, masks, KINDS).tolist()
        assert ASSEMBLY.opposed[rows].tolist() == opposed(now, masks).tolist()
    assert ASSEMBLY.pointer[-1] == len(ASSEMBLY.masks) == len(ASSEMBLY.features)


def test_a_list_that_has_left_is_in_no_coalition():
    for phase in (1, 3):
        assert not (ASSEMBLY.masks[ASSEMBLY.rows(phase)] & 1).any()


def test_camps_decide_together_and_others_each_for_itself():
    assert ASSEMBLY.camps.tolist() == [0, 1, 1, 2, 3]
    assert ASSEMBLY.unbound.tolist() == [0, 0, 0, 0, 1]


def test_a_camp_is_not_confused_with_a_list_of_its_name():
    named_alike = Chamber((PartyList("x", 1, camp="list y"), PartyList("list y", 1)))
    assert build_assembly(named_alike, 1).camps.tolist() == [0, 1]


def test_arrays_have_the_types_that_a_compiled_kernel_takes():
    for name in ("pointer", "masks", "kinds", "opposed", "seats", "camps", "unbound"):
        assert getattr(ASSEMBLY, name).dtype == np.int64
    assert ASSEMBLY.features.dtype == np.float64
    assert ASSEMBLY.features.shape[1] == len(ASSEMBLY.feature_names)
    assert np.isfinite(ASSEMBLY.features).all()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"seats_needed": 101}, "no coalition reaches 101 of 100 seats"),
        ({"heirs": {"a": {"d": 1}, "d": {"a": 1}}}, "'a' has no heir once d has left too"),
        ({"heirs": {"a": {}}}, "the heirs of 'a'"),
        ({"heirs": {name: {"alone": 1} for name in "abcde"}}, "5 lists may resign; at most 4"),
        ({"kinds": {"k": GovernmentRule(includes=("z",))}}, "no list 'z'"),
    ],
)
def test_an_assembly_that_cannot_be_is_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        build_assembly(CHAMBER, **{"seats_needed": 51, **options})


BETA = {"number_of_lists": -0.7, "minimal_winning": 0.8, "range": -1.5, "both:a+b": -2.0}


def test_probabilities_are_a_softmax():
    for phase in range(4):
        share = probabilities(ASSEMBLY, phase, BETA)
        assert share.sum() == pytest.approx(1)
    assert np.ptp(probabilities(ASSEMBLY, 0, {})) == pytest.approx(0)
    huge = probabilities(ASSEMBLY, 0, {"number_of_lists": 1000.0})
    assert np.isfinite(huge).all()


def test_one_weight_shifts_log_odds_by_the_weight_times_the_difference():
    share = probabilities(ASSEMBLY, 0, BETA)
    more = probabilities(ASSEMBLY, 0, BETA | {"range": BETA["range"] + 0.4})
    span = ASSEMBLY.features[ASSEMBLY.rows(0), ASSEMBLY.feature_names.index("range")]
    shift = np.log(more / share)
    assert shift - shift[0] == pytest.approx(0.4 * (span - span[0]))


@given(st.integers(0, 3), st.floats(0, 1, exclude_max=True))
def test_a_draw_inverts_the_cumulative_probability(phase, u):
    row = draw(ASSEMBLY, phase, BETA, u) - ASSEMBLY.rows(phase).start
    below = np.concatenate([[0.0], np.cumsum(probabilities(ASSEMBLY, phase, BETA))])
    assert below[row] <= u + 1e-12
    assert u <= below[row + 1] + 1e-12


def test_evenly_spaced_draws_meet_the_probabilities():
    n = 4000
    rows = Counter(draw(ASSEMBLY, 0, BETA, (i + 0.5) / n) for i in range(n))
    for row, share in enumerate(probabilities(ASSEMBLY, 0, BETA)):
        assert abs(rows[row] / n - share) <= 1 / n


def test_the_likeliest_are_named_in_order():
    best = likeliest(ASSEMBLY, 0, BETA, top=100)
    share = [proposal.probability for proposal in best]
    assert share == sorted(share, reverse=True)
    assert math.fsum(share) == pytest.approx(1)
    first = best[0]
    assert first.seats == sum(p.seats for p in CHAMBER.lists if p.id in first.lists)
    assert first.kind == ("with-a" if "a" in first.lists else "rest")
    assert likeliest(ASSEMBLY, 0, BETA, top=2) == best[:2]


def test_a_phase_that_no_coalition_can_win_proposes_none():
    # Once b has left, a and c would have to govern together and never will.
    stuck = Chamber(
        (PartyList("a", 30), PartyList("b", 40), PartyList("c", 31)),
        vetoes=(Veto("a", "c"),),
    )
    assembly = build_assembly(stuck, 60, heirs={"b": {"a": 20, "c": 20}})
    assert likeliest(assembly, 0, {})
    assert likeliest(assembly, 1, {}) == []
    assert draw(assembly, 1, {}, 0.5) == -1


def test_unknown_features_and_phases_are_named():
    with pytest.raises(ValueError, match="no feature 'rnage'; did you mean 'range'"):
        draw(ASSEMBLY, 0, {"rnage": 1.0}, 0.5)
    with pytest.raises(ValueError, match="no phase 4; expected 0 to 3"):
        probabilities(ASSEMBLY, 4, {})


def test_thirteen_blocs_take_under_a_tenth_of_a_second():
    lists = [
        PartyList(
            f"p{i}", 10 + i, {"x": i / 13}, camp=f"k{i % 3}", community=f"m{i % 4}", force=i % 5
        )
        for i in range(13)
    ]
    chamber = Chamber(tuple(lists))
    build_assembly(chamber, chamber.majority)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        build_assembly(chamber, chamber.majority)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1


def test_the_package_stands_below_everything_that_uses_it():
    code = (
        "import sys, clientela.chamber; "
        "above = {'mechanisms', 'engine', 'analysis', 'report', 'terminal', 'cli'}; "
        "assert not above & {n.split('.')[1] for n in sys.modules if n.startswith('clientela.')}; "
        "assert not {'scipy.stats', 'scipy.optimize'} & set(sys.modules)"  # slow to load, for few
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_resigning_twice_by_hand_is_the_phase_in_which_both_have_left():
    by_hand = resign(resign(CHAMBER, "a", {"b": 3}), "d", {"c": 1})
    assert by_hand == ASSEMBLY.phases[3]
