"""A finished run in files that other tools read: tables, figures, the network, the report."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from clientela.analysis import Answer, Forecast, QuestionError, word
from clientela.engine import StoreError
from clientela.reading.problems import unknown
from clientela.replacing import replacing
from clientela.report import figures
from clientela.report.drawing import as_png_too
from clientela.report.graph import network_graphml, network_json
from clientela.report.network import network
from clientela.report.page import render

# Spreadsheets run a text that begins so, also after blanks and in full width, as a formula.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_ANSWERS = {
    "id": pl.String, "question": pl.String, "outcome": pl.String, "probability": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "word": pl.String, "draws": pl.Int64,
    "arose": pl.Int64, "deadline": pl.Date,
}  # fmt: skip
_CURVES = {"question": pl.String, "outcome": pl.String, "date": pl.Date, "share": pl.Float64}


def export(forecast: Forecast, what: str, path: Path | str) -> Path:
    """Writes a part of a run into a file, whole or not at all, and returns where.

        report      .html            the self-contained report
        answers     .csv             a row per question and outcome
        curves      .csv             the share come true by the end of each day
        events      .csv, .parquet   a row per thing that happened, with its date
        parameters  .csv, .parquet   a row per draw
        figures     .zip             those of the report, as SVG and as PNG
        network     .json, .graphml  actors and ties

    Raises QuestionError if there is no such part or it has no such kind of file, StoreError if
    the file cannot be written.
    """
    path = Path(path)
    if what not in PARTS:
        raise QuestionError(unknown("part of a run to export", what, PARTS))
    write = PARTS[what].get(path.suffix.lower())
    if write is None:
        expected = " or ".join(PARTS[what])
        raise QuestionError(f"{path}: {what} cannot be written as that; expected a {expected} file")
    with _written(path) as temporary:
        write(forecast, temporary)
    return path


@contextmanager
def _written(path: Path) -> Iterator[Path]:
    """A file to write in place of another. Raises StoreError if it cannot be, or its run not read."""
    try:
        with replacing(path) as temporary:
            temporary.touch()  # a folder that is not there is told before anything is drawn
            yield temporary
    except OSError as error:
        why = error.strerror or str(error).partition("\n")[0]
        raise StoreError(f"{path}: cannot be written ({why}); choose another file") from error
    except pl.exceptions.PolarsError as error:
        why = str(error).partition("\n")[0]
        raise StoreError(f"{path}: not written, since the run cannot be read ({why})") from error


# -- tables -----------------------------------------------------------------------------------


def answers_table(forecast: Forecast) -> pl.DataFrame:
    """A row per question and outcome; of a question that is answered yes or no, that of yes.

    `probability` is the share among the `arose` histories in which the question arose, of `draws`
    drawn; `low` and `high` bound it by 95 % Monte-Carlo error; `deadline` is the last day counted.
    """
    rows = [row for answer in forecast.answers for row in _answer_rows(forecast, answer)]
    return pl.DataFrame(rows, schema=_ANSWERS, orient="row")


def curves_table(forecast: Forecast) -> pl.DataFrame:
    """A row per question, outcome and day up to the deadline: the share come true by its end."""
    first = forecast.scenario.as_of
    rows = [
        (answer.id, outcome, first + dt.timedelta(days=day), share)
        for answer in forecast.answers
        for outcome, curve in answer.curve.items()
        for day, share in enumerate(curve[: _days(forecast, answer)])
    ]
    return pl.DataFrame(rows, schema=_CURVES, orient="row")


def events_with_dates(forecast: Forecast) -> pl.LazyFrame:
    """The events with the date that each day falls on."""
    date = pl.lit(forecast.scenario.as_of) + pl.duration(days=pl.col("day").floor().cast(pl.Int64))
    return forecast.events.select("draw", "day", date.alias("date"), pl.exclude("draw", "day"))


def _answer_rows(forecast: Forecast, answer: Answer) -> Iterator[tuple[Any, ...]]:
    outcomes: list[tuple[str, float | None, float | None, float | None, str]]
    if answer.shares is None:
        outcomes = [("yes", answer.probability, answer.low, answer.high, answer.word)]
    else:
        ends = answer.intervals or {}
        outcomes = [(name, p, *ends[name], word(p)) for name, p in answer.shares.items()]
    last = forecast.scenario.as_of + dt.timedelta(days=_days(forecast, answer) - 1)
    question = f"'{answer.question}" if _FORMULA.match(answer.question) else answer.question
    for outcome in outcomes:
        yield answer.id, question, *outcome, forecast.draws, answer.arose, last


def _days(forecast: Forecast, answer: Answer) -> int:
    """How many days count, from as_of: up to the deadline, or to where the run stops before it."""
    return int(min(answer.deadline, forecast.horizon))


# -- files ------------------------------------------------------------------------------------


def _report(forecast: Forecast, path: Path) -> None:
    path.write_text(render(forecast), encoding="utf-8")


def _answers(forecast: Forecast, path: Path) -> None:
    # With a byte-order mark, without which Excel takes the questions for another encoding.
    answers_table(forecast).write_csv(path, include_bom=True)


def _curves(forecast: Forecast, path: Path) -> None:
    curves_table(forecast).write_csv(path)


def _network_json(forecast: Forecast, path: Path) -> None:
    path.write_text(network_json(forecast), encoding="utf-8")


def _network_graphml(forecast: Forecast, path: Path) -> None:
    path.write_text(network_graphml(forecast), encoding="utf-8")


def _figures(forecast: Forecast, path: Path) -> None:
    """Each figure of the report, drawn once: SVG, and PNG at 200 dots per inch on white."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, draw in _drawings(forecast):
            with as_png_too() as pictures:
                svg = draw()
            archive.writestr(f"{name}.svg", svg)
            archive.writestr(f"{name}.png", pictures[0], zipfile.ZIP_STORED)


def _drawings(forecast: Forecast) -> Iterator[tuple[str, Callable[[], str]]]:
    """The name of each figure that the report has, and what draws it."""
    # Questions have a folder, since one may be called `network`.
    for answer in forecast.answers:
        curve = figures.question_curve if answer.shares is None else figures.kinds_curve
        yield f"questions/{answer.id}", lambda curve=curve, answer=answer: curve(forecast, answer)
    yield "network", lambda: network(forecast)[0]
    yield "timeline", lambda: figures.timeline(forecast)
    if forecast.obedience:
        yield "obedience", lambda: figures.obedience_bars(forecast)
    if forecast.scenario.chamber:
        yield "seats", lambda: figures.seats_bars(forecast)
    if forecast.governments:
        yield "coalitions", lambda: figures.coalitions_grid(forecast)


Writer = Callable[[Forecast, Path], None]
PARTS: dict[str, dict[str, Writer]] = {
    "report": {".html": _report},
    "answers": {".csv": _answers},
    "curves": {".csv": _curves},
    # Streamed by Polars, so that memory does not grow with draws.
    "events": {
        ".csv": lambda forecast, path: events_with_dates(forecast).sink_csv(path),
        ".parquet": lambda forecast, path: events_with_dates(forecast).sink_parquet(path),
    },
    "parameters": {
        ".csv": lambda forecast, path: forecast.parameters.sink_csv(path),
        ".parquet": lambda forecast, path: forecast.parameters.sink_parquet(path),
    },
    "figures": {".zip": _figures},
    "network": {".json": _network_json, ".graphml": _network_graphml},
}
