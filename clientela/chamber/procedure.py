"""The procedure as a state machine: what a step takes, who can deny it, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clientela.chamber.lists import Chamber, PartyList
from clientela.process import Hurdle, Needs
from clientela.scenario import Step, Threshold, with_following


def needs_of(step: Step, chamber: Chamber) -> Needs:
    """What the step's vote takes in this chamber, in members.

    Raises ValueError if the office is reserved for a community that no list stands for.
    """
    office = frozenset(p.id for p in chamber.lists if step.office and p.community == step.office)
    if step.office and not office:
        raise ValueError(
            f"step {step.step!r} is reserved for {step.office!r}; no list stands for it"
        )
    return Needs(
        in_favour=_hurdle(step.in_favour, chamber.seats) if step.in_favour else Hurdle(),
        against=_hurdle(step.against, chamber.seats) if step.against else None,
        present=step.present.needed(chamber.seats) if step.present else 0,
        most=step.in_favour is not None and step.in_favour.written == "most",
        office=office,
    )


def _hurdle(threshold: Threshold, members: int) -> Hurdle:
    if not threshold.of_present:
        return Hurdle(threshold.needed(members))
    share = threshold.share
    assert share is not None  # a number is never of those present
    return Hurdle(1, share.as_integer_ratio(), strict=threshold.written.startswith("majority"))


def said(step: Step, members: int) -> str:
    """What the step takes, in words: `165 of 329 in favour, 220 present`."""
    parts = []
    if step.in_favour is not None:
        parts.append(f"{_said(step.in_favour, members)} in favour")
    if step.against is not None:
        parts.append(f"unless {_said(step.against, members)} are against")
    if step.present is not None:
        parts.append(f"{step.present.needed(members)} present")
    if step.office is not None:
        parts.append(f"the office is reserved for {step.office}")
    return ", ".join(parts)


def _said(threshold: Threshold, members: int) -> str:
    if threshold.written == "most":
        return "more than against"
    if threshold.of_present:
        return threshold.written.replace("2/3", "two thirds")
    return f"{threshold.needed(members)} of {members}"


def seats_needed(procedure: Sequence[Step], chamber: Chamber) -> int:
    """The fewest votes of its own with which a coalition can be voted in on some way to government.

    On each way the hardest vote counts, and of all ways the easiest. Other members may fill a
    quorum, but a share of those present is at least that of the quorum.
    """
    own = {step.step: _own(needs_of(step, chamber)) for step in procedure}
    ways = {step.step: step.leads_to(following) for step, following in with_following(procedure)}
    best: dict[str, int] = {}
    waiting = [(0, procedure[0].step)]
    while waiting:
        waiting.sort()
        so_far, place = waiting.pop(0)
        if place == "government":
            return so_far
        if place not in ways or best.get(place, so_far + 1) <= so_far:
            continue
        best[place] = so_far
        for end, target in ways[place].items():
            waiting.append((max(so_far, own[place]) if end == "passed" else so_far, target))
    raise ValueError("no step of the procedure leads to a government")


def votes_to_government(procedure: Sequence[Step]) -> int:
    """The fewest votes on any way to government. Raises ValueError if none leads there."""
    ways = {step.step: step.leads_to(following) for step, following in with_following(procedure)}
    reached, votes = {procedure[0].step}, 0
    while reached and votes < len(ways):
        votes += 1
        reached = {
            to for place in reached for to in ways[place].values() if to in {*ways, "government"}
        }
        if "government" in reached:
            return votes
    raise ValueError("no step of the procedure leads to a government")


def _own(needs: Needs) -> int:
    numerator, denominator = needs.in_favour.share
    of_quorum = -(-(numerator * needs.present + needs.in_favour.strict) // denominator)
    return max(needs.in_favour.least, of_quorum if numerator else 0, int(needs.most))


@dataclass(frozen=True)
class Passage:
    """How a formation ended: `ending`, after so many votes, and the steps in order.

    `ending` is government, dissolution or caretaker, or `undecided` after the most votes.
    `path` holds (step, whether it passed).
    """

    ending: str
    votes: int
    path: tuple[tuple[str, bool], ...]


def follow(
    procedure: Sequence[Step],
    vote: Callable[[Step], bool],
    nominate: Callable[[], None],
    most: int = 1_000,
) -> Passage:
    """Follows the procedure vote by vote, without a clock: deadlines do not lapse.

    `vote` says whether a step passes with the present nominee, `nominate` is called for the next
    one. The plainest form of what the process compiles, and an oracle for it.
    """
    steps = {step.step: (step, step.leads_to(then)) for step, then in with_following(procedure)}
    place, failures, path = procedure[0].step, 0, []
    while place in steps and len(path) < most:
        step, ways = steps[place]
        passed = vote(step)
        path.append((place, passed))
        failures += not passed
        spent = not passed and step.attempts is not None and failures >= step.attempts
        target = ways["passed" if passed else "exhausted" if spent else "failed"]
        if target == "next-nominee":
            nominate()
        if target not in ("repeat", "next-nominee") or spent:
            failures = 0
        if target not in ("repeat", "next-nominee"):
            place = target
    return Passage("undecided" if place in steps else place, len(path), tuple(path))


def blocking_groups(
    chamber: Chamber, present_needed: int, at_most: int | None = None
) -> list[tuple[str, ...]]:
    """Minimal groups of lists whose absence denies the quorum: fewest lists first, then by seats.

    With two thirds of 329 needed present, 110 absentees block. No group contains another; lists
    within one are in order of size. `at_most` keeps to groups of so many lists, which bounds the
    work for chambers of many small lists. Raises ValueError if the quorum is not within the
    chamber.
    """
    if not 0 <= present_needed <= chamber.seats:
        raise ValueError(
            f"a quorum of {present_needed} is not within the chamber's {chamber.seats} seats"
        )
    largest_first = sorted(
        (p for p in chamber.lists if p.seats > 0), key=lambda p: (-p.seats, p.id)
    )
    absent = chamber.seats - present_needed + 1
    groups = _minimal_groups(
        largest_first, absent, len(chamber.lists) if at_most is None else at_most
    )
    return [
        tuple(p.id for p in group)
        for group in sorted(
            groups, key=lambda g: (len(g), -sum(p.seats for p in g), [p.id for p in g])
        )
    ]


def _minimal_groups(
    lists: list[PartyList], needed: int, room: int
) -> Iterator[tuple[PartyList, ...]]:
    """Groups of at most `room` of the lists that reach `needed` and could spare none.

    `lists` come largest first. A group is closed as soon as it reaches what is needed. Its last list is its smallest, and
    without it the group fell short: so it is minimal, and each minimal group comes up once.
    """
    for at, party in enumerate(lists):
        if sum(p.seats for p in lists[at : at + room]) < needed:
            return  # what follows is smaller still
        if party.seats >= needed:
            yield (party,)
        else:
            for rest in _minimal_groups(lists[at + 1 :], needed - party.seats, room - 1):
                yield (party, *rest)
