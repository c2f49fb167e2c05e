"""The formats of event data sets: which columns hold what, and how a file is recognised."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

FIELDS = ("date", "until", "actor", "target", "kind", "killed", "id", "place", "precision")

# Day, two to six days, a week, a month, a year: the scale of UCDP's date_prec.
SCALE: Mapping[str, int] = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}

_CAMEO = (
    (r"19[034]\d?", "clash"),  # military force, small arms, artillery
    (r"(18|20)\d\d?|195\d?", "attack"),  # assault, mass violence, aerial weapons
)


@dataclass(frozen=True)
class Format:
    """A format of files of events.

    `fields` has, for each field, the names that its column has had; the first that a file has
    counts. A file is of the format if it has a column for each of `required`. `kinds` are patterns
    of the whole cell, the first that fits counts, and a row that fits none is no violence; without
    a column every row is an attack. `precisions` leads from the file's scale to that of UCDP. A
    file without a heading is of the format if it has as many columns as `heading` and a date in
    the right one. `persons`: its names of actors may be those of persons.
    """

    name: str
    title: str
    fields: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    precisions: Mapping[str, int] = field(default_factory=lambda: SCALE)
    separators: tuple[str, ...] = (",", ";", "\t")
    quote: str | None = '"'
    heading: tuple[str, ...] = ()
    persons: bool = False

    def with_columns(self, columns: Mapping[str, str]) -> Format:
        """The format with columns that the user names in place of its own."""
        named = {name: (column,) for name, column in columns.items()}
        required = tuple(dict.fromkeys((*self.required, *columns)))
        return replace(self, fields={**self.fields, **named}, required=required)

    def cells(self, line: str, separator: str) -> list[str]:
        """The cells of a line, without the blanks around them; none if it is no row of a table."""
        quoting = csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE
        try:
            rows = list(csv.reader([line], delimiter=separator, quoting=quoting))
        except csv.Error:  # a cell beyond all measure
            return []
        return [cell.strip() for cell in rows[0]] if rows else []

    def places(self, heading: list[str]) -> dict[str, int]:
        """Which column each field is in, for the fields that there are columns for."""
        found = {name.casefold(): i for i, name in reversed([*enumerate(heading)])}
        return {
            name: next(found[column.casefold()] for column in columns if column.casefold() in found)
            for name, columns in self.fields.items()
            if any(column.casefold() in found for column in columns)
        }

    def missing(self, heading: list[str]) -> list[str]:
        """The columns that a file of the format must have and this heading lacks."""
        places = self.places(heading)
        return [self.fields[name][0] for name in self.required if name not in places]


def looks_like_a_date(cell: str) -> bool:
    return re.match(r"\d{4}-?\d\d-?\d\d(\D|$)", cell) is not None


_GED_HEADING = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id",
    "conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name",
    "side_a_dset_id", "side_a_new_id", "side_a", "side_b_dset_id", "side_b_new_id", "side_b",
    "number_of_sources", "source_article", "source_office", "source_date", "source_headline",
    "source_original", "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2",
    "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region",
    "event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b",
    "deaths_civilians", "deaths_unknown", "best", "high", "low", "gwnoa", "gwnob",
)  # fmt: skip

UCDP = Format(
    name="ucdp",
    title="UCDP GED and UCDP Candidate",
    fields={
        "date": ("date_start",),
        "until": ("date_end",),
        "actor": ("side_a",),
        "target": ("side_b",),
        "kind": ("type_of_violence",),
        "killed": ("best", "best_est"),
        "id": ("id",),
        "place": ("country",),
        "precision": ("date_prec",),
    },
    required=("date", "until", "actor", "target", "kind", "killed", "id", "place", "precision"),
    kinds=((r"[12](\.0)?", "clash"), (r"3(\.0)?", "attack")),
    heading=_GED_HEADING,
)

ACLED = Format(
    name="acled",
    title="ACLED export",
    fields={
        "date": ("event_date",),
        "actor": ("actor1",),
        "target": ("actor2",),
        "kind": ("event_type",),
        "killed": ("fatalities",),
        "id": ("event_id_cnty", "data_id"),
        "place": ("country",),
        "precision": ("time_precision",),
    },
    required=("date", "actor", "target", "kind", "killed", "id", "place", "precision"),
    kinds=(
        (r"battle.*", "clash"),
        (r"(explosions/)?remote violence|violence against civilians", "attack"),
    ),
    precisions={"1": 1, "2": 3, "3": 4},
)

_SIDE = (
    "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code",
    "Religion2Code", "Type1Code", "Type2Code", "Type3Code",
)  # fmt: skip
_GEO = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")

GDELT = Format(
    name="gdelt",
    title="GDELT 2 events",
    fields={
        "date": ("SQLDATE", "Day"),
        "actor": ("Actor1Name",),
        "target": ("Actor2Name",),
        "kind": ("EventCode",),
        "id": ("GLOBALEVENTID",),
        "place": ("ActionGeo_CountryCode",),
    },
    required=("date", "actor", "target", "kind", "id", "place"),
    kinds=_CAMEO,
    separators=("\t", ","),
    quote=None,
    heading=(
        "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
        *(f"Actor1{part}" for part in _SIDE), *(f"Actor2{part}" for part in _SIDE),
        "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass",
        "GoldsteinScale", "NumMentions", "NumSources", "NumArticles", "AvgTone",
        *(f"{whose}Geo_{part}" for whose in ("Actor1", "Actor2", "Action") for part in _GEO),
        "DATEADDED", "SOURCEURL",
    ),
    persons=True,
)  # fmt: skip

ICEWS = Format(
    name="icews",
    title="ICEWS coded events",
    fields={
        "date": ("Event Date",),
        "actor": ("Source Name",),
        "target": ("Target Name",),
        "kind": ("CAMEO Code",),
        "id": ("Event ID",),
        "place": ("Country",),
    },
    required=("date", "actor", "target", "kind", "id", "place"),
    kinds=_CAMEO,
    separators=("\t",),
    quote=None,
    persons=True,
)

POLECAT = Format(
    name="polecat",
    title="POLECAT",
    fields={
        "date": ("Event Date",),
        "actor": ("Actor Name",),
        "target": ("Recipient Name",),
        "kind": ("Event Type",),
        "id": ("Event ID",),
        "place": ("Country",),
    },
    required=("date", "actor", "target", "kind", "id", "place"),
    kinds=((r"assault", "attack"),),
    separators=("\t",),
    quote=None,
    persons=True,
)

CSV = Format(
    name="csv",
    title="any other table, its columns named by --column",
    fields={name: (name,) for name in FIELDS},
    required=("date",),
    kinds=((r"clash", "clash"), (r"attack", "attack")),
)

FORMATS: Mapping[str, Format] = {
    each.name: each for each in (UCDP, ACLED, GDELT, ICEWS, POLECAT, CSV)
}
