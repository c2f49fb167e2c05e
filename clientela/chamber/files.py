"""Chambers as files: an assembly with its lists and procedure, without the rest of a crisis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from clientela.chamber.lists import Chamber, PartyList
from clientela.chamber.parliament import Parliament, cabinets_of, vetoes_of
from clientela.reading import ReadingError, Tree, read_yaml, refuse, suggestion, unknown, validated
from clientela.scenario import Rules
from clientela.scenario.assembly_checks import check_names, check_offices, check_procedure
from clientela.scenario.fields import Count, Date, Flag, Id, Model, Number


class ListEntry(Model):
    """A list with seats, as written."""

    name: str = Field("", description="The name shown (none: its id).")
    seats: Count = Field(ge=0, le=100_000, description="Seats in the chamber.")
    positions: dict[Id, Number] = Field({}, description="Places on named dimensions, on any scale.")
    community: Id | None = Field(None, description="The community it stands for, if any.")
    force: Annotated[Number, Field(ge=0)] = Field(
        0.0, description="Armed strength relative to the other lists; 0: unarmed."
    )
    bloc: Flag = Field(True, description="false: its members sit and vote one by one.")
    incumbent: Flag = Field(False, description="Was in the outgoing government.")
    leads: Flag = Field(False, description="Held the head of the outgoing government.")
    gain: Annotated[Number, Field(ge=-1, le=1)] = Field(
        0.0, description="Share of all seats won or lost in the election just held."
    )
    family: Literal["communist", "far-right", "special-issue"] | None = Field(
        None, description="The family it belongs to, if it is one of these."
    )
    note: str = Field("", description="A sentence on the list.")


class ChamberFile(Rules):
    """An assembly by itself: its lists, who stands with and against whom, and its procedure."""

    chamber: Id = Field(description="Its name.")
    title: str = Field(description="The title shown.")
    date: Date | None = Field(None, description="The day of this composition.")
    midterm: Flag = Field(
        False, description="true: the outgoing government was formed by this same parliament."
    )
    sources: list[str] = Field([], description="Where seats, positions and rules come from.")
    lists: dict[Id, ListEntry] = Field(min_length=1, description="The lists with their seats.")
    camps: dict[Id, list[Id]] = Field({}, description="Lists that decide together, by camp.")
    rivalries: dict[Id, list[Id]] = Field({}, description="Who opposes whom: `{one: [others]}`.")
    alliances: dict[Id, list[Id]] = Field({}, description="Who stands with whom, likewise.")


def load_chamber(source: str | Path | Mapping[str, Any]) -> Parliament:
    """The parliament in a chamber file, of a bundled name, or in a mapping, checked.

    Raises ReadingError with every problem, a line each.
    """
    tree = Tree("chamber", dict(source)) if isinstance(source, Mapping) else _read(source)
    written = validated(ChamberFile, tree)
    problems = [tree.problem(path, sentence) for path, sentence in _check(written)]
    if problems:
        raise ReadingError(problems)
    return _parliament(written)


def bundled_chambers() -> dict[str, Path]:
    """The chambers that come with Clientela: name and file."""
    library = Path(str(resources.files("clientela"))) / "library" / "chambers"
    return {file.stem: file for file in sorted(library.glob("*.yaml"))}


def _read(source: str | Path) -> Tree:
    known = bundled_chambers()
    path = known.get(str(source), Path(source))
    if not path.is_file():
        hint = suggestion(source, known) or f"; bundled: {', '.join(known)}"
        message = f"there is no such file, and no bundled chamber of that name{hint}"
        refuse(source, message)
    return read_yaml(path)


def _check(written: ChamberFile) -> Iterator[tuple[tuple[Any, ...], str]]:
    """What is wrong between the parts: (path, sentence) each."""
    held = sum(entry.seats for entry in written.lists.values())
    if held > written.seats:
        yield ("seats",), (f"the lists' seats sum to {held}, {held - written.seats} more than the "
                           f"chamber's {written.seats}; correct one of them")  # fmt: skip
    elif not held:
        yield ("lists",), "no list has a seat; give at least one list seats"
    yield from check_procedure(written)
    yield from check_names(written, written.lists)
    yield from check_offices(written, (entry.community for entry in written.lists.values()))
    camp_of: dict[str, str] = {}
    for camp, members in written.camps.items():
        for i, name in enumerate(members):
            at = ("camps", camp, i)
            if name not in written.lists:
                yield at, unknown("list", name, written.lists)
            elif camp_of.setdefault(name, camp) != camp:
                yield at, f"'{name}' is in camp '{camp_of[name]}' too; keep it in one"
    for kind, pairs in (("rivalries", written.rivalries), ("alliances", written.alliances)):
        for one, others in pairs.items():
            if one not in written.lists:
                yield (kind, one), unknown("list", one, written.lists)
            for i, other in enumerate(others):
                if other not in written.lists:
                    yield (kind, one, i), unknown("list", other, written.lists)
                elif other == one:
                    yield (kind, one, i), f"'{one}' is paired with itself; name another list"
    placed = {d for entry in written.lists.values() for d in entry.positions}
    if written.dimension is not None and written.dimension not in placed:
        yield ("dimension",), unknown("dimension of the lists' positions", written.dimension, placed)  # fmt: skip


def _parliament(written: ChamberFile) -> Parliament:
    camp_of = {name: camp for camp, members in written.camps.items() for name in members}
    chamber = Chamber(
        tuple(_party(name, entry, camp_of.get(name)) for name, entry in written.lists.items()),
        vetoes_of(written),
        _pairs(written.rivalries),
        _pairs(written.alliances),
        written.seats,
        written.dimension,
        cabinets_of(written),
        written.date,
        written.midterm,
    )
    return Parliament(
        title=written.title,
        date=written.date,
        chamber=chamber,
        names={name: entry.name or name for name, entry in written.lists.items()},
        rules=written,
        sources=tuple(written.sources),
    )


def _party(name: str, entry: ListEntry, camp: str | None) -> PartyList:
    fields = entry.model_dump(exclude={"name", "note"})
    return PartyList(id=name, camp=camp, **fields)


def _pairs(ties: Mapping[str, list[str]]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset((one, other)) for one, others in ties.items() for other in others)
