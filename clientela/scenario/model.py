"""The scenario language as models: actors, ties, events, questions, branches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from clientela.evidence import Credences, Ledger
from clientela.reading import Problem, Tree
from clientela.scenario.chamber import Chamber
from clientela.scenario.distributions import fixed, pert
from clientela.scenario.fields import Claims, Count, Date, Flag, Id, Model, Number, fault, listed
from clientela.scenario.quantity import Days, Nonnegative, Rate, Share, prior

Kind = Literal[
    "patron", "client", "rival", "party", "state", "judiciary", "authority", "outside-power"
]


class Seats(Model):
    """Seats of a list in the chamber."""

    now: Count = Field(ge=0, le=100_000, description="Seats won, in the chamber now.")
    expected: Nonnegative | None = Field(
        None, description="Seats its supporters expected, seats; losing them is a grievance."
    )


def _seats(raw: Any) -> Any:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return {"now": raw}
    if raw is None or isinstance(raw, dict | Seats):
        return raw
    raise fault("this is not a number of seats; expected a whole number, or {now, expected}")


class Actor(Model):
    """An organisation or office."""

    name: str = Field(description="The name shown in tables and figures.")
    kind: Kind = Field(description="What the actor is in the crisis.")
    camp: Id | None = Field(None, description="The camp it belongs to, if any.")
    community: Id | None = Field(None, description="The community it stands for, if any.")
    note: str = Field("", description="A sentence on the actor.")
    because: Claims
    force: Nonnegative = Field(
        prior(fixed(0.0), "unarmed unless stated"),
        description="Armed strength relative to the other actors, of which the mean counts; 0: unarmed.",
    )
    autonomy: Share = Field(
        prior(pert(0.1, 0.4, 0.8), "own arms, economy and offices; no published scale"),
        description="How far it can act on means of its own, 0 (not at all) to 1 (fully).",
    )
    cohesion: Share = Field(
        prior(pert(0.5, 0.8, 1.0), "organisations mostly act as one"),
        description="How far its members do what their leaders agree to, 0 to 1.",
    )
    positions: dict[Id, Annotated[Number, Field(ge=-1, le=1)]] = Field(
        {}, description="Position on named dimensions, from −1 to 1."
    )
    seats: Annotated[
        Seats | None, BeforeValidator(_seats, json_schema_input_type=int | Seats | None)
    ] = Field(None, description="Seats in the chamber: a number, or {now, expected}.")
    bloc: Flag = Field(True, description="false: its members sit and vote one by one.")
    incumbent: Flag = Field(False, description="Was in the outgoing government.")
    leads: Flag = Field(False, description="Held the head of the outgoing government.")
    runners_up: dict[Id, Annotated[Number, Field(gt=0)]] = Field(
        {}, description="Who gets its seats if it resigns, with weights; without, it cannot."
    )


class Sponsorship(Model):
    """A patron's support for a client."""

    dependence: Share = Field(
        prior(pert(0.2, 0.5, 0.8), "share of means that come from the patron; seldom published"),
        description="Share of the client's means that the patron gives, 0 to 1.",
    )
    because: Claims


class Rivalry(Model):
    """Hostility that can turn violent, of both sides or of the first against the second."""

    mutual: Flag = Field(True, description="false: only the first attacks the second.")
    strength: Annotated[Number, Field(ge=0, le=1)] = Field(
        0.5, description="How hostile the tie is at the start, 0 to 1."
    )
    rate: Rate | None = Field(
        None, description="Background attacks by each side, events per day (none: escalation.rate)."
    )
    killed: Nonnegative | None = Field(
        None, description="Mean killed by an attack that can kill (none: escalation.killed)."
    )
    because: Claims


class Alliance(Model):
    """Friendship or partnership."""

    strength: Annotated[Number, Field(ge=0, le=1)] = Field(
        0.5, description="How close the tie is at the start, 0 to 1."
    )
    because: Claims


class Deference(Model):
    """A follower's deference to an authority."""

    strength: Share = Field(
        prior(pert(0.1, 0.5, 0.9), "how far followers heed an authority is seldom measured"),
        description="How far the follower heeds the authority, 0 to 1.",
    )
    because: Claims


class Ties(Model):
    """Ties by kind: `kind: {from: {to: {…}}}`, so that each has one path."""

    sponsorship: dict[Id, dict[Id, Sponsorship]] = Field(default={}, description="Patron: client.")
    rivalry: dict[Id, dict[Id, Rivalry]] = Field(default={}, description="Attacker: attacked.")
    alliance: dict[Id, dict[Id, Alliance]] = Field(default={}, description="Friend: friend, once.")
    deference: dict[Id, dict[Id, Deference]] = Field(default={}, description="Follower: authority.")

    def each(self) -> Iterator[tuple[str, str, str, Any]]:
        """(kind, from, to, tie) of every tie, in the order written."""
        for kind in type(self).model_fields:
            for first, others in getattr(self, kind).items():
                for second, tie in others.items():
                    yield kind, first, second, tie


class PastEvent(Model):
    """Something that has happened; it sets the state at the start."""

    date: Date = Field(description="When it happened, on or before as_of.")
    event: str = Field(description="Name of an event type, such as attack:a>b or visit:p.")
    outcome: dict[str, str] = Field({}, description="Branch taken, by outcome group.")
    killed: Count = Field(0, ge=0, le=1_000_000, description="People killed.")
    note: str = Field("", description="A sentence on the event.")
    because: Claims


class ScheduledEvent(Model):
    """Something that is coming, on a date, within a window, or after an uncertain delay."""

    event: str = Field(description="Name of an event type, such as ratification.")
    date: Date | None = Field(None, description="Its date.")
    after: Days | None = Field(None, description="Days after as_of, uncertain.")
    note: str = Field("", description="A sentence on the event.")
    because: Claims

    @model_validator(mode="after")
    def _one_time(self) -> ScheduledEvent:
        if (self.date is None) == (self.after is None):
            raise fault("a scheduled event needs either 'date' or 'after' (days), not both")
        return self


Patterns = Annotated[
    list[str],
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]


class Question(Model):
    """One question, asked of every history; exactly one of the forms below."""

    ask: str = Field(description="The question as a sentence.")
    by: Date | None = Field(None, description="Deadline, counting that day (none: the horizon).")
    happens: Patterns | None = Field(None, description="Names of events; * stands for anything.")
    times: Count = Field(1, ge=1, le=1_000_000, description="With happens: how often, at least.")
    killed: Patterns | None = Field(None, description="Count those killed in these events.")
    at_least: Count | None = Field(None, ge=1, description="With killed: this many or more.")
    within: Annotated[Number, Field(gt=0)] | None = Field(
        None, description="With killed: within so many days (none: in total)."
    )
    obeys: Id | None = Field(None, description="Does this client comply at its next visit?")
    government: Patterns | None = Field(
        None, description="Kinds of government, or any: has it formed?"
    )
    kinds: Literal[True] | None = Field(None, description="Which kind of government forms?")

    @model_validator(mode="after")
    def _one_form(self) -> Question:
        forms = ("happens", "killed", "obeys", "government", "kinds")
        given = [form for form in forms if getattr(self, form) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise fault(f"a question has exactly one of {', '.join(forms)}; found {found}")
        if (self.killed is None) != (self.at_least is None):
            raise fault("'killed' and 'at_least' go together")
        return self


class Decision(Model):
    """What an answer is for: actions, and what each is worth by the question's outcome."""

    title: str = Field(description="The decision as a sentence.")
    question: Id = Field(description="The question that decides how it turns out.")
    actions: dict[Id, dict[Id, Number]] = Field(
        min_length=2, description="By action and outcome (yes and no, or the kinds): its payoff."
    )


class Branch(Model):
    """A what-if: the scenario with some values set and some mechanisms switched off."""

    title: str = Field(description="The what-if as a sentence.")
    set: dict[str, Any] = Field({}, description="Dotted paths and the values they get.")
    without: list[Id] = Field([], description="Mechanisms to switch off.")


class DataSet(Model):
    """Events that values were fitted to; a value's `because` may name it, as it may a claim."""

    title: str = Field(description="What it is and where it is from, as it is to be cited.")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file of events.")
    events: Count = Field(ge=1, le=1_000_000_000, description="Events that were fitted to.")
    since: Date = Field(description="The first day that was fitted to.")
    through: Date = Field(description="The last day that was fitted to.")
    note: str = Field("", description="How it was fitted.")


class Scenario(Model):
    """A crisis, written down with its sources."""

    scenario: Id = Field(description="Its name.")
    title: str = Field(description="A line that says what it is about.")
    summary: str = Field("", description="A paragraph.")
    as_of: Date = Field(description="The date up to which things are known; day 0.")
    horizon: Date = Field(description="The last day that is looked at.")
    evidence: str | None = Field(None, description="File with the evidence, beside this one.")
    outcomes: str | None = Field(None, description="File with what came true, for scoring only.")
    data: dict[Id, DataSet] = Field({}, description="Events that values were fitted to.")
    actors: dict[Id, Actor] = Field(
        min_length=1, max_length=60, description="The organisations and offices, by short name."
    )
    ties: Ties = Field(
        default_factory=Ties, description="What binds the actors and sets them at odds."
    )
    chamber: Chamber | None = Field(None, description="The assembly, if a government is formed.")
    mechanisms: dict[Id, Any] = Field(
        {}, description="Settings by mechanism; false switches one off, absent means defaults."
    )
    past: dict[Id, PastEvent] = Field({}, description="What has happened up to as_of.")
    scheduled: dict[Id, ScheduledEvent] = Field({}, description="What is coming after as_of.")
    questions: dict[Id, Question] = Field({}, description="What is asked of every history.")
    decisions: dict[Id, Decision] = Field({}, description="What the answers are for.")
    branches: dict[Id, Branch] = Field({}, description="What-ifs, to compare with the scenario.")

    _credences: Credences | None = PrivateAttr(None)
    _source: Path | None = PrivateAttr(None)
    _branch: str | None = PrivateAttr(None)
    _tree: Tree = PrivateAttr(default_factory=lambda: Tree("scenario", {}))
    _changes: dict[str, Any] = PrivateAttr(default_factory=dict)
    _without: tuple[str, ...] = PrivateAttr(())
    _without_sources: tuple[str, ...] = PrivateAttr(())

    @property
    def ledger(self) -> Ledger | None:
        """The evidence, if the scenario names a file of it."""
        return self._credences.ledger if self._credences else None

    @property
    def credences(self) -> Credences | None:
        """What the evidence makes of its propositions."""
        return self._credences

    @property
    def source(self) -> Path | None:
        """The file it was read from, if any."""
        return self._source

    @property
    def branch(self) -> str | None:
        """The branch that has been taken, if any."""
        return self._branch

    @property
    def digest(self) -> str:
        """SHA-256 of what is in force: branch and changes, and the evidence."""
        evidence = self.ledger.as_written() if self.ledger else ""
        return hashlib.sha256((self.as_written() + evidence).encode()).hexdigest()

    def as_written(self) -> str:
        """What is in force, branch and changes included, as JSON in the order written."""
        written = {**self._tree.data, **({"evidence": "evidence.json"} if self.evidence else {})}
        return json.dumps(written, default=str, ensure_ascii=False)

    def problem(self, path: tuple[str, ...], message: str) -> Problem:
        """A problem with the part at a path, at its line and column in the file."""
        return self._tree.problem(path, message)

    @property
    def without_sources(self) -> tuple[str, ...]:
        """The sources (`camp:NAME`: all of a camp) that the user has retracted beside the file."""
        return self._without_sources

    def restore(
        self,
        branch: str | None,
        changes: dict[str, Any],
        without: Iterable[str],
        without_sources: Iterable[str],
    ) -> None:
        """Says by which branch and changes it came to be, for one read back from a run."""
        self._branch, self._changes = branch, changes
        self._without, self._without_sources = tuple(without), tuple(without_sources)

    @property
    def changes(self) -> dict[str, Any]:
        """Values set by the user beside file and branch, by path."""
        return self._changes

    @property
    def without(self) -> tuple[str, ...]:
        """The mechanisms that a branch or the user has switched off."""
        return self._without

    def facts(self) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        """(path, claims) of every actor, event and tie: what rests on claims and is no value."""
        for group in ("actors", "past", "scheduled"):
            for name, part in getattr(self, group).items():
                yield (group, name), part.because
        for kind, first, second, tie in self.ties.each():
            yield ("ties", kind, first, second), tie.because

    @property
    def active(self) -> tuple[str, ...]:
        """The mechanisms that are switched on, in the order they are built."""
        off = (False, None)
        return tuple(name for name, given in self.mechanisms.items() if given not in off)

    @property
    def days(self) -> int:
        """Days from the start of `as_of` to the end of the horizon."""
        return (self.horizon - self.as_of).days + 1

    @property
    def lists(self) -> dict[str, Actor]:
        """The actors with seats in the chamber, in the order written."""
        return {name: actor for name, actor in self.actors.items() if actor.seats is not None}
