"""What the cells of a row mean: days and spans of days, numbers killed, names that name nobody."""

from __future__ import annotations

import polars as pl

from clientela.events.formats import FIELDS
from clientela.events.recognising import Layout

DATES = "2022-01-05, 05 January 2022, 20220105 or 05.01.2022"

_READABLE = (  # a whole cell, and how what is captured of it is read
    (r"^\s*(\d{4}-\d{1,2}-\d{1,2})([ T].*)?$", "%Y-%m-%d"),
    (r"^\s*(\d{1,2} [A-Za-z]+ \d{4})\s*$", "%d %B %Y"),
    (r"^\s*(\d{1,2}-[A-Za-z]+-\d{4})\s*$", "%d-%B-%Y"),
    (r"^\s*(\d{8})\s*$", "%Y%m%d"),
    (r"^\s*(\d{1,2}\.\d{1,2}\.\d{4})( .*)?$", "%d.%m.%Y"),
)
_NOBODY = (
    r"(?i)^(un(identified|known|specified)\b.*|unk|(civilians?|citizens?)(\s*\(.*\))?"
    r"|none|null|nan|n/?a|[-.?]+)$"
)


def day(cell: pl.Expr) -> pl.Expr:
    """The day that a cell names; null if none can be read, such as 30 February."""
    return pl.coalesce(
        cell.str.extract(pattern, 1).str.to_date(form, strict=False) for pattern, form in _READABLE
    )


def killed(cell: pl.Expr) -> pl.Expr:
    """The whole number in a cell, from 0 up; null for anything else."""
    number = cell.str.strip_chars().cast(pl.Float64, strict=False)
    whole = number.is_finite() & (number >= 0) & (number == number.floor())
    return pl.when(whole).then(number).cast(pl.Int64, strict=False)


def name(cell: pl.Expr) -> pl.Expr:
    """The text of a cell without the blanks around it; null if it is empty."""
    text = cell.str.strip_chars()
    return pl.when(text != "").then(text)


def number(cell: pl.Expr) -> pl.Expr:
    """An id as written, without the `.0` that some programs add to whole numbers."""
    return name(cell).str.replace(r"^(\d+)\.0$", "$1")


def nobody(name: pl.Expr) -> pl.Expr:
    """Whether a name stands for nobody in particular, such as `Unidentified Gunmen`."""
    return name.is_null() | name.str.contains(_NOBODY)


def canonical(rows: pl.LazyFrame, layout: Layout) -> pl.LazyFrame:
    """The rows with `row`, `more` (of one with more cells than there are columns), `blank`,
    `date`, `until`, `actor`, `target`, `kind`, `killed`, `id`, `place` and `precision`.
    """
    cell = {field: _cell(layout, field) for field in FIELDS}
    date, precision = day(cell["date"]), _precision(layout)
    if "until" in layout.places:
        given = name(cell["until"])
        first, last = date, pl.when(given.is_null()).then(date).otherwise(day(given))
    else:
        first, last = _around(date, precision)
    return rows.select(
        "row",
        "more",
        pl.all_horizontal(cell[field].is_null() for field in layout.places).alias("blank"),
        first.alias("date"),
        last.alias("until"),
        name(cell["actor"]).alias("actor"),
        name(cell["target"]).alias("target"),
        _kind(layout).alias("kind"),
        killed(cell["killed"]).alias("killed"),
        number(cell["id"]).alias("id"),
        name(cell["place"]).alias("place"),
        precision.alias("precision"),
    )


def _cell(layout: Layout, field: str) -> pl.Expr:
    """The cells of a field; null where the file has no such column."""
    if field not in layout.places:
        return pl.lit(None, pl.String)
    cell = pl.col(str(layout.places[field]))
    # Where quotation marks part nothing, some programs put them around a cell all the same.
    return cell if layout.format.quote else cell.str.replace(r'^"(.*)"$', "$1")


def _kind(layout: Layout) -> pl.Expr:
    """`attack` or `clash`; null for what is neither."""
    if "kind" not in layout.places:
        return pl.lit("attack")
    cell = name(_cell(layout, "kind")).str.to_lowercase()
    return pl.coalesce(
        pl.when(cell.str.contains(f"^({pattern})$")).then(pl.lit(kind))
        for pattern, kind in layout.format.kinds
    )


def _precision(layout: Layout) -> pl.Expr:
    """How exact a date is, from 1 (a day, or not told) to 5 (a year, or not on the scale)."""
    if "precision" not in layout.places:
        return pl.lit(1, pl.Int64)
    known = layout.format.precisions
    told = number(_cell(layout, "precision"))
    scale = told.replace_strict([*known], [*known.values()], default=5, return_dtype=pl.Int64)
    return pl.when(told.is_null()).then(1).otherwise(scale)


def _around(date: pl.Expr, precision: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The first and last possible day where a file has only one: the week with the date in its
    middle, the month or the year that the date is in.
    """
    day, week, month = precision == 1, precision <= 3, precision == 4
    first = (
        pl.when(day).then(date).when(week).then(date - pl.duration(days=3))
        .when(month).then(date.dt.month_start()).otherwise(date.dt.truncate("1y"))
    )  # fmt: skip
    last = (
        pl.when(day).then(date).when(week).then(date + pl.duration(days=3))
        .when(month).then(date.dt.month_end())
        .otherwise(date.dt.offset_by("1y").dt.truncate("1y") - pl.duration(days=1))
    )  # fmt: skip
    return first, last
