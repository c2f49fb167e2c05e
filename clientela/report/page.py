"""The report: one HTML file that opens without a network."""

from __future__ import annotations

import shlex
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2

from clientela.analysis import Forecast, program_of
from clientela.analysis.words import kind_titles, percent, span
from clientela.chamber import blocking_groups, chamber_of, said
from clientela.engine import StoreError
from clientela.report import figures
from clientela.report.evidence import evidence
from clientela.report.hinges import hanging
from clientela.report.network import network
from clientela.scenario import quantities


def write_report(forecast: Forecast, path: Path) -> Path:
    """Writes the report and returns its path. Raises StoreError if it cannot be written."""
    text = render(forecast)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"{path}: the report cannot be written ({error.strerror}); choose another with --out"
        ) from error
    return path


def render(forecast: Forecast) -> str:
    """The report as HTML."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("clientela.report", "."), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["percent"] = _unbroken
    template = environment.get_template("page.html.j2")
    scenario = forecast.scenario
    drawing, apart = network(forecast)
    return template.render(
        forecast=forecast,
        scenario=scenario,
        until=forecast.last_day,
        branch=scenario.branches[scenario.branch].title if scenario.branch else None,
        cards=[_card(forecast, a) for a in forecast.answers if a.shares is None],
        kinds=[_kinds(forecast, a) for a in forecast.answers if a.shares is not None],
        obedience=figures.obedience_bars(forecast) if forecast.obedience else None,
        network=drawing,
        apart=apart,
        timeline=figures.timeline(forecast),
        events=_events(forecast),
        seats=figures.seats_bars(forecast) if scenario.chamber else None,
        coalitions=figures.coalitions_grid(forecast) if forecast.governments else None,
        steps=_steps(forecast),
        waiting=_waiting(forecast),
        parameters=_parameters(forecast),
        evidence=evidence(scenario),
        **hanging(forecast),
        command=_command(forecast),
        version=version("clientela"),
    )


def _unbroken(share: float | None, decimals: int = 0) -> str:
    """Per cent with a space at which no line breaks."""
    return percent(share, decimals).replace(" ", "\N{NO-BREAK SPACE}")


def _card(forecast: Forecast, answer) -> dict[str, Any]:
    return {
        "answer": answer,
        "span": span(answer.low, answer.high),
        "curve": figures.question_curve(forecast, answer),
    }


def _kinds(forecast: Forecast, answer) -> dict[str, Any]:
    titles = kind_titles(forecast.scenario)
    return {
        "answer": answer,
        "curve": figures.kinds_curve(forecast, answer),
        "rows": [
            (titles.get(name, name), share, span(*(answer.intervals or {})[name]))
            for name, share in (answer.shares or {}).items()
        ],
    }


def _events(forecast: Forecast) -> list[dict[str, Any]]:
    """Past and coming events with what they rest on, in order of time."""
    scenario = forecast.scenario
    past = [
        {"when": str(e.date), "name": name, "event": e.event, "note": e.note, "because": e.because}
        for name, e in scenario.past.items()
    ]
    coming = [
        {
            "when": str(e.date) if e.after is None else f"days: {e.after.distribution.describe()}",
            "name": name, "event": e.event, "note": e.note, "because": e.because,
        }
        for name, e in scenario.scheduled.items()
    ]  # fmt: skip
    return sorted(past, key=lambda e: e["when"]) + coming


def _steps(forecast: Forecast) -> list[dict[str, Any]]:
    """Each step of the procedure, with the smallest groups that can block it by absence."""
    scenario = forecast.scenario
    if scenario.chamber is None:
        return []
    chamber, total = chamber_of(scenario), scenario.chamber.seats
    alone = {party.id for party in chamber.lists if not party.bloc}
    steps = []
    for step in scenario.chamber.procedure:
        present = step.present.needed(total) if step.present else None
        groups = blocking_groups(chamber, present) if present else []
        # Members who sit one by one cannot agree to stay away as a list can.
        groups = [g for g in groups if not alone.intersection(g)][:3]
        steps.append(
            {
                "name": step.step,
                "needs": said(step, total),
                "present": present,
                "blocking": [
                    " + ".join(scenario.actors[name].name for name in group) for group in groups
                ],
            }
        )
    return steps


def _waiting(forecast: Forecast) -> list[tuple[str, str]]:
    if not forecast.governments:
        return []
    return [
        (percent(level), str(day or "after the horizon"))
        for level, day in forecast.government_by.items()
    ]


def _parameters(forecast: Forecast) -> list[dict[str, Any]]:
    """Every quantity the process uses, the analyst's own first, with what it rests on."""
    used = {p.name for p in program_of(forecast.scenario).parameters}
    rows = [
        {
            "path": path,
            "value": quantity.distribution.describe(),
            "standing": quantity.standing,
            "reason": quantity.elicited or "",
            "because": quantity.because,
        }
        for path, quantity in quantities(forecast.scenario)
        if path in used or quantity.origin == "scenario"
    ]
    order = {"cited": 0, "elicited": 1, "stated": 2, "default prior": 3}
    return sorted(rows, key=lambda row: (order[row["standing"]], row["path"]))


def _command(forecast: Forecast) -> str:
    scenario = forecast.scenario
    if forecast.gone_on is not None:
        parts = ["clientela", "branch", "DIR", "--from", str(forecast.gone_on)]
    else:
        parts = ["clientela", "run", scenario.scenario]
        parts += ["--draws", str(forecast.draws), "--seed", str(forecast.seed)]
    if scenario.branch:
        parts += ["--branch", scenario.branch]
    taken = scenario.branches[scenario.branch].without if scenario.branch else []
    for name in scenario.without:
        if name not in taken:
            parts += ["--without", name]
    for name in scenario.without_sources:
        parts += ["--without-source", name]
    for path, value in scenario.changes.items():
        parts += ["--set", f"{path}={value}"]
    if forecast.last_day != scenario.horizon:
        parts += ["--until", str(forecast.last_day)]
    return shlex.join(parts)
