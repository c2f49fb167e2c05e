"""Credences: the published numbers, slow oracles, and what must hold of any ledger."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientela.evidence import Credences, Ledger, Pooling, partial_information
from clientela.evidence.grades import ACCESS, CREDIBILITY, RELIABILITY
from clientela.evidence.pooling import (
    LARGEST_FACTOR,
    Report,
    effective_numbers,
    in_order,
    tempered,
)

SHA = "0" * 64
DOCUMENT = {"title": "t", "publisher": "p", "sha256": SHA, "paragraphs": 99}


def source(**changes) -> dict:
    return {"role": "r", "named": True, "access": "direct", "reliability": "B", **changes}


def claim(*sources: str, **changes) -> dict:
    return {
        "document": "d", "paragraph": 1, "sha256": SHA, "sources": list(sources), "says": "s",
        "stance": "supports", "about": ["it"], "credibility": 2, **changes,
    }  # fmt: skip


def ledger(sources: dict, claims: dict, propositions: dict | None = None, **pooling) -> Ledger:
    return Ledger.model_validate({
        "pooling": pooling, "sources": sources, "claims": claims,
        "documents": {claim["document"]: DOCUMENT for claim in claims.values()},
        "propositions": propositions or {"it": {"says": "it is so", "prior": 0.5}},
    })  # fmt: skip


def credence(sources: dict, claims: dict, name: str = "it", **pooling) -> float:
    return Credences(ledger(sources, claims, **pooling))[name]


def report(source: str, log_ratio: float = 1.0, people: int = 1, **shared) -> Report:
    places = {
        "circle": f"of {source}",
        "briefing": None,
        "documents": frozenset({f"d {source}"}),
        **shared,
    }
    return Report(source, source, log_ratio, people, **places)


# -- published numbers ------------------------------------------------------------------------


@pytest.mark.parametrize(("overlap", "pool"), [(1.0, 0.700), (0.5, 0.800)])
def test_three_people_at_70_per_cent_pool_by_partial_information(overlap, pool):
    """Satopää, Pemantle & Ungar (2016): share of information 0.2, overlap as given."""
    matrix = np.full((3, 3), overlap) + (1 - overlap) * np.eye(3)
    assert partial_information([0.7] * 3, matrix, 0.2) == pytest.approx(pool, abs=5e-4)


@pytest.mark.parametrize(("people", "rho"), [(1, 0.45), (2, 0.45), (7, 0.2), (1000, 0.45)])
def test_people_of_one_camp_are_worth_n_over_1_plus_n_minus_1_rho(people, rho):
    pooling = Pooling(same_camp=rho, same_document=0.0)
    one_by_one = [report(f"s{i}", circle="camp") for i in range(people)]
    at_once = [report("s", people=people, circle="camp")]
    expected = people / (1 + (people - 1) * rho)
    assert effective_numbers(one_by_one, pooling).sum() == pytest.approx(expected)
    assert effective_numbers(at_once, pooling).sum() == pytest.approx(expected)


# -- a slow oracle ----------------------------------------------------------------------------

reports_at_random = st.lists(
    st.builds(
        Report,
        claim=st.just("c"),
        source=st.uuids().map(str),
        log_ratio=st.floats(-2, 2),
        people=st.integers(1, 4),
        circle=st.sampled_from(["x", "y", "z"]),
        briefing=st.sampled_from([None, "a", "b"]),
        documents=st.sampled_from([frozenset("d"), frozenset("e"), frozenset("de")]),
    ),
    min_size=1,
    max_size=7,
)


@given(reports_at_random)
def test_effective_numbers_are_those_of_a_matrix_of_single_people(reports):
    """1ᵀ R⁻¹ 1 with a row for every person, by plain inversion, for and against apart."""
    pooling = Pooling()
    slow = 0.0
    for side in (True, False):
        people = [
            r for r in in_order(reports) if (r.log_ratio >= 0) == side for _ in range(r.people)
        ]
        r = np.eye(len(people))
        for i, j in itertools.permutations(range(len(people)), 2):
            one, two = people[i], people[j]
            r[i, j] = (
                pooling.same_camp * (one.circle == two.circle)
                + pooling.same_briefing
                * (one.briefing is not None and one.briefing == two.briefing)
                + pooling.same_document
                * len(one.documents & two.documents)
                / math.sqrt(len(one.documents) * len(two.documents))
            )
        done = 0.0
        for k in range(1, len(people) + 1):
            worth = float(np.linalg.inv(r[:k, :k]).sum())
            slow += (worth - done) * people[k - 1].log_ratio
            done = worth
    fast = sum(added * r.log_ratio for r, added in tempered(reports, pooling))
    assert fast == pytest.approx(slow, abs=1e-9)


def test_trees_of_propositions_are_bayes_rule():
    """Against enumeration of all truths, for sources that share nothing."""
    propositions = {
        "a": {"says": "a", "prior": 0.3},
        "b": {"says": "b", "if": {"proposition": "a", "true": 0.8, "false": 0.1}},
        "c": {"says": "c", "if": {"proposition": "b", "true": 0.6, "false": 0.2}},
        "d": {"says": "d", "if": {"proposition": "a", "true": 0.05, "false": 0.4}},
        "x": {"says": "x", "prior": 0.2, "one_of": "m"},
        "y": {"says": "y", "prior": 0.5, "one_of": "m"},
        "z": {"says": "z", "prior": 0.3, "one_of": "m"},
        "e": {"says": "e", "if": {"proposition": "y", "true": 0.9, "false": 0.3}},
    }  # fmt: skip
    told = {"a": "supports", "b": "supports", "c": "denies", "d": "supports", "y": "supports", "e": "denies"}  # fmt: skip
    sources = {f"s{name}": source(camp=f"camp {name}") for name in told}
    claims = {
        name: claim(f"s{name}", about=[name], stance=stance, document=f"doc {name}")
        for name, stance in told.items()
    }
    found = Credences(ledger(sources, claims, propositions))
    ratio = {
        name: math.exp(sum(f for _, _, f in found.contributions(name))) for name in propositions
    }
    weights: dict[tuple, float] = {}
    names = list(propositions)
    for truth in itertools.product([False, True], repeat=len(names)):
        state = dict(zip(names, truth, strict=True))
        if sum(state[n] for n in "xyz") != 1:
            continue
        weight = 1.0
        for name, p in propositions.items():
            if p.get("one_of"):
                weight *= p["prior"] if state[name] else 1.0
            else:
                chance = p.get("prior")
                if chance is None:
                    chance = p["if"]["true" if state[p["if"]["proposition"]] else "false"]
                weight *= chance if state[name] else 1 - chance
            weight *= ratio[name] if state[name] else 1.0
        weights[truth] = weight
    total = sum(weights.values())
    for i, name in enumerate(names):
        slow = sum(w for truth, w in weights.items() if truth[i]) / total
        assert found[name] == pytest.approx(slow, abs=1e-12), name


def test_who_has_spoken_is_not_heard_again_through_what_hangs_on_it():
    propositions = {
        "it": {"says": "it is so", "prior": 0.5},
        "more": {"says": "more", "if": {"proposition": "it", "true": 0.7, "false": 0.05}},
    }  # fmt: skip
    sources = {"one": source(), "two": source(camp="other")}
    told = {"c": claim("one")}
    before = Credences(ledger(sources, told, propositions))
    echo = Credences(ledger(sources, told | {"d": claim("one", about=["more"])}, propositions))
    news = Credences(ledger(sources, told | {"d": claim("two", about=["more"])}, propositions))
    assert echo["it"] == pytest.approx(before["it"])
    assert news["it"] > before["it"] + 0.02
    assert echo["more"] > before["more"] + 0.1


# -- what must hold of any ledger -------------------------------------------------------------

camps = st.sampled_from([None, "x", "y"])
sources_at_random = st.fixed_dictionaries({
    "role": st.just("r"), "named": st.booleans(), "access": st.sampled_from(list(ACCESS)),
    "reliability": st.sampled_from(list(RELIABILITY)), "camp": camps, "count": st.integers(1, 6),
    "briefing": st.sampled_from([None, "b"]),
})  # fmt: skip
claims_at_random = st.fixed_dictionaries({
    "document": st.sampled_from(["d", "e"]), "paragraph": st.just(1), "sha256": st.just(SHA),
    "says": st.just("s"), "sources": st.lists(st.sampled_from("pqrs"), min_size=1, unique=True),
    "stance": st.sampled_from(["supports", "denies", "declines", "silent"]),
    "about": st.just(["it"]), "credibility": st.sampled_from(list(CREDIBILITY)),
})  # fmt: skip
ledgers_at_random = st.builds(
    lambda sources, claims, prior, method: {
        "sources": dict(zip("pqrs", sources, strict=True)),
        "claims": {f"c{i}": c for i, c in enumerate(claims)},
        "documents": {"d": DOCUMENT, "e": DOCUMENT},
        "propositions": {"it": {"says": "it", "prior": prior, "unwelcome_to": ["x"]}},
        "pooling": {"method": method},
    },
    st.lists(sources_at_random, min_size=4, max_size=4),
    st.lists(claims_at_random, min_size=1, max_size=6),
    st.floats(0.001, 0.999),
    st.sampled_from(["tempered", "partial-information"]),
)  # fmt: skip


def of(data: dict) -> Credences:
    return Credences(Ledger.model_validate(data))


@settings(max_examples=80)
@given(ledgers_at_random)
def test_a_credence_is_never_0_or_1_and_no_odds_move_more_than_a_thousandfold(data):
    found = of(data)
    assert 0.0 < found["it"] < 1.0
    odds = [p / (1 - p) for p in (found.prior("it"), found["it"])]
    assert abs(math.log(odds[1] / odds[0])) <= math.log(LARGEST_FACTOR) + 1e-9


@settings(max_examples=60)
@given(ledgers_at_random, st.randoms())
def test_the_order_of_claims_and_sources_does_not_matter(data, random):
    shuffled = dict(data)
    for part in ("claims", "sources"):
        items = list(data[part].items())
        random.shuffle(items)
        shuffled[part] = dict(items)
    assert of(shuffled)["it"] == pytest.approx(of(data)["it"], abs=1e-12)


@settings(max_examples=60)
@given(ledgers_at_random, st.integers(0, 5))
def test_a_claim_repeated_by_the_same_source_changes_nothing(data, which):
    again = list(data["claims"].values())[which % len(data["claims"])]
    twice = data | {"claims": data["claims"] | {"zz": again, "aa": again}}
    assert of(twice)["it"] == pytest.approx(of(data)["it"], abs=1e-12)


@settings(max_examples=60)
@given(ledgers_at_random, claims_at_random, sources_at_random)
def test_a_new_voice_moves_the_credence_its_own_way_or_not_at_all(data, new, who):
    data = data | {"pooling": {"method": "tempered"}}
    more = data | {
        "sources": data["sources"] | {"new": who},
        "claims": data["claims"] | {"new": new | {"sources": ["new"]}},
    }
    change = of(more)["it"] - of(data)["it"]
    assert change <= 1e-12 if new["stance"] == "denies" else change >= -1e-12


@settings(max_examples=60)
@given(ledgers_at_random, st.data())
def test_a_better_grade_never_weakens_what_is_said(data, draw):
    data = data | {"pooling": {"method": "tempered"}}
    for c in data["claims"].values():
        c["stance"] = "supports"
    name = draw.draw(st.sampled_from(list(data["sources"])))
    claim_name = draw.draw(st.sampled_from(list(data["claims"])))
    for table, grades in (("sources", "ABCDE"), ("claims", [1, 2, 3, 4, 5])):
        key = {"sources": "reliability", "claims": "credibility"}[table]
        item = name if table == "sources" else claim_name
        found = []
        for grade in grades:
            changed = data | {table: data[table] | {item: data[table][item] | {key: grade}}}
            found.append(of(changed)["it"])
        assert all(a >= b - 1e-12 for a, b in itertools.pairwise(found)), (table, found)


def test_grades_order_one_report_strictly():
    def alone(**changes) -> float:
        both = {k: changes.pop(k) for k in ("credibility",) if k in changes}
        return credence({"s": source(**changes)}, {"c": claim("s", **both)})

    for values in (
        [alone(reliability=grade) for grade in "ABCDE"],
        [alone(credibility=grade) for grade in (1, 2, 3, 4, 5)],
        [alone(access=access) for access in ("direct", "briefed", "second-hand")],
        [alone(named=named) for named in (True, False)],
    ):
        assert all(a > b for a, b in itertools.pairwise(values))
        assert values[-1] > 0.5


@pytest.mark.parametrize("method", ["tempered", "partial-information"])
def test_a_thousand_claims_from_one_camp_cannot_reach_certainty(method):
    """In a thousand documents, of the best grade: at most 1 / ρ independent voices."""
    best = {"reliability": "A", "camp": "x"}
    sources = {f"s{i}": source(**best) for i in range(1000)}
    claims = {f"c{i}": claim(f"s{i}", document=f"d{i}", credibility=1) for i in range(1000)}
    found = credence(sources, claims, method=method)
    rho = Pooling().same_camp
    limit = RELIABILITY["A"] ** (1 / rho)
    if method == "tempered":
        assert found == pytest.approx(limit / (1 + limit), abs=1e-4)
    assert found <= LARGEST_FACTOR / (1 + LARGEST_FACTOR) + 1e-12
    a_few = credence({"a": source(**best), "b": source(reliability="A", camp="y"), "c": source(reliability="A", camp="z")},
                     {n: claim(n, credibility=1, document=n) for n in "abc"}, method=method)  # fmt: skip
    assert (
        method != "tempered" or a_few > found
    )  # three camps that agree outweigh a thousand voices of one


def test_an_interested_denial_weighs_less_than_a_disinterested_one():
    sources = {"s": source(camp="x")}
    denied = {"c": claim("s", stance="denies")}

    def with_interest(*camps: str) -> float:
        it = {"it": {"says": "it", "prior": 0.5, "unwelcome_to": list(camps)}}
        return Credences(ledger(sources, denied, it))["it"]

    said_so = credence(sources, {"c": claim("s")})
    assert 0.5 - with_interest() > 2 * (0.5 - with_interest("x")) > 0
    assert said_so - 0.5 > 0.5 - with_interest()


@pytest.mark.parametrize("method", ["tempered", "partial-information"])
@pytest.mark.parametrize("stance", ["declines", "silent"])
def test_no_answer_has_a_small_effect_whatever_the_grade(stance, method):
    for grade in RELIABILITY:
        sources = {"s": source(reliability=grade), "t": source(camp="y")}
        silent = {"c": claim("s", stance=stance)}
        assert 0.5 < credence(sources, silent, method=method) < 0.53
        told = {"d": claim("t")}
        change = credence(sources, silent | told, method=method) - credence(sources, told, method=method)  # fmt: skip
        assert 0.0 < change < 0.03


def test_answers_to_one_matter_exclude_each_other():
    matter = {n: {"says": n, "prior": p, "one_of": "m"} for n, p in (("x", 0.2), ("y", 0.5), ("z", 0.3))}  # fmt: skip
    none = Credences(ledger({}, {}, matter))
    told = Credences(ledger({"s": source()}, {"c": claim("s", about=["x"])}, matter))
    assert sum(told[n] for n in "xyz") == pytest.approx(1.0)
    assert told["x"] > 0.35
    assert told["y"] / told["z"] == pytest.approx(none["y"] / none["z"])


@settings(max_examples=40)
@given(ledgers_at_random)
def test_the_lines_of_the_arithmetic_multiply_to_the_credence(data):
    found = of(data)
    odds = found.prior("it") / (1 - found.prior("it"))
    last = found.prior("it")
    for step in found.steps("it"):
        odds *= step.factor
        last = step.credence
        assert last == pytest.approx(odds / (1 + odds))
        if step.added is not None and not step.cut:
            assert step.alone is not None
            assert step.factor == pytest.approx(step.alone**step.added)
    assert last == pytest.approx(found["it"])


@settings(max_examples=40)
@given(ledgers_at_random)
def test_without_any_source_the_priors_are_left(data):
    everyone = of(data).ledger
    assert Credences(everyone.without(everyone.sources))["it"] == pytest.approx(
        data["propositions"]["it"]["prior"]
    )


def test_matters_are_drawn_as_often_as_they_are_believed():
    propositions = {
        "a": {"says": "a", "prior": 0.3},
        "b": {"says": "b", "if": {"proposition": "a", "true": 0.8, "false": 0.1}},
        "x": {"says": "x", "prior": 0.2, "one_of": "m"},
        "y": {"says": "y", "prior": 0.5, "one_of": "m"},
        "z": {"says": "z", "prior": 0.3, "one_of": "m"},
    }  # fmt: skip
    found = Credences(ledger({"s": source()}, {"c": claim("s", about=["a", "x"])}, propositions))
    levels, truth = (np.arange(20_000) + 0.5) / 20_000, {}
    rng = np.random.default_rng(3)
    for belief in found.beliefs:
        truth |= belief.draw(rng.permutation(levels), truth)
    for name in propositions:
        assert truth[name].mean() == pytest.approx(found[name], abs=0.012)
    assert np.all(truth["x"].astype(int) + truth["y"] + truth["z"] == 1)
    b = next(b for b in found.beliefs if b.name == "b")
    assert truth["b"][truth["a"]].mean() == pytest.approx(b.chances[1][0], abs=0.02)
    assert dataclasses.is_dataclass(b)


TREE = {
    "v": {"says": "v", "prior": 0.5},
    "m": {"says": "m", "if": {"proposition": "v", "true": 0.6, "false": 0.02}},
    "n": {"says": "n", "if": {"proposition": "v", "true": 0.3, "false": 0.2}},
    "k": {"says": "k", "if": {"proposition": "m", "true": 0.7, "false": 0.4}},
}


def test_a_weak_word_above_does_not_silence_a_strong_one_below():
    sources = {"one": source()}
    strong = {"c": claim("one", about=["m"])}
    before = Credences(ledger(sources, strong, TREE))["v"]
    weak = claim("one", about=["v"], credibility=5)
    assert Credences(ledger(sources, strong | {"d": weak}, TREE))["v"] == pytest.approx(before)
    better = claim("one", about=["v"], credibility=1)
    assert Credences(ledger(sources, strong | {"d": better}, TREE))["v"] > before


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from("pqrs"), st.sampled_from("vmnk"), st.integers(1, 5)),
        min_size=1,
        max_size=7,
    ),
    st.sampled_from("ABCDE"),
    st.permutations(list(TREE)),
)
def test_in_a_tree_order_is_nothing_and_support_for_the_root_never_lowers_it(told, grade, order):
    sources = {name: source(reliability=grade, camp=camp) for name, camp in zip("pqrs", "xxyz", strict=True)}  # fmt: skip
    claims = {
        f"c{i}": claim(who, about=[about], credibility=credibility)
        for i, (who, about, credibility) in enumerate(told)
    }
    found = Credences(ledger(sources, claims, TREE))
    again = Credences(ledger(sources, dict(reversed(claims.items())), {n: TREE[n] for n in order}))
    assert [again[n] for n in TREE] == pytest.approx([found[n] for n in TREE], abs=1e-12)
    for name in TREE:
        for step in found.steps(name)[-1:]:
            assert step.credence == pytest.approx(found[name])
    for credibility in (5, 3, 1):
        more = claims | {"new": claim("p", about=["v"], credibility=credibility)}
        assert Credences(ledger(sources, more, TREE))["v"] >= found["v"] - 1e-12
