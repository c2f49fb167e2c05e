"""The bundled evidence: what its claims bear on, and what may be believed from them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from clientela.evidence import Credences, Ledger, load_ledger
from clientela.scenario import bundled

EVIDENCE = bundled()["iraq-2021"].parent / "evidence.yaml"
LONGEST_QUOTE = 8  # words of a document in a row


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger(EVIDENCE)


@pytest.fixture(scope="module")
def credences(ledger: Ledger) -> Credences:
    return Credences(ledger)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def test_every_source_says_something(ledger: Ledger):
    heard = {source for claim in ledger.claims.values() for source in claim.sources}
    assert heard == set(ledger.sources)


def test_some_claim_bears_on_each_proposition_or_its_note_says_that_none_does(ledger: Ledger):
    for name, proposition in ledger.propositions.items():
        claims = list(ledger.bearing_on(name))
        assert bool(claims) != ("no claim" in proposition.note), name


def test_each_prior_has_its_reason(ledger: Ledger):
    assert all(proposition.elicited for proposition in ledger.propositions.values())


def test_denials_and_non_answers_bear_on_a_proposition_or_say_why_not(ledger: Ledger):
    for name, claim in ledger.claims.items():
        if claim.stance != "supports":
            assert list(claim.stances()) or "bears on no proposition" in claim.note, name


def test_no_claim_bears_on_two_answers_to_one_matter(ledger: Ledger):
    for name, claim in ledger.claims.items():
        matters = Counter(ledger.propositions[p].one_of for p, _ in claim.stances())
        assert all(count == 1 for matter, count in matters.items() if matter), name


def test_nothing_contested_is_graded_as_confirmed(ledger: Ledger):
    assert all(claim.credibility > 1 for claim in ledger.claims.values() if any(claim.stances()))


def test_seats_are_not_contested(ledger: Ledger):
    seats = [claim for claim in ledger.claims.values() if claim.document == "seats"]
    assert len(seats) == 19
    assert all(claim.stance == "supports" and not any(claim.stances()) for claim in seats)


def test_those_briefed_on_the_meeting_are_not_counted_as_independent(ledger: Ledger):
    briefed = {n for n, source in ledger.sources.items() if source.access == "briefed"}
    assert {n for n, s in ledger.sources.items() if s.briefing == "november-meeting"} == briefed
    assert ledger.sources["militia-official-direct"].briefing is None


def test_iran_speaks_with_one_voice(ledger: Ledger):
    sources = ledger.sources.items()
    assert set(ledger.camps["tehran"]) == {n for n, s in sources if s.affiliation == "iran"}


def test_belief_gains_or_harms_only_known_sides(ledger: Ledger):
    sides = {side for s in ledger.sources.values() for side in (s.camp, s.affiliation)}
    for name, proposition in ledger.propositions.items():
        assert {*proposition.welcome_to, *proposition.unwelcome_to} <= sides, name


def test_nothing_is_held_as_certain(credences: Credences):
    assert {n: credences[n] for n in credences if not 0.02 < credences[n] < 0.98} == {}


def test_the_visit_is_believed(credences: Credences):
    assert credences["visit-took-place"] > 0.8


def test_who_was_behind_the_attack_stays_open(ledger: Ledger, credences: Credences):
    answers = [n for n, p in ledger.propositions.items() if p.one_of == "attack-author"]
    assert len(answers) == 3
    assert max(credences[name] for name in answers) < 0.75
    assert sum(credences[name] for name in answers) == pytest.approx(1)


def test_without_any_source_the_priors_remain(ledger: Ledger, credences: Credences):
    unheard = Credences(ledger.without(ledger.sources))
    for name in credences:
        assert unheard[name] == pytest.approx(credences.prior(name)), name


def test_the_visit_is_believed_without_the_clients_word_but_less(
    ledger: Ledger, credences: Credences
):
    without = Credences(ledger.without(["camp:framework"]))
    assert 0.7 < without["visit-took-place"] < credences["visit-took-place"]


def test_the_evidence_quotes_no_document_at_length():
    texts = sorted((Path(__file__).parents[3] / "shared" / "seed").glob("*.txt"))
    if not texts:
        pytest.skip("the report is not part of the project")
    written = runs(EVIDENCE.read_text(encoding="utf-8"), LONGEST_QUOTE + 1)
    for path in texts:
        assert written.isdisjoint(runs(path.read_text(encoding="utf-8"), LONGEST_QUOTE + 1))
