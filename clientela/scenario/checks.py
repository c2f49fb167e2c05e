"""What must hold between the parts of a scenario: references, sums, dates, loops."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from clientela.evidence import Ledger
from clientela.reading import Problem, Tree, unknown
from clientela.scenario.assembly_checks import check_names, check_offices, check_procedure
from clientela.scenario.fields import Model
from clientela.scenario.model import Scenario
from clientela.scenario.quantity import quantities

Finding = tuple[tuple[object, ...], str]  # path, sentence
LONGEST_DAYS = 3660
_SYMMETRIC = ("rivalry", "alliance")


def cross_check(
    scenario: Scenario, tree: Tree, ledger: Ledger | None, mechanisms: Iterable[str]
) -> list[Problem]:
    """Every problem between the parts, at its place in the file."""
    known = list(mechanisms)
    findings: list[Finding] = []
    checks: list[Callable[[Scenario], Iterator[Finding]]] = [
        _horizon, _ties, _sponsors, _sponsorship_loops, _seats, _chamber, _past, _scheduled, _questions, _decisions,
    ]  # fmt: skip
    for check in checks:
        findings += check(scenario)
    findings += _switches(scenario, known)
    findings += _claims(scenario, ledger)
    return [tree.problem(path, sentence) for path, sentence in findings]


def _horizon(s: Scenario) -> Iterator[Finding]:
    if s.horizon <= s.as_of:
        yield ("horizon",), f"{s.horizon} is not after as_of, {s.as_of}; set a later horizon"
    elif s.days > LONGEST_DAYS:
        yield ("horizon",), f"{s.horizon} is more than ten years after as_of; set a nearer horizon"


def _ties(s: Scenario) -> Iterator[Finding]:
    for kind in type(s.ties).model_fields:
        ties: Mapping[str, Mapping[str, Model]] = getattr(s.ties, kind)
        for first, others in ties.items():
            if first not in s.actors:
                yield ("ties", kind, first), unknown("actor", first, s.actors)
            for second in others:
                both = kind in _SYMMETRIC and first in ties.get(second, {})
                if second not in s.actors:
                    sentence = unknown("actor", second, s.actors)
                elif first == second:
                    sentence = f"'{first}' cannot have a tie with itself; remove it"
                elif both and first < second:
                    names = f"'{first}' and '{second}'"
                    sentence = f"the {kind} of {names} is written in both directions; keep one"
                else:
                    continue
                yield ("ties", kind, first, second), sentence


def _sponsors(s: Scenario) -> Iterator[Finding]:
    for patron, clients in s.ties.sponsorship.items():
        for client in clients:
            for role, name, kinds in (
                ("sponsor", patron, ("patron", "client", "outside-power")),
                ("client", client, ("client",)),
            ):
                actor = s.actors.get(name)
                if actor and actor.kind not in kinds:
                    yield (
                        ("ties", "sponsorship", patron, client),
                        f"the {role} '{name}' is of kind {actor.kind}; expected {' or '.join(kinds)}",
                    )


def _sponsorship_loops(s: Scenario) -> Iterator[Finding]:
    try:
        TopologicalSorter(s.ties.sponsorship).prepare()
    except CycleError as error:
        loop = list(reversed(error.args[1]))
        if len(loop) > 2:  # a tie with oneself is found above
            yield (
                ("ties", "sponsorship", loop[0], loop[1]),
                f"sponsorship runs in a circle: {' → '.join(loop)}; remove one of these ties",
            )


def _seats(s: Scenario) -> Iterator[Finding]:
    if s.chamber is None:
        for name in s.lists:
            yield ("actors", name, "seats"), "there are seats but no chamber; add 'chamber:'"
        return
    total = sum(actor.seats.now for actor in s.lists.values() if actor.seats)
    if total != s.chamber.seats:
        off = s.chamber.seats - total
        what = f"{off} are missing" if off > 0 else f"{-off} are too many"
        yield (
            ("chamber", "seats"),
            f"the actors' seats sum to {total}, the chamber has {s.chamber.seats}: {what}",
        )
    for name, actor in s.actors.items():
        for heir in actor.runners_up:
            at = ("actors", name, "runners_up", heir)
            if heir not in s.lists:
                yield at, unknown("list with seats", heir, s.lists)
            elif heir == name:
                yield at, f"'{name}' cannot inherit its own seats; remove it"
    leaving = [name for name, actor in s.actors.items() if actor.runners_up]
    if len(leaving) > 2:
        yield (
            ("actors", leaving[2], "runners_up"),
            f"at most two lists can have runners_up; found {', '.join(leaving)}",
        )


def _chamber(s: Scenario) -> Iterator[Finding]:
    if s.chamber is None:
        return
    if not s.lists:
        yield ("chamber",), "no actor has seats; give at least one actor 'seats:'"
    for path, sentence in (
        *check_procedure(s.chamber),
        *check_names(s.chamber, s.lists),
        *check_offices(s.chamber, (actor.community for actor in s.lists.values())),
    ):
        yield ("chamber", *path), sentence


def _past(s: Scenario) -> Iterator[Finding]:
    for name, event in s.past.items():
        if event.date > s.as_of:
            yield (
                ("past", name, "date"),
                f"{event.date} is after as_of, {s.as_of}; write it under 'scheduled'",
            )


def _scheduled(s: Scenario) -> Iterator[Finding]:
    for name, event in s.scheduled.items():
        at = ("scheduled", name, "date")
        if event.date is not None and event.date <= s.as_of:
            yield at, f"{event.date} is not after as_of, {s.as_of}; write it under 'past'"
        elif event.date is not None and event.date > s.horizon:
            yield at, f"{event.date} is past the horizon, {s.horizon}; set a later horizon"


def _questions(s: Scenario) -> Iterator[Finding]:
    kinds = list(s.chamber.governments) if s.chamber else []
    clients = {client for clients in s.ties.sponsorship.values() for client in clients}
    for name, question in s.questions.items():
        at = ("questions", name)
        if question.by is not None and not s.as_of < question.by <= s.horizon:
            yield (
                (*at, "by"),
                f"{question.by} is not between as_of, {s.as_of}, and the horizon, {s.horizon}",
            )
        if question.obeys is not None and question.obeys not in clients:
            yield (*at, "obeys"), unknown("client with a patron", question.obeys, clients)
        for i, kind in enumerate(question.government or []):
            if kind != "any" and kind not in kinds:
                yield (*at, "government", i), unknown("kind of government", kind, [*kinds, "any"])
        if (question.kinds or question.government) and s.chamber is None:
            yield at, "asks for a government, but there is no chamber; add 'chamber:'"


def _decisions(s: Scenario) -> Iterator[Finding]:
    for name, decision in s.decisions.items():
        at = ("decisions", name)
        question = s.questions.get(decision.question)
        if question is None:
            yield (*at, "question"), unknown("question", decision.question, s.questions)
            continue
        kinds = [*(s.chamber.governments if s.chamber else ()), "other", "none"]
        outcomes = kinds if question.kinds else ["yes", "no"]
        for action, payoffs in decision.actions.items():
            here = (*at, "actions", action)
            for outcome in payoffs:
                if outcome not in outcomes:
                    yield (*here, outcome), unknown("outcome", outcome, outcomes)
            missing = [outcome for outcome in outcomes if outcome not in payoffs]
            if missing:
                yield here, f"'{action}' has no payoff for {', '.join(missing)}; add it"


def _switches(s: Scenario, mechanisms: list[str]) -> Iterator[Finding]:
    for name in s.mechanisms:
        if name not in mechanisms:
            yield ("mechanisms", name), unknown("mechanism", name, mechanisms)
    for branch, what in s.branches.items():
        for i, name in enumerate(what.without):
            if name not in mechanisms:
                at = ("branches", branch, "without", i)
                yield at, unknown("mechanism", name, mechanisms)


def _claims(s: Scenario, ledger: Ledger | None) -> Iterator[Finding]:
    claims = ledger.claims if ledger else {}
    known = {**claims, **s.data}
    for name in s.data:
        if name in claims:
            yield ("data", name), f"there is a claim '{name}' too; rename one"
    for path, claim in _cited(s):
        if claim not in known:
            where = "" if ledger else " (the scenario names no evidence file)"
            yield path, unknown("claim", claim, known) + where
    if ledger:
        for name, source in ledger.sources.items():
            if source.affiliation is not None and source.affiliation not in s.actors:
                yield (
                    ("evidence",),
                    f"source '{name}': " + unknown("actor", source.affiliation, s.actors),
                )


def _cited(s: Scenario) -> Iterator[tuple[tuple[object, ...], str]]:
    """(path, id) of everything that rests on a claim or a data set."""
    values = ((tuple(path.split(".")), quantity.because) for path, quantity in quantities(s))
    for path, claims in itertools.chain(values, s.facts()):
        for claim in claims:
            yield (*path, "because"), claim
