"""What `score` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from clientela.analysis.words import kind_titles, percent
from clientela.scoring import CLIMATOLOGY, FORECAST, NO_CHANGE, UNUPDATED, dates_of, mean_of

if TYPE_CHECKING:
    from clientela.scoring import Mean, Reliability, Row, Scorecard, Scores, Series, Unscored

_REFERENCES = {NO_CHANGE: "no change", CLIMATOLOGY: "climatology"}


def print_scores(found: Scorecard) -> None:
    """A table for each target, the means with their skill, what is not scored, and calibration."""
    console = Console(markup=False, emoji=False)
    for number, series in enumerate(found.series):
        if number:
            console.print()
        _print_series(console, found, series)
    if len(found.series) > 1:
        console.print(f"\nall {len(found.series)} targets", style="bold")
        _print_means(console, found.rows, found.settled, found.updated)
    if found.reliability is not None:
        console.print(_calibration(found.reliability), highlight=False, soft_wrap=True)
    console.print(_legend(found), style="dim", soft_wrap=True)


def _print_series(console: Console, found: Scorecard, series: Series) -> None:
    rows, scenario = found.of(series), series.scenario
    branch = f", branch {scenario.branch}" if scenario.branch else ""
    console.print(f"{scenario.title}{branch}", style="bold", soft_wrap=True)
    updated = len(series.forecasts) > 1
    dates = dates_of(rows)
    days = f"{len(series.forecasts)} days from " if updated else ""
    console.print(
        f"{series.name}: answers of {days}{dates[0] if dates else scenario.as_of}"
        f"{f' to {dates[-1]}' if updated and dates else ''}, {series.first.draws:,} histories, "
        f"seed {series.first.seed}",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    if rows:
        console.print(_questions(rows, updated))
        if updated:
            console.print("\nmeans by day", style="bold")
            console.print(_by_date(rows))
        settled = [row for row in rows if not row.case.outcome.uncertain]
        _print_means(console, rows, settled, updated)
    for line in _unscored([u for u in found.unscored if u.series == series.name], updated):
        console.print(line, highlight=False, soft_wrap=True)


def _table() -> Table:
    return Table(box=None, header_style="bold", pad_edge=False)


def _questions(rows: Sequence[Row], updated: bool) -> Table:
    """A row for each question; over several days the means, and the first and the last answer."""
    table = _table()
    table.add_column("question", vertical="bottom")
    table.add_column("came", vertical="bottom")
    probability = ("prob.\nfirst", "last", "days") if updated else ("prob.",)
    for name in (*probability, "Brier", "no\nchange", "clima-\ntology", "log", "CRPS,\ndays"):
        table.add_column(name, justify="right", no_wrap=True, vertical="bottom")
    for question in dict.fromkeys(row.question for row in rows):
        own = [row for row in rows if row.question == question]
        case, mean = own[0].case, mean_of(own)
        titles = kind_titles(case.series.scenario)
        came = titles.get(case.came, case.came) if case.answer.shares else case.came
        said = [percent(row.probability) for row in ((own[0], own[-1]) if updated else own)]
        table.add_row(
            case.answer.question, f"{came} ?" if case.outcome.uncertain else came,
            *said, *([str(len(own))] if updated else []), f"{mean.scores[FORECAST].brier:.3f}",
            *(f"{mean.scores[name].brier:.3f}" for name in _REFERENCES),
            f"{mean.scores[FORECAST].log:.2f}", _days(mean.scores[FORECAST].crps),
        )  # fmt: skip
    return table


def _by_date(rows: Sequence[Row]) -> Table:
    """The mean Brier score of each day, and the others of the forecast and the one not updated."""
    table = _table()
    table.add_column("answers of", no_wrap=True, vertical="bottom")
    for name in ("questions", "Brier", "un-\nupdated", "no\nchange", "clima-\ntology",
                 "log", "un-\nupdated", "CRPS,\ndays", "un-\nupdated"):  # fmt: skip
        table.add_column(name, justify="right", no_wrap=True, vertical="bottom")
    for date in dates_of(rows):
        mean = mean_of([row for row in rows if row.case.date == date])
        own, other = mean.scores[FORECAST], mean.scores[UNUPDATED]
        table.add_row(
            str(date), str(mean.questions), f"{own.brier:.3f}", f"{other.brier:.3f}",
            *(f"{mean.scores[name].brier:.3f}" for name in _REFERENCES),
            f"{own.log:.2f}", f"{other.log:.2f}", _days(own.crps), _days(other.crps),
        )  # fmt: skip
    return table


def _print_means(
    console: Console, rows: Sequence[Row], settled: Sequence[Row], updated: bool
) -> None:
    """Means and skill over all rows and, where that is less, over those whose outcome is settled."""
    groups = {"all": mean_of(rows)}
    if len(settled) < len(rows) and settled:
        groups["settled"] = mean_of(settled)
    counts = "; ".join(f"{name}: {_counted(mean)}" for name, mean in groups.items())
    console.print(f"\nmeans ({counts})", style="bold", highlight=False, soft_wrap=True)
    console.print(_means(groups, updated))


def _means(groups: Mapping[str, Mean], updated: bool) -> Table:
    """Three columns for each group: what the forecast and each reference lose, and the skill."""
    table = _table()
    table.add_column("", vertical="bottom")
    for name in groups:
        above = f"{name}\n" if len(groups) > 1 else ""
        for score in (f"{above}Brier", "log", "CRPS, days"):
            table.add_column(score, justify="right", no_wrap=True, vertical="bottom")
    against = {**({UNUPDATED: "un-updated"} if updated else {}), **_REFERENCES}
    for name, said in {FORECAST: "updated" if updated else "forecast", **against}.items():
        table.add_row(said, *(cell for m in groups.values() for cell in _lost(m.scores[name])))
    for name, said in against.items():
        cells = (cell for m in groups.values() for cell in _skill(m.skill(name)))
        of = "updated against un-updated" if name == UNUPDATED else f"skill over {said}"
        table.add_row(of, *cells)
    return table


def _counted(mean: Mean) -> str:
    answers = f", {mean.answers} answers" if mean.answers != mean.questions else ""
    plural = "s" if mean.questions > 1 else ""
    return f"{mean.questions} question{plural}{answers}, {mean.timed} with a CRPS"


def _lost(scores: Scores) -> tuple[str, str, str]:
    return f"{scores.brier:.3f}", f"{scores.log:.2f}", _days(scores.crps)


def _skill(scores: Scores) -> tuple[str, str, str]:
    one, two, three = (
        "–" if v is None or v != v else f"{v:+.2f}".replace("-", "−")
        for v in (scores.brier, scores.log, scores.crps)
    )
    return one, two, three


def _days(crps: float | None) -> str:
    return "–" if crps is None else f"{crps:.1f}"


def _unscored(unscored: Sequence[Unscored], updated: bool) -> list[str]:
    """A line for each reason, with the questions and how many answers."""
    by_reason: dict[str, dict[str, int]] = {}
    for each in unscored:
        counts = by_reason.setdefault(each.reason, {})
        counts[each.question] = counts.get(each.question, 0) + 1
    lines = []
    for reason, counts in by_reason.items():
        told = ", ".join(f"{q} ({n})" if updated else q for q, n in counts.items())
        answers = sum(counts.values())
        lines.append(f"{answers} answer{'s' if answers > 1 else ''} not scored, {reason}: {told}")
    return lines


def _calibration(found: Reliability) -> str:
    many = f", {found.forecasts} answers" if found.forecasts != found.questions else ""
    plural = "s" if found.questions > 1 else ""
    return (
        f"\ncalibration over {found.questions} yes/no question{plural}{many}: Brier {found.brier:.3f} = "
        f"miscalibration {found.miscalibration:.3f} − discrimination {found.discrimination:.3f} + "
        f"uncertainty {found.uncertainty:.3f}"
    )


def _legend(found: Scorecard) -> str:
    uncertain = "? uncertain outcome. " if len(found.settled) < len(found.rows) else ""
    return (
        f"{uncertain}prob.: of yes, or of the kind that came. Brier, log (nats), CRPS: less is better; what no "
        "change loses by log is set by the number of histories. skill: 1 − score / that of the reference. "
        "Questions of one scenario hang together, so nothing here is tested for significance."
    )
