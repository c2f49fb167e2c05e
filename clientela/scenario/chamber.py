"""The assembly as written: its seats, the procedure by which a government forms, kinds, vetoes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from clientela.scenario.distributions import fixed
from clientela.scenario.fields import Claims, Count, Date, Flag, Id, Model, Number, fault
from clientela.scenario.quantity import Probability, prior

# What a step may lead to beside another step.
ENDINGS = ("government", "dissolution", "caretaker")
AGAIN = ("repeat", "next-nominee")

_OF_PRESENT = " of present"


class Threshold(Model):
    """A share of the members or of those present, a number of members, or simply most votes.

    `written` is `majority`, a fraction such as `2/3`, either of them followed by ` of present`,
    a number of members, or `most`: more in favour than against.
    """

    written: str

    @property
    def of_present(self) -> bool:
        """Whether it is counted of those present, not of all members."""
        return self.written.endswith(_OF_PRESENT)

    @property
    def share(self) -> Fraction | None:
        """The share that must be reached, ½ for a majority (to be passed); None for a number."""
        text = self.written.removesuffix(_OF_PRESENT)
        if text == "majority":
            return Fraction(1, 2)
        return Fraction(text) if "/" in text else None

    def needed(self, total: int) -> int:
        """Members needed of `total`: more than half for a majority, else the share rounded up."""
        if self.written == "most":
            return 1
        share = self.share
        if share is None:
            return int(self.written)
        if self.written.startswith("majority"):
            return total // 2 + 1
        return math.ceil(share * total)

    def __str__(self) -> str:
        return self.written


def _threshold(raw: Any) -> Any:
    if isinstance(raw, Threshold):
        return raw
    text = str(raw).strip() if not isinstance(raw, bool) else str(raw).lower()
    what, of_present = text.removesuffix(_OF_PRESENT), text.endswith(_OF_PRESENT)
    what = "2/3" if what == "two-thirds" else what
    if re.fullmatch(r"[0-9]{1,4}/[1-9][0-9]{0,3}", what) and 0 < Fraction(what) <= 1:
        return Threshold(written=what + _OF_PRESENT * of_present)
    if what == "majority":
        return Threshold(written=text)
    if text == "most" or (re.fullmatch(r"[0-9]{1,6}", text) and int(text) > 0):
        return Threshold(written=text)
    raise fault(
        f"'{text[:60]}' is not a threshold; expected majority, two-thirds, a fraction up to 1 such as "
        "3/5, each with 'of present' or without, a number of seats, or most"
    )


_SHARE = r"(majority|two-thirds|\d+/\d+)"
ThresholdField = Annotated[
    Threshold,
    BeforeValidator(_threshold),
    WithJsonSchema({
        "anyOf": [{"type": "string", "pattern": rf"^({_SHARE}( of present)?|\d+|most)$"},
                  {"type": "integer", "minimum": 1}],
        "description": "Of all members: majority, two-thirds, a fraction such as 3/5, or seats; "
                       "followed by 'of present', of those present; or most, more than against.",
    }),
]  # fmt: skip


class Step(Model):
    """A step of the procedure by which a government is formed: a vote, and what follows from it."""

    step: Id = Field(description="Its name, such as speaker, president, cabinet.")
    in_favour: ThresholdField | None = Field(
        None, description="Votes in favour that it takes (none: only votes against count)."
    )
    against: ThresholdField | None = Field(
        None, description="Votes against that defeat it (none: votes against do not count)."
    )
    present: ThresholdField | None = Field(
        None, description="Members that must be there for the vote to count (none: no quorum)."
    )
    office: Id | None = Field(
        None, description="The community to whose lists the office is reserved, if to any."
    )
    passed: Id | None = Field(
        None, description="Where it leads: a step, or government (none: the next step)."
    )
    failed: Id = Field(
        "repeat",
        description="Where a failed vote leads: repeat, next-nominee, a step, dissolution, caretaker.",
    )
    attempts: Annotated[Count, Field(ge=1, le=100)] | None = Field(
        None, description="With exhausted: after so many failed votes it leads there."
    )
    exhausted: Id | None = Field(None, description="Where the last failed attempt leads.")
    within: Annotated[Number, Field(gt=0, le=36_500)] | None = Field(
        None, description="With lapsed: days after which the step lapses."
    )
    lapsed: Id | None = Field(None, description="Where the deadline leads, as for failed.")

    @model_validator(mode="after")
    def _whole(self) -> Step:
        if self.in_favour is None and self.against is None:
            raise fault("a step needs 'in_favour', 'against' or both; add one")
        for one, other in (("attempts", "exhausted"), ("within", "lapsed")):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise fault(f"'{one}' and '{other}' belong together; add the other or remove both")
        for key in ("against", "present"):
            threshold = getattr(self, key)
            if threshold and (threshold.written == "most" or (key == "present" and threshold.of_present)):  # fmt: skip
                raise fault(f"'{threshold}' cannot be asked of '{key}'; expected a share of the members or a number of seats")  # fmt: skip
        if self.attempts and self.failed not in AGAIN:
            raise fault(f"'attempts' are counted while a step is open, but a failed vote leads to '{self.failed}'; let 'failed' be repeat or next-nominee")  # fmt: skip
        return self

    def leads_to(self, following: str) -> dict[str, str]:
        """Where each of its ends leads: passed, failed and, if set, exhausted and lapsed.

        `following` is the next step's name, or government after the last.
        """
        ways = {"passed": self.passed or following, "failed": self.failed}
        return ways | {k: v for k in ("exhausted", "lapsed") if (v := getattr(self, k))}


class GovernmentKind(Model):
    """A kind of government, by who is in it and who is not; the first that fits counts."""

    title: str = Field("", description="The name shown.")
    includes: list[Id] = Field([], description="All of these are in it.")
    includes_any: list[Id] = Field([], description="At least one of these is in it.")
    excludes: list[Id] = Field([], description="None of these is in it.")


class Veto(Model):
    """A list's refusal to govern with another."""

    probability: Probability = Field(
        prior(fixed(1.0), "a veto is absolute unless stated"),
        description="Probability that it is upheld; 1: absolute.",
    )
    because: Claims


class PastCabinet(Model):
    """A government of the past: who was in it."""

    since: Date = Field(description="When it took office.")
    lists: list[Id] = Field(min_length=1, description="The lists in it.")
    leads: Id | None = Field(None, description="The list that held its head.")
    minority: Flag | None = Field(None, description="Whether it lacked a majority, if known.")


class Rules(Model):
    """What an assembly is and how it forms a government, whoever sits in it."""

    seats: Count = Field(gt=0, le=100_000, description="All seats, filled or not.")
    dimension: Id | None = Field(
        None, description="The dimension of the lists' positions that divides them most."
    )
    procedure: list[Step] = Field(min_length=1, max_length=12, description="Steps, in order.")
    governments: dict[Id, GovernmentKind] = Field({}, description="Kinds, first match wins.")
    vetoes: dict[Id, dict[Id, Veto]] = Field(
        {}, description="Who refuses to govern with whom: `{of: {against: {…}}}`."
    )
    cabinets: list[PastCabinet] = Field(
        [], description="Governments of the past, in any order: who has governed with whom."
    )
    elected: Date | None = Field(
        None, description="The day of the election, from which the time to a government counts."
    )
    formed_in: list[Annotated[Number, Field(ge=0, le=3_650)]] = Field(
        [],
        max_length=100,
        description="Days it took after earlier elections of the country until a government took office.",
    )


class Chamber(Rules):
    """The assembly of a scenario; its lists are the actors with seats."""


def with_following(procedure: Sequence[Step]) -> list[tuple[Step, str]]:
    """Each step with the name of what comes after it in order: a step, at last government."""
    following = [*(step.step for step in procedure[1:]), "government"]
    return list(zip(procedure, following, strict=True))
