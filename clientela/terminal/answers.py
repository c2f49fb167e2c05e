"""What `check` and `run` say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from clientela.analysis.checking import explosion_message
from clientela.analysis.words import kind_titles, percent, span

if TYPE_CHECKING:
    from clientela.analysis import Forecast
    from clientela.analysis.answers import Answer
    from clientela.analysis.checking import Findings
    from clientela.scenario import Scenario


def print_check(scenario: Scenario, findings: Findings) -> None:
    """What `clientela check` says of a scenario without problems."""
    console = Console(markup=False, emoji=False)  # names and questions are text
    kinds = [f"{len(ids)} {kind}" for kind, ids in _by_kind(scenario).items()]
    ties = len(list(scenario.ties.each()))
    rows = [
        ("scenario", f"{scenario.scenario}: {scenario.title}"),
        ("time", f"from {scenario.as_of} to {scenario.horizon}, {scenario.days} days"),
        ("actors", f"{len(scenario.actors)} ({', '.join(kinds)}), {ties} ties"),
        ("chamber", f"{scenario.chamber.seats} seats, {len(scenario.lists)} lists, "
                    f"{findings.coalitions:,} feasible coalitions" if scenario.chamber else "none"),
        ("mechanisms", ", ".join(scenario.active)),
        ("evidence", _evidence(scenario)),
        ("process", f"{findings.events} event types, {findings.variables} variables, "
                    f"{findings.parameters} uncertain parameters"),
        ("they rest on", ", ".join(f"{n} {what}" for what, n in findings.standing.items()) or "–"),
        ("questions", f"{len(scenario.questions)}; branches: {', '.join(scenario.branches) or 'none'}"),
    ]  # fmt: skip
    grid = Table.grid(padding=(0, 2))
    for name, value in rows:
        grid.add_row(name, value)
    console.print(grid)
    found = findings.stability
    console.print()
    console.print(
        f"stability     each event sets off {found.radius:.2f} more (spectral radius of the "
        f"branching matrix; 95 % of parameter draws under {findings.radius_95:.2f}, "
        f"{findings.exploding:.1%} of them at 1 or over)",
        soft_wrap=True,
    )
    console.print(f"              largest loop: {' → '.join(found.loop) or 'none'}", soft_wrap=True)
    explodes = findings.explodes
    console.print(explosion_message(scenario, found) if explodes else "It is right and stable.")


def _evidence(scenario: Scenario) -> str:
    ledger = scenario.ledger
    if ledger is None:
        return "none"
    struck = sum(source.retracted for source in ledger.sources.values())
    retracted = f" ({struck} retracted)" if struck else ""
    return (
        f"{len(ledger.claims)} claims by {len(ledger.sources)} sources{retracted} on "
        f"{len(ledger.propositions)} propositions, from {len(ledger.documents)} documents"
    )


def _by_kind(scenario: Scenario) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, actor in scenario.actors.items():
        found.setdefault(actor.kind, []).append(name)
    return found


def print_forecast(forecast: Forecast) -> None:
    """What `clientela run` says."""
    console = Console(markup=False, emoji=False)  # names and questions are text
    scenario = forecast.scenario
    branch = f", branch {scenario.branch}" if scenario.branch else ""
    console.print(f"{scenario.title}{branch}", style="bold")
    console.print(
        f"as of {scenario.as_of}, to {forecast.last_day}; {forecast.draws:,} draws, "
        f"seed {forecast.seed}"
    )
    console.print(_answers(forecast))
    for answer in forecast.answers:
        if answer.shares is not None:
            console.print(_shares(forecast, answer))
    for table in (_obedience(forecast), _governments(forecast), _waiting(forecast)):
        if table is not None:
            console.print(table)
    _closing(console, forecast)


def _answers(forecast: Forecast) -> Table:
    table = Table(
        box=None, header_style="bold", pad_edge=False, collapse_padding=True,
        caption="95 % MC: Monte-Carlo error alone. unknown: share of the variance that comes from "
        "uncertain parameters, the rest is chance.", caption_justify="left",
    )  # fmt: skip
    table.add_column("question")
    table.add_column("prob.", justify="right", no_wrap=True)
    table.add_column("95 % MC", justify="right", no_wrap=True)
    table.add_column("word", no_wrap=True)
    table.add_column("unknown", justify="right", no_wrap=True)
    for answer in forecast.answers:
        if answer.shares is not None:
            continue
        interval = span(answer.low, answer.high)
        question = answer.question + (f" ({answer.note})" if answer.note else "")
        table.add_row(
            question, percent(answer.probability), interval, answer.word,
            percent(answer.parameter_share),
        )  # fmt: skip
    return table


def _shares(forecast: Forecast, answer: Answer) -> Table:
    titles = kind_titles(forecast.scenario)
    table = Table(title=answer.question, title_justify="left", box=None, pad_edge=False,
                  title_style="bold", show_header=False)  # fmt: skip
    table.add_column("kind")
    table.add_column("share", justify="right")
    for name, share in (answer.shares or {}).items():
        table.add_row(titles.get(name, name), percent(share))
    return table


def _titled(title: str) -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", box=None, header_style="bold",
        pad_edge=False,
    )  # fmt: skip


def _obedience(forecast: Forecast) -> Table | None:
    if not forecast.obedience:
        return None
    table = _titled("Obedience, over all visits")
    table.add_column("client")
    table.add_column("complies", justify="right")
    actors = forecast.scenario.actors
    for item in forecast.obedience:
        table.add_row(actors[item.client].name, percent(item.complied))
    return table


def _governments(forecast: Forecast) -> Table | None:
    if not forecast.governments:
        return None
    actors, titles = forecast.scenario.actors, kind_titles(forecast.scenario)
    table = _titled("Likeliest governments")
    table.add_column("lists")
    table.add_column("kind", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    for government in forecast.governments[:6]:
        names = ", ".join(actors[name].name for name in government.members)
        table.add_row(
            names, titles.get(government.kind, government.kind), percent(government.share)
        )
    return table


def _waiting(forecast: Forecast) -> Table | None:
    if not forecast.governments:
        return None
    table = _titled("Time to a government")
    table.add_column("share of histories")
    for level in forecast.government_by:
        table.add_column(percent(level), justify="right", no_wrap=True)
    table.add_row("by", *(str(day or "later") for day in forecast.government_by.values()))
    return table


def _closing(console: Console, forecast: Forecast) -> None:
    drawn = f"{forecast.seconds:.1f} s"
    taken = f", {forecast.taken_up:,} draws taken up from before" if forecast.taken_up else ""
    console.print()
    if forecast.failures:
        first, why = next(iter(sorted(forecast.failures.items())))
        console.print(
            f"{forecast.failed:,} draws failed and are left out; the first is {first}: {why}"
        )
    console.print(
        f"{drawn}{taken}; kept in {forecast.folder.path}", soft_wrap=True, highlight=False
    )
    console.print(f"next: clientela report {forecast.folder.path}", soft_wrap=True, highlight=False)
