"""The ledger: documents, the sources that speak in them, what they claim, and about what."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    model_validator,
)
from pydantic_core import PydanticCustomError

from clientela.reading import Tree

Reliability: TypeAlias = Literal["A", "B", "C", "D", "E", "F"]
Access: TypeAlias = Literal["direct", "briefed", "second-hand", "unknown"]
Stance: TypeAlias = Literal["supports", "denies", "declines", "silent"]


def fault(sentence: str) -> PydanticCustomError:
    """A validation error that reads as written."""
    return PydanticCustomError("evidence", "{sentence}", {"sentence": sentence})


def _check_sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise fault(f"'{text[:60]}' is not a SHA-256; expected 64 digits from 0 to 9 and a to f")
    return text


def _check_span(raw: Any) -> Any:
    if raw is None:
        return raw
    whole = isinstance(raw, list | tuple) and all(type(end) is int for end in raw)
    if not whole or len(raw) != 2 or not 0 <= raw[0] < raw[1]:
        raise fault("this is not a span; expected [start, end] in characters, 0 or more, rising")
    return raw


def _listed(raw: Any) -> Any:
    return [raw] if isinstance(raw, str) else raw


Sha256 = Annotated[str, AfterValidator(_check_sha256)]
Count = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Flag = Annotated[bool, Field(strict=True)]
# Never 0 or 1: what nothing could change needs no evidence (Cromwell's rule, Lindley 1985).
Chance = Annotated[float, Field(strict=True, ge=0.001, le=0.999)]
Share = Annotated[float, Field(strict=True, ge=0, le=0.9)]
Names = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=str | list[str])]


class Entry(BaseModel):
    """Base of everything in a ledger: nothing unknown is accepted, nothing changes later."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_max_length=20_000, populate_by_name=False
    )


class Document(Entry):
    """A published text or table; the text itself stays with the user."""

    title: str
    publisher: str
    date: Annotated[dt.date | None, Field(description="When it was published.")] = None
    url: str | None = None
    sha256: Sha256 = Field(description="SHA-256 of the file's bytes.")
    paragraphs: Count = Field(description="How many non-empty lines it has.")
    note: str = ""


class Source(Entry):
    """Who says it: an office or group, by role; reliability A (completely) to F (unknown)."""

    role: str
    affiliation: str | None = Field(None, description="An actor of the scenario.")
    camp: str | None = Field(None, description="Sources of one camp are not independent.")
    named: Flag
    count: Count = Field(1, description="How many people speak as this source.")
    access: Access
    briefing: str | None = Field(
        None, description="What they were briefed on; those briefed alike are not independent."
    )
    reliability: Reliability
    retracted: Flag = Field(False, description="true: what it says no longer counts.")
    note: str = ""

    @property
    def circle(self) -> str | None:
        """The camp, or the affiliation where no camp is given."""
        return self.camp or self.affiliation


class Claim(Entry):
    """What sources say at one place of a document, in our words.

    `paragraph` counts the document's non-empty lines from 1; `span` is a range of characters
    within it (none: the whole); `sha256` is that of the span's UTF-8 text, so that a changed
    document is noticed without keeping its words. Credibility 1 (confirmed) to 6 (unknown).
    """

    document: str
    paragraph: Count
    span: Annotated[tuple[int, int] | None, BeforeValidator(_check_span)] = None
    sha256: Sha256
    sources: Names = Field(min_length=1)
    says: str
    stance: Stance
    about: Names = Field([], description="Propositions that the stance is taken on.")
    against: Names = Field([], description="Propositions that it speaks against by the same words.")
    credibility: Annotated[int, Field(strict=True, ge=1, le=6)]
    said: dt.date | None = None
    event: dt.date | None = None
    note: str = ""

    @model_validator(mode="after")
    def _an_answer_speaks_against(self) -> Claim:
        if self.against and self.stance in ("declines", "silent"):
            raise fault(
                f"a claim whose stance is '{self.stance}' says nothing, so it cannot be 'against' "
                "anything; write the proposition under 'about'"
            )
        return self

    def stances(self) -> Iterator[tuple[str, Stance]]:
        """(proposition, stance taken on it), those in `about` first."""
        opposite: dict[str, Stance] = {"supports": "denies", "denies": "supports"}
        for name in self.about:
            yield name, self.stance
        for name in self.against:
            yield name, opposite[self.stance]


class Given(Entry):
    """Two prior credences, by whether another proposition is true."""

    proposition: str
    true: Chance
    false: Chance


class Proposition(Entry):
    """A statement that is true or false, and that nobody is sure of.

    Its prior credence is a number, or two by whether another proposition holds (`if`). Those
    with the same `one_of` exclude each other and one of them holds, so their priors sum to 1.
    """

    says: str
    prior: Chance | None = Field(None, description="Credence before any claim.")
    given: Given | None = Field(None, alias="if", description="Or by another proposition.")
    elicited: str = Field("", description="The reason for the prior.")
    one_of: str | None = Field(None, description="A matter of which exactly one answer is true.")
    welcome_to: Names = Field([], description="Actors or camps that gain if it is believed.")
    unwelcome_to: Names = Field([], description="Actors or camps that lose if it is believed.")
    note: str = ""

    @model_validator(mode="after")
    def _one_prior(self) -> Proposition:
        if (self.prior is None) == (self.given is None):
            raise fault("a proposition needs either 'prior' or 'if' (with two priors), not both")
        if self.one_of and self.given:
            raise fault("a proposition that is 'one_of' a matter has a plain 'prior', without 'if'")
        return self


class Pooling(Entry):
    """How claims are pooled. The correlations are judged, not measured; see docs/evidence.md."""

    method: Literal["tempered", "partial-information"] = "tempered"
    same_camp: Share = Field(default=0.45, description="Correlation that a shared camp adds.")
    same_briefing: Share = Field(
        default=0.35, description="Correlation that a shared briefing adds."
    )
    same_document: Share = Field(
        default=0.1, description="Correlation that a shared document adds."
    )
    information: Annotated[float, Field(strict=True, gt=0, lt=1)] = Field(
        default=0.2,
        description="With partial-information: one person's share of all there is to know.",
    )

    @model_validator(mode="after")
    def _under_one(self) -> Pooling:
        total = self.same_camp + self.same_briefing + self.same_document
        if total > 0.99:
            raise fault(
                f"the three correlations sum to {total:g}; expected at most 0.99, since nobody "
                "is another's copy"
            )
        return self


class Ledger(Entry):
    """An evidence file."""

    pooling: Pooling = Pooling()
    documents: dict[str, Document] = {}
    sources: dict[str, Source] = {}
    claims: dict[str, Claim] = {}
    propositions: dict[str, Proposition] = {}

    _tree: Tree = PrivateAttr(default_factory=lambda: Tree("evidence", {}))

    @property
    def tree(self) -> Tree:
        """What it was read from, for the line and column of each part."""
        return self._tree

    def placed(self, tree: Tree) -> Ledger:
        """The same ledger, remembering where each part stands."""
        self._tree = tree
        return self

    def as_written(self) -> str:
        """The ledger as JSON, for a run's folder."""
        return self.model_dump_json(by_alias=True)

    @property
    def camps(self) -> dict[str, list[str]]:
        """The sources of each camp (or affiliation, where a source has no camp)."""
        found: dict[str, list[str]] = {}
        for name, source in self.sources.items():
            if source.circle is not None:
                found.setdefault(source.circle, []).append(name)
        return found

    def without(self, retracted: Iterable[str]) -> Ledger:
        """The ledger with these sources retracted, `camp:NAME` standing for a whole camp."""
        names: set[str] = set()
        for name in retracted:
            whole = name.startswith("camp:")
            names.update(self.camps[name.removeprefix("camp:")] if whole else [name])
        sources = {
            name: source.model_copy(update={"retracted": True}) if name in names else source
            for name, source in self.sources.items()
        }
        return self.model_copy(update={"sources": sources})

    def without_claims(self, struck: Iterable[str]) -> Ledger:
        """The ledger as if these claims had not been made."""
        names = set(struck)
        kept = {name: claim for name, claim in self.claims.items() if name not in names}
        return self.model_copy(update={"claims": kept})

    def bearing(self) -> dict[str, list[tuple[str, Claim, Stance]]]:
        """(claim's id, claim, stance) of every claim that bears on it, by proposition."""
        found: dict[str, list[tuple[str, Claim, Stance]]] = {name: [] for name in self.propositions}
        for name, claim in self.claims.items():
            for about, stance in claim.stances():
                found[about].append((name, claim, stance))
        return found

    def bearing_on(self, proposition: str) -> list[tuple[str, Claim, Stance]]:
        """(claim's id, claim, stance) of every claim that bears on a proposition."""
        return self.bearing()[proposition]
