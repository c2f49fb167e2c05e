"""ParlGov's cabinets as formations: a chamber as it stood, and the coalition that formed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from clientela.chamber import Cabinet, Chamber, PartyList
from validation.command import DataError

HERE = Path(__file__).parents[1] / "data" / "parlgov"
# Lists beyond the fifteenth are left out: they have a seat or two, and each doubles the coalitions.
MOST_LISTS = 15
SINCE = dt.date(1945, 1, 1)
FAMILY = {"com": "communist", "right": "far-right", "spec": "special-issue"}


@dataclass(frozen=True, eq=False)
class Case:
    """A government that formed: where, when, in which chamber, and its lists as bits."""

    country: str
    date: dt.date
    chamber: Chamber
    formed: int


@dataclass(frozen=True)
class Sample:
    """The formations, and how many were left out for which reason."""

    cases: list[Case]
    left_out: dict[str, int]


def read(folder: Path) -> Sample:
    """All formations of party governments in hung parliaments since 1945, by country and date.

    Caretaker cabinets are left out, and so are their lists as incumbents. Raises DataError.
    """
    cabinets = _view(folder, "view_cabinet")
    families = dict(_view(folder, "view_party").select("party_id", "family_name_short").iter_rows())
    results = _results(_view(folder, "view_election"))
    cases: list[Case] = []
    left_out = {"caretaker": 0, "majority of one list": 0, "first of a country": 0,
                "a member beyond the fifteenth list": 0, "fewer than three lists": 0}  # fmt: skip
    for (country,), rows in sorted(cabinets.group_by("country_name")):
        for case in _of_country(country, rows, families, results, left_out):
            cases.append(case)
    return Sample(cases, left_out)


def _view(folder: Path, name: str) -> pl.DataFrame:
    for path in (folder / f"{name}.csv.gz", folder / f"{name}.csv"):
        if path.exists():
            return pl.read_csv(path, infer_schema_length=None)
    raise DataError(
        f"{folder}: there is no {name}.csv; give the folder of ParlGov's views with --data"
    )


Results = Mapping[int, tuple[dict[int, float], int | None]]


def _results(elections: pl.DataFrame) -> Results:
    """By election: each party's share of seats, and the election before."""
    shares: dict[int, tuple[dict[int, float], int | None]] = {}
    for row in elections.filter(pl.col("election_type") == "parliament").iter_rows(named=True):
        before = row["previous_parliament_election_id"]
        own, _ = shares.setdefault(
            row["election_id"], ({}, None if before is None else int(before))
        )
        own[row["party_id"]] = (row["seats"] or 0) / max(row["seats_total"], 1)
    return shares


def _of_country(
    country: str,
    rows: pl.DataFrame,
    families: Mapping[int, str | None],
    results: Results,
    left_out: dict[str, int],
) -> Iterator[Case]:
    past: list[tuple[int, int | None, Cabinet]] = []  # election, leader, cabinet
    for cabinet in _cabinets(rows):
        date, seats = cabinet["date"], cabinet["seats"]
        if cabinet["caretaker"] or not cabinet["members"]:
            left_out["caretaker"] += date >= SINCE
            continue
        why = _unfit(cabinet, bool(past)) if date >= SINCE else "too early"
        if why in left_out:
            left_out[why] += 1
        elif why is None:
            chamber = _chamber(cabinet, past, families, results)
            yield Case(country, date, chamber, chamber.mask(*map(str, cabinet["members"])))
        held = sum(seats[m] for m in cabinet["members"])
        names = frozenset(map(str, cabinet["members"]))
        minority = held * 2 <= sum(seats.values())
        past.append(
            (cabinet["election"], cabinet["leader"], Cabinet(date, names, minority=minority))
        )


def _cabinets(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """A country's cabinets by date, each with the seats of all parties in parliament."""
    found = []
    for _, of_one in rows.group_by("cabinet_id"):
        parties = of_one.to_dicts()
        first = parties[0]
        leaders = [r["party_id"] for r in parties if r["prime_minister"]]
        found.append(
            {
                "id": first["cabinet_id"],
                "date": dt.date.fromisoformat(first["start_date"]),
                "election": first["election_id"],
                "caretaker": first["caretaker"],
                "all_seats": first["election_seats_total"],
                "seats": {r["party_id"]: r["seats"] for r in parties if r["seats"] > 0},
                "places": {r["party_id"]: r["left_right"] for r in parties},
                "members": [
                    r["party_id"] for r in parties if r["cabinet_party"] and r["seats"] > 0
                ],
                "leader": leaders[0] if leaders else None,
            }
        )
    return sorted(found, key=lambda c: (c["date"], c["id"]))


def _unfit(cabinet: dict[str, Any], has_past: bool) -> str | None:
    """Why a cabinet is no formation to be predicted; None if it is one."""
    seats = cabinet["seats"]
    if max(seats.values()) * 2 > max(cabinet["all_seats"], 1):
        return "majority of one list"
    if not has_past:
        return "first of a country"
    if not set(cabinet["members"]) <= set(_largest(seats)):
        return "a member beyond the fifteenth list"
    return "fewer than three lists" if len(seats) < 3 else None


def _largest(seats: Mapping[int, int]) -> list[int]:
    return sorted(seats, key=lambda party: -seats[party])[:MOST_LISTS]


def _chamber(
    cabinet: dict[str, Any],
    past: list[tuple[int, int | None, Cabinet]],
    families: Mapping[int, str | None],
    results: Results,
) -> Chamber:
    seats, places = cabinet["seats"], cabinet["places"]
    last_election, leader, outgoing = past[-1]
    now, before = results.get(cabinet["election"], ({}, None))
    earlier = results.get(before, ({}, None))[0] if before is not None else {}
    lists = tuple(
        PartyList(
            str(party),
            int(seats[party]),
            {} if places[party] is None else {"left-right": float(places[party])},
            incumbent=str(party) in outgoing.lists,
            leads=party == leader,
            gain=now.get(party, 0.0) - earlier.get(party, 0.0),
            family=FAMILY.get(families.get(party) or ""),
        )
        for party in _largest(seats)
    )
    return Chamber(
        lists,
        # Parties in lists of several are counted twice in some years; then the sum is the size.
        size=max(cabinet["all_seats"], sum(p.seats for p in lists))
        if sum(seats.values()) <= cabinet["all_seats"]
        else sum(seats.values()),
        cabinets=tuple(c for _, _, c in past),
        date=cabinet["date"],
        midterm=cabinet["election"] == last_election,
    )
