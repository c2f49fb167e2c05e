"""Shares of an effect: Shapley values as they should be, and the effect that `compare` measures."""

import json
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clientela as ct
from clientela.analysis.comparing import Variant, compare
from clientela.analysis.decomposing import decompose
from clientela.analysis.differences import Share, clustered_error
from clientela.analysis.questions import QuestionError
from clientela.analysis.shapley import (
    alike,
    exact_weights,
    order_weights,
    pairs_of_orders,
    sampled_orders,
    sets_of,
    subsets,
    weighted,
)
from clientela.api import reader
from clientela.mechanisms import REGISTRY, Settings, mechanism
from clientela.reading import ReadingError

DRAWS = 300
VISITS = "mechanisms.patronage.visit_rate"


# -- values of a game ---------------------------------------------------------------------------

PLAYERS = ("a", "b", "c", "d")
worths = st.lists(st.floats(-1, 1), min_size=16, max_size=16).map(
    lambda numbers: dict(zip(subsets(PLAYERS), numbers, strict=True))
)


def values(worth, weights=None):
    weights = weights or exact_weights(PLAYERS)
    return {m: weighted(mine, worth.__getitem__) for m, mine in weights.items()}


def by_hand(worth, players=PLAYERS):
    """The mean marginal contribution over all orders, one by one."""
    orders = list(permutations(players))
    found = dict.fromkeys(players, 0.0)
    for order in orders:
        for k, m in enumerate(order):
            step = worth[frozenset(order[: k + 1])] - worth[frozenset(order[:k])]
            found[m] += step / len(orders)
    return found


@given(worths)
def test_values_are_means_over_all_orders_and_add_up(worth):
    found = values(worth)
    assert found == pytest.approx(by_hand(worth), abs=1e-12)
    everything = worth[frozenset(PLAYERS)] - worth[frozenset()]
    assert sum(found.values()) == pytest.approx(everything, abs=1e-12)
    assert found == pytest.approx(values(worth, order_weights(list(permutations(PLAYERS)))))


@given(worths)
def test_who_contributes_nothing_gets_nothing_and_who_contributes_alike_gets_alike(worth):
    null = {s: worth[s - {"a"}] for s in worth}
    assert values(null)["a"] == pytest.approx(0.0, abs=1e-12)
    swap = {"a": "b", "b": "a"}
    even = {s: worth[s] + worth[frozenset(swap.get(m, m) for m in s)] for s in worth}
    found = values(even)
    assert found["a"] == pytest.approx(found["b"], abs=1e-12)


@given(worths, worths)
def test_values_of_a_sum_are_the_sums_of_values(one, two):
    both = values({s: one[s] + two[s] for s in one})
    added = {m: values(one)[m] + values(two)[m] for m in PLAYERS}
    assert both == pytest.approx(added, abs=1e-12)


def test_a_glove_game_comes_out_as_in_the_textbook():
    """One left glove, two right ones: 2/3 for the left, 1/6 for each right."""
    worth = {s: float("l" in s and bool(s & {"r", "s"})) for s in subsets(("l", "r", "s"))}
    found = values(worth, exact_weights(("l", "r", "s")))
    assert found == pytest.approx({"l": 2 / 3, "r": 1 / 6, "s": 1 / 6})


@settings(max_examples=25)
@given(worths, st.integers(0, 10_000))
def test_sampled_orders_add_up_whatever_they_are(worth, seed):
    pairs = sampled_orders(PLAYERS, lambda s: True, 8, seed)
    weights = order_weights([order for pair in pairs for order in pair])
    everything = worth[frozenset(PLAYERS)] - worth[frozenset()]
    for tried in (weights, alike(weights, ("a", "b"))):
        assert sum(values(worth, tried).values()) == pytest.approx(everything, abs=1e-9)


def test_sampled_orders_come_to_the_values_within_their_error():
    players = tuple("abcdefgh")
    rng = np.random.default_rng(5)
    worth = {s: float(rng.normal() * len(s)) for s in subsets(players)}
    exact = values(worth, exact_weights(players))
    stream = pairs_of_orders(players, 3)
    each = [values(worth, order_weights(next(stream))) for _ in range(400)]
    for m in players:
        mine = np.array([pair[m] for pair in each])
        assert abs(mine.mean() - exact[m]) < 4 * mine.std(ddof=1) / np.sqrt(len(mine))


def test_about_so_many_sets_are_asked_for_as_allowed():
    players = [f"p{k}" for k in range(11)]
    for sets in (32, 128):
        pairs = sampled_orders(players, lambda s: {"p0", "p1"} <= s, sets, 1)
        asked = sets_of(order_weights([order for pair in pairs for order in pair]))
        assert len([s for s in asked if {"p0", "p1"} <= s]) == pytest.approx(sets, rel=0.25)


# -- effects ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def take():
    return reader("iraq-2021")


def few(*on):
    """A reader of the scenario with these mechanisms alone."""
    take, off = reader("iraq-2021"), [name for name in REGISTRY if name not in on]
    return lambda without=(), **options: take(without=[*off, *without], **options)


@pytest.mark.parametrize(
    ("question", "outcome", "options", "on"),
    [
        ("intra-shia-25", None, {"branch": "no-visits"}, REGISTRY),
        # A branch that switches a mechanism off.
        ("us-strike", None, {"branch": "strong-commander"},
         ("escalation", "patronage", "succession", "attribution", "authority")),
        # Asked of some histories only.
        ("obeys-fatah", None, {"changes": {VISITS: 0.02}},
         ("escalation", "patronage", "succession", "authority")),
        ("government-kind", "none", {"branch": "majority-president"},
         ("dispute", "negotiation", "deadlines", "formation", "participation")),
    ],
)  # fmt: skip
def test_shares_add_up_to_the_effect_that_compare_measures(question, outcome, options, on):
    take = few(*on)
    found = decompose(take, question, outcome=outcome, draws=DRAWS, sets=20, **options)
    measured = compare(take(), [Variant("it", "it", take(**options))], draws=DRAWS).what_ifs[0]
    rows = {(d.question, d.outcome): d for d in measured.differences}
    assert found.effect == rows[question, outcome or "yes"]
    whole = sum(share.share for share in found.shares) + found.rest
    assert whole == pytest.approx(found.effect.change, abs=1e-12)
    assert (found.orders is None) == (len(on) < 6)
    assert {share.mechanism for share in found.shares} | set(found.null) == set(on)


def test_exact_shares_are_those_of_all_orders_of_runs_switched_off_by_hand():
    on = ("escalation", "patronage", "authority")
    take = few(*on)
    found = decompose(take, "intra-shia-25", branch="no-visits", draws=DRAWS)
    assert found.orders is None
    worth, linear = {}, {}
    for s in subsets(on):
        shares = [Share.of(np.full(DRAWS, 0), 1)] * 2
        if "escalation" in s:
            runs = [ct.run(take([m for m in on if m not in s], branch=b), draws=DRAWS)
                    for b in (None, "no-visits")]  # fmt: skip
            loaded = [r.folder.load_outcomes(0, DRAWS, ["intra-shia-25"])[:, 0] for r in runs]
            shares = [Share.of(outcomes, 1) for outcomes in loaded]
        worth[s] = shares[1].share - shares[0].share
        linear[s] = shares[1].influence - shares[0].influence
    mine = {share.mechanism: share.share for share in found.shares}
    assert mine == pytest.approx(by_hand(worth, on), abs=1e-12)
    combined = by_hand(linear, on)
    for share in found.shares:
        assert share.half == pytest.approx(1.96 * clustered_error(combined[share.mechanism]))
        assert share.sampling == 0.0
    assert [s.mechanism for s in found.shares if s.essential] == ["escalation", "patronage"]


def test_a_branch_that_changes_nothing_has_shares_of_nothing(take):
    found = decompose(take, "intra-shia-25", changes={"title": "Another title"}, draws=DRAWS)
    assert found.effect.change == found.effect.low == found.effect.high == 0.0
    assert found.shares == []
    assert found.rest == 0.0
    assert found.null == tuple(REGISTRY)


def test_what_changes_no_history_is_left_out_and_the_rest_is_exact(take):
    found = decompose(take, "ratified-2021", branch="no-visits", draws=DRAWS)
    assert {share.mechanism for share in found.shares} == {"patronage", "dispute"}
    assert "escalation" in found.null
    assert found.orders is None
    assert found.sets < 32
    assert all(share.share == 0.0 and share.half > 0 for share in found.shares)


@pytest.fixture
def clinging():
    """A mechanism without which another does not load."""

    class Nothing(Settings):
        """No settings."""

    @mechanism("clinging", Nothing)
    def add(draft, settings):
        draft.process.find_event("government")

    yield
    del REGISTRY["clinging"]


def test_a_mechanism_that_another_needs_stays_on(clinging):
    take = few("escalation", "patronage", "formation", "clinging")
    found = decompose(take, "intra-shia-25", branch="no-visits", draws=100)
    assert found.kept == ("formation",)
    assert sum(s.share for s in found.shares) + found.rest == pytest.approx(found.effect.change)


# -- what is refused, and the command -----------------------------------------------------------


def test_what_cannot_be_decomposed_is_said(take):
    for options, fault in (
        ({"question": "intra-shia-25"}, "no effect to decompose"),
        ({"question": "nonesuch", "branch": "no-visits"}, "there is no question 'nonesuch'"),
        ({"question": "government-kind", "branch": "no-visits"}, "name one with --outcome"),
        ({"question": "us-strike", "branch": "no-visits", "outcome": "none"}, "yes or no"),
        ({"question": "obeys-fatah", "branch": "no-visits"}, "arises in no history of the what-if"),
        ({"question": "us-strike", "branch": "no-visits", "draws": 2}, "expected at least 4"),
    ):
        with pytest.raises(QuestionError, match=fault):
            decompose(take, **{"draws": 50, **options})
    with pytest.raises(ReadingError, match="there is no branch 'no-visit'"):
        decompose(take, "us-strike", branch="no-visit")


def test_the_command_says_shares_and_draws_them(clientela, tmp_path):
    told = clientela("decompose", "iraq-2021", "--branch", "no-visits", "--question", "intra-shia-25",
                     "--draws", "100", "--sets", "4", "--figure", "it.svg")  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "patronage *" in told.stdout
    assert "the whole effect" in told.stdout
    assert "orders sampled" in told.stdout
    assert "the whole effect" in (tmp_path / "it.svg").read_text(encoding="utf-8")
    found = json.loads(
        clientela("decompose", "iraq-2021", "--set", f"{VISITS}=0", "--question", "ratified-2021",
                  "--draws", "100", "--json").stdout
    )  # fmt: skip
    whole = sum(share["share"] for share in found["shares"])
    assert whole == pytest.approx(found["effect"]["change"])


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["--question", "us-strike"], "give --branch or --set"),
        (["--question", "us-strike", "--branch", "no-visit"], "there is no branch 'no-visit'"),
        (["--question", "us-strik", "--branch", "no-visits"], "there is no question 'us-strik'"),
        (["--question", "us-strike", "--set", "mechanisms.patronage.x=1"], "--set"),
    ],
)
def test_the_command_refuses_in_one_line(clientela, options, fault):
    told = clientela("decompose", "iraq-2021", *options)
    assert told.returncode == 2
    assert fault in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
    assert told.stdout == ""
