"""The steps by which a government is voted in, and who can deny them a quorum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clientela.chamber.lists import Chamber, PartyList


@dataclass(frozen=True)
class Step:
    """A vote that a government has to win: seats needed in favour and, for a quorum, present.

    >>> president = Step("president", in_favour=165, present=220)

    Raises ValueError if a number is negative.
    """

    id: str
    in_favour: int
    present: int | None = None

    def __post_init__(self) -> None:
        if self.in_favour < 0 or (self.present is not None and self.present < 0):
            raise ValueError(
                f"step {self.id!r} needs a negative number of seats; expected 0 or more"
            )


def passes(step: Step, in_favour: int, present: int) -> bool:
    """Whether a step succeeds with so many seats in favour among so many present.

    Raises ValueError if more are in favour than present.
    """
    if in_favour > present:
        raise ValueError(f"{in_favour} seats in favour but only {present} present")
    return in_favour >= step.in_favour and present >= (step.present or 0)


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
