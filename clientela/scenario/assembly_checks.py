"""What has to hold within an assembly as written: names that exist, and a procedure that ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from clientela.reading import unknown
from clientela.scenario.chamber import AGAIN, ENDINGS, Rules, Step, with_following

Finding = tuple[tuple[Any, ...], str]


def check_procedure(rules: Rules) -> Iterator[Finding]:
    """What is wrong with the steps as a whole: (path below the rules, sentence) each."""
    names = [step.step for step in rules.procedure]
    sound = True
    for i, step in enumerate(rules.procedure):
        for path, sentence in _check_step(rules, names, i, step):
            sound = False
            yield ("procedure", i, *path), sentence
    if sound:
        yield from _check_ends(rules.procedure)


def _check_step(rules: Rules, names: list[str], i: int, step: Step) -> Iterator[Finding]:
    if step.step in (*ENDINGS, *AGAIN):
        yield ("step",), f"'{step.step}' is where a step may lead; give the step another name"
    if names.index(step.step) != i:
        yield ("step",), f"there are two steps '{step.step}'; give each its own name"
    for key in ("in_favour", "against", "present"):
        threshold = getattr(step, key)
        if threshold and threshold.needed(rules.seats) > rules.seats:
            yield (key,), f"{threshold} is more than the {rules.seats} seats"
    for key in ("passed", "failed", "exhausted", "lapsed"):
        target = getattr(step, key)
        places = [*names, "government"] if key == "passed" else [*names, *AGAIN, *ENDINGS[1:]]
        if key in ("exhausted", "lapsed"):
            places.remove("repeat")
        if target is not None and target not in places:
            yield (key,), f"there is no '{target}' to lead to; expected one of {', '.join(places)}"


def _check_ends(procedure: list[Step]) -> Iterator[Finding]:
    """From every step that can be reached there must be a way to an end, and one to a government."""
    ways = {s.step: set(s.leads_to(n).values()) for s, n in with_following(procedure)}
    reached = _reachable(ways, procedure[0].step)
    if "government" not in reached:
        yield ("procedure",), "no step leads to a government; let one have 'passed: government'"
        return
    for i, step in enumerate(procedure):
        if step.step in reached and not _reachable(ways, step.step) & set(ENDINGS):
            yield ("procedure", i), (f"from step '{step.step}' there is no way to an end; lead it to "
                                     "government, dissolution or caretaker")  # fmt: skip


def _reachable(ways: dict[str, set[str]], start: str) -> set[str]:
    found, open_ = {start}, [start]
    while open_:
        for place in ways.get(open_.pop(), set()) - found:
            found.add(place)
            open_.append(place)
    return found


def check_names(rules: Rules, lists: Collection[str]) -> Iterator[Finding]:
    """Names of lists that do not exist: (path below the rules, sentence) each."""
    for name, kind in rules.governments.items():
        for key in ("includes", "includes_any", "excludes"):
            for i, member in enumerate(getattr(kind, key)):
                if member not in lists:
                    yield ("governments", name, key, i), unknown("list with seats", member, lists)
    for of, others in rules.vetoes.items():
        if of not in lists:
            yield ("vetoes", of), unknown("list with seats", of, lists)
        for against in others:
            if against not in lists:
                yield ("vetoes", of, against), unknown("list with seats", against, lists)
            elif of == against:
                yield ("vetoes", of, against), f"'{of}' cannot refuse itself; name another list"
    for i, cabinet in enumerate(rules.cabinets):
        for k, member in enumerate(cabinet.lists):
            if member not in lists:
                yield ("cabinets", i, "lists", k), unknown("list with seats", member, lists)
        if cabinet.leads is not None and cabinet.leads not in cabinet.lists:
            yield ("cabinets", i, "leads"), f"'{cabinet.leads}' is not among its lists; add it or remove this"  # fmt: skip


def check_offices(rules: Rules, of_lists: Iterable[str | None]) -> Iterator[Finding]:
    """Offices reserved for a community that no list stands for: (path below the rules, sentence)."""
    communities = {community for community in of_lists if community}
    for i, step in enumerate(rules.procedure):
        if step.office is not None and step.office not in communities:
            yield ("procedure", i, "office"), unknown("community", step.office, communities)
