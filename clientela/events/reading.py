"""Files of events to one table, with a count of all that is dropped.

A file is read once, in blocks, so that memory is for what is kept and not for what is read. (Polars
has a streaming engine, but it takes in a CSV file faster than these expressions are done with it,
and so comes to hold all of it.)
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import polars as pl

from clientela.events.cells import canonical, nobody
from clientela.events.files import blocks, check_utf8, found, in_utf8, open_quote, record
from clientela.events.formats import Format
from clientela.events.recognising import Layout, format_for, layout_of
from clientela.events.report import RULES, Dropped, Named, ReadReport
from clientela.reading import refuse

SCHEMA = {
    "date": pl.Date, "until": pl.Date, "actor": pl.String, "target": pl.String,
    "kind": pl.String, "killed": pl.Int64, "id": pl.String, "place": pl.String,
}  # fmt: skip
PRECISION = 4

_SIDES = {"actor": "actor_name", "target": "target_name"}
_WRITTEN = {"actor": "actor_written", "target": "target_written"}
_NAMES = tuple(_SIDES.values())
_KEPT = "kept"
_HEADING = "heading"


@dataclass(frozen=True)
class _Asked:
    """What is kept of the rows that can be read."""

    countries: Collection[str]
    since: dt.date | None
    until: dt.date | None
    precision: int
    aliases: Mapping[str, str | None] | None


@dataclass
class _Counts:
    """What has been counted over the files so far."""

    rules: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    names: Counter[str] = field(default_factory=Counter)
    places: set[str] = field(default_factory=set)


def read_events(
    paths: Iterable[Path | str] | Path | str,
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    countries: Collection[str] = (),
    since: dt.date | None = None,
    until: dt.date | None = None,
    precision: int = PRECISION,
    aliases: Mapping[str, str | None] | None = None,
    encoding: str = "utf-8",
) -> tuple[pl.DataFrame, ReadReport]:
    """The events in files, folders or patterns, a row each, and a report of what was dropped.

    The table has `date` and `until`, the first and last possible day; `actor` and `target`, null
    for nobody in particular; `kind`, attack or clash; `killed`, null if it is not told; `id`; and
    `place`, a country. Rows are in the order of these, whatever the order in the files.

    `columns` leads from fields to the names of columns; alone, it asks for the format csv.
    `countries` are as the data write them. `precision` is the coarsest date that is kept, from 1
    (a day) to 5 (a year). `aliases` leads from names in the data to the ids that stand for them,
    or to None for names whose events are dropped, as are those of names that it lacks; without
    it, names are as in the data.

    Raises ReadingError if a file cannot be read or has no known format.
    """
    asked = _Asked({c.strip().lower() for c in countries}, since, until, precision, aliases)
    files = found([paths] if isinstance(paths, str | Path) else paths)
    wanted = format_for(format, columns or {})
    counts, tables, formats = _Counts(), [], {}
    for file in files:
        with in_utf8(file, encoding) as readable:
            layout = layout_of(readable, file, wanted)
            formats.setdefault(layout.format.name, (layout.format, file))
            _same_format(formats)
            _check_places(file, layout, asked)
            tables.append(_read(file, readable, layout, asked, counts))
    # Duplicates are told by names in the data: two names of one actor are two reports.
    every = pl.concat(tables)
    table = _without_duplicates(every)
    counts.rules["duplicate"] = every.height - table.height
    _count_names(table.group_by(*_WRITTEN.values()).len(), counts, aliases)
    (chosen, _), *_ = formats.values()
    return table.select(*SCHEMA), _report(files, chosen, counts, table)


def _same_format(formats: Mapping[str, tuple[Format, Path]]) -> None:
    if len(formats) > 1:
        (one, (_, first)), (other, (_, file)) = formats.items()
        refuse(file, f"is of the format {other}, but {first} is {one}; read them one by one")


def _check_places(file: Path, layout: Layout, asked: _Asked) -> None:
    if asked.countries and "place" not in layout.places:
        refuse(file, "has no column for the country; name it with --column place=NAME", 1, 1)


def _read(
    file: Path, readable: Path, layout: Layout, asked: _Asked, counts: _Counts
) -> pl.DataFrame:
    """The events of one file that no rule drops; adds to the counts. Raises ReadingError."""
    tables: list[pl.DataFrame] = []
    first: dict[str, int] = {}
    done = 0
    try:
        for block in blocks(readable, layout.format.quote):
            by_rule, kept = _read_block(block, done, layout, asked, counts)
            tables.append(kept)
            for rule, number, row in by_rule.iter_rows():
                counts.rules[rule] += number
                first.setdefault(rule, row)
                done += number
    except (pl.exceptions.PolarsError, ValueError) as error:
        _explain(file, readable, layout, error)
    for rule in {"unparsed", "date"} & first.keys() - counts.first.keys():
        counts.first[rule] = _where(file, readable, layout, first[rule], rule)
    return pl.concat(tables)


def _read_block(
    block: bytes, before: int, layout: Layout, asked: _Asked, counts: _Counts
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How many rows of a block each rule drops and the first of them, and the events that none
    drops; adds names and places to the counts. `before` is how many rows there were before it.
    """
    rows = canonical(_scan(block, before, layout), layout)
    ruled = _sided(rows, asked.aliases).with_columns(rule=_rule(layout, asked))
    queries = [
        ruled.group_by("rule").agg(pl.len().alias("rows"), pl.col("row").min()),
        ruled.filter(rule=_KEPT).select(*SCHEMA, *_NAMES, *_WRITTEN.values()),
        ruled.filter(rule="unmapped").group_by(*_WRITTEN.values()).len(),
        ruled.filter(rule="country").select("place").unique(),
    ]
    by_rule, kept, pairs, places = pl.collect_all(queries, engine="streaming")
    _count_names(pairs, counts, asked.aliases)
    counts.places.update(places["place"].drop_nulls())
    return by_rule, kept


def _count_names(
    pairs: pl.DataFrame, counts: _Counts, aliases: Mapping[str, str | None] | None
) -> None:
    """Adds how many events have each name that has no alias, on either side."""
    for *names, number in pairs.iter_rows():
        for name in {*names} - {None, *(aliases or {})}:
            counts.names[name] += number


def _scan(block: bytes, before: int, layout: Layout) -> pl.LazyFrame:
    """The cells as text, in columns named 0, 1, …; `more` holds one beyond the last."""
    schema = {str(number): pl.String for number in range(layout.columns)}
    return pl.scan_csv(
        block, has_header=False, schema={**schema, "more": pl.String},
        separator=layout.separator, quote_char=layout.format.quote,
        row_index_name="row", row_index_offset=before,
        truncate_ragged_lines=True, missing_columns="insert", extra_columns="ignore",
    )  # fmt: skip


def _sided(rows: pl.LazyFrame, aliases: Mapping[str, str | None] | None) -> pl.LazyFrame:
    """The rows with what is written in `actor_written` and `target_written`; in `actor_name` and
    `target_name` that too, but null for nobody in particular without an alias; and in `actor` and
    `target` the ids that stand for the names, or the names again.
    """
    known = [*(aliases or {})]
    rows = rows.with_columns(pl.col(side).alias(written) for side, written in _WRITTEN.items())
    rows = rows.with_columns(
        pl.when(~nobody(pl.col(side)) | pl.col(side).is_in(known)).then(pl.col(side)).alias(name)
        for side, name in _SIDES.items()
    )
    if aliases is None:
        return rows.with_columns(pl.col(name).alias(side) for side, name in _SIDES.items())
    ids = {name: id_ for name, id_ in aliases.items() if id_ is not None}
    return rows.with_columns(
        pl.col(name)
        .replace_strict([*ids], [*ids.values()], default=None, return_dtype=pl.String)
        .alias(side)
        for side, name in _SIDES.items()
    )


def _rule(layout: Layout, asked: _Asked) -> pl.Expr:
    """The first rule that drops a row, in the order of RULES, or that it is kept."""
    date, until = pl.col("date"), pl.col("until")
    tests = {
        _HEADING: (pl.col("row") == 0) if layout.headed else pl.lit(False),
        "unparsed": pl.col("more").is_not_null() | pl.col("blank"),
        "no-violence": pl.col("kind").is_null(),
    }
    if asked.countries:
        inside = pl.col("place").str.to_lowercase().is_in([*asked.countries])
        tests["country"] = ~inside.fill_null(False)
    tests["date"] = date.is_null() | until.is_null() | (until < date)
    tests["precision"] = pl.col("precision") > asked.precision
    since, last = asked.since or dt.date.min, asked.until or dt.date.max
    tests["dates"] = (date < since) | (until > last)
    if asked.aliases is not None:
        names = [pl.col(name) for name in _NAMES]
        known = [*asked.aliases]
        ignored = [name for name, id_ in asked.aliases.items() if id_ is None]
        tests["ignored"] = pl.any_horizontal(n.is_in(ignored).fill_null(False) for n in names)
        tests["unmapped"] = pl.any_horizontal(~n.is_in(known).fill_null(True) for n in names)
        tests["itself"] = (pl.col("actor") == pl.col("target")).fill_null(False)
    first = pl.coalesce(pl.when(test).then(pl.lit(rule)) for rule, test in tests.items())
    return first.fill_null(_KEPT)


def _without_duplicates(events: pl.DataFrame) -> pl.DataFrame:
    """The events in order: one for each id, and without ids one for each day, sides and number.

    Rows that say neither an id nor who did it stay, for nothing tells them apart.
    """
    order = [*SCHEMA, *_NAMES]
    ordered = events.sort(order, nulls_last=True)
    told, by_whom = pl.col("id").is_not_null(), pl.col("actor_name").is_not_null()
    alike = ["date", "until", *_NAMES, "kind", "killed", "place"]
    return pl.concat(
        [
            ordered.filter(told).unique("id", keep="first", maintain_order=True),
            ordered.filter(~told & by_whom).unique(alike, keep="first", maintain_order=True),
            ordered.filter(~told & ~by_whom),
        ]
    ).sort(order, nulls_last=True)


def _report(files: list[Path], format: Format, counts: _Counts, table: pl.DataFrame) -> ReadReport:
    rules = counts.rules
    dropped = tuple(Dropped(rule, rules[rule], counts.first.get(rule)) for rule in RULES)
    names = pl.DataFrame(
        [*counts.names.items()], schema={"name": pl.String, "events": pl.Int64}, orient="row"
    ).sort(-pl.col("events"), "name")
    of_nobody, of_somebody = names.filter(who := nobody(pl.col("name"))), names.filter(~who)
    return ReadReport(
        files=tuple(map(str, files)),
        format=format.name,
        rows=rules.total() - rules[_HEADING] - rules["duplicate"],
        kept=table.height,
        dropped=dropped,
        without_killed=table["killed"].null_count(),
        without_actor=table["actor"].null_count(),
        without_target=table["target"].null_count(),
        inexact=table.filter(pl.col("date") != pl.col("until")).height,
        unmapped=tuple(map(Named, of_somebody["name"], of_somebody["events"])),
        nobody=tuple(map(Named, of_nobody["name"], of_nobody["events"])),
        places=tuple(sorted(counts.places)),
        persons=format.persons,
    )


def _where(file: Path, readable: Path, layout: Layout, row: int, rule: str) -> str:
    """The line of a row, and for a date what stands there."""
    line, cells = record(readable, row, layout.separator, layout.format.quote)
    at = [layout.places[side] for side in ("date", "until") if side in layout.places]
    written = " to ".join(cells[place] for place in at if place < len(cells))
    return f"{file}:{line}" + (f": '{written[:60]}'" if rule == "date" else "")


def _explain(file: Path, readable: Path, layout: Layout, error: Exception) -> NoReturn:
    """Raises ReadingError with what keeps Polars from reading a file."""
    said = str(error).partition("\n")[0]
    if "utf-8" in said:
        check_utf8(readable)
    line = open_quote(readable, layout.separator) if layout.format.quote else 0
    if line:
        message = "the quotation marks of this row are not in pairs; double those within a cell, or remove them"
        refuse(file, message, line, 1)
    refuse(file, f"cannot be read: {said}")
