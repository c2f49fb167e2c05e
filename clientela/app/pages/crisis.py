"""Crisis: the headline answers, who is bound to whom, and what comes when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nicegui import ui

from clientela.analysis.answers import Answer, Government, Obedience
from clientela.analysis.forecast import open_run
from clientela.analysis.words import kind_titles
from clientela.app.bench import QUICK, Workbench
from clientela.app.buttons import Button
from clientela.app.fragments import fragment
from clientela.app.frame import faults, file_of, frame
from clientela.app.jobs import Job
from clientela.app.network import SHAPES, camps, network, untied
from clientela.app.spark import spark
from clientela.app.timeline import timeline
from clientela.scenario import Scenario

_COLOURS = {
    "sponsorship": "var(--amber)", "sponsorship low": "var(--orange)", "sponsorship high": "var(--blue)",
    "sponsorship none": "var(--grey)", "rivalry": "var(--ink)", "deference": "var(--purple)",
}  # fmt: skip
_SIGNS = {"sponsorship": ("→", "sponsors"), "alliance": ("+", "allied with"),
          "rivalry": ("×", "rival of"), "deference": ("⇢", "defers to")}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """The answers on the page, what they come from, and those before, if there are any."""

    answers: list[Answer]
    obedience: list[Obedience]
    governments: list[Government]
    origin: str
    before: dict[str, Answer]
    fresh: bool


def add(bench: Workbench) -> None:
    """The address `/crisis`."""

    @ui.page("/crisis")
    async def crisis(s: str = "") -> None:
        file: Path | None = None
        with faults(bench, None):
            file = await file_of(bench, s)
        with frame(bench, "crisis", file):
            if file is None:
                return
            body = ui.element("div")
            with body:
                ui.label("Drawing …").classes("muted")
            await ui.context.client.connected()
            await _fill(bench, file, body)

            def finished(job: Job) -> None:
                if job.state == "finished":
                    body.client.safe_invoke(lambda: _fill(bench, file, body))

            bench.jobs.finished.append(finished)
            body.client.on_delete(lambda: bench.jobs.finished.remove(finished))


async def _fill(bench: Workbench, file: Path, body: ui.element) -> None:
    with faults(bench, file, body):
        asked = bench.variation(file)
        scenario = await bench.scenario(asked)
        shown = await _shown(bench, file, scenario)
        body.clear()
        with body:
            ui.html(fragment("crisis_head", scenario=scenario, origin=shown.origin), sanitize=False)
            _ways_on(bench, file, shown)
            ui.html(_answers(scenario, shown), sanitize=False)
            ui.html(_bound(scenario, shown), sanitize=False)
            ui.html(_time(scenario, shown), sanitize=False)
        ui.run_javascript("watchNetworks()")
        return


async def _shown(bench: Workbench, file: Path, scenario: Scenario) -> Shown:
    """The latest run of the scenario as written; if there is none, a glance."""
    runs = [r for r in bench.workspace.runs(scenario.scenario) if r.plain and r.finished]
    if not runs:
        quick = await bench.glance(bench.variation(file))
        origin = f"A first look: {QUICK:,} histories, drawn just now. Draw more for the record."
        return Shown(quick.answers, quick.obedience, quick.governments, origin, {}, True)
    last, fresh = runs[0], runs[0].digest == scenario.digest
    found = open_run(last.folder)
    before = open_run(runs[1].folder).answers if len(runs) > 1 else []
    origin = f"From {last.draws:,} histories, run {last.written} (seed {last.seed})."
    if not fresh:
        origin += " The scenario has been changed since: draw again."
    return Shown(found.answers, found.obedience, found.governments, origin, {a.id: a for a in before}, fresh)  # fmt: skip


def _ways_on(bench: Workbench, file: Path, shown: Shown) -> None:
    with ui.element("div").classes("bar-of-actions"):
        draws = ui.select({n: f"{n:,} draws" for n in (2_000, 20_000, 100_000, 500_000)}, value=20_000, label="How many").props("outlined dense options-dense").style("min-width: 9.5rem")  # fmt: skip

        async def go() -> None:
            with faults(bench, file):
                await bench.draw([bench.variation(file)], draws.value)

        look = "plain" if shown.fresh else "primary"
        Button("Draw", on_click=go).classes(look).mark("draw")


def _answers(scenario: Scenario, shown: Shown) -> str:
    cards = [_card(a, shown.before.get(a.id), scenario) for a in shown.answers if a.shares is None]
    titles = kind_titles(scenario)
    kinds = [
        {
            "answer": answer,
            "rows": [
                {"title": titles.get(name, name), "share": share, "ends": (answer.intervals or {})[name],
                 "change": _change(share, (before.shares or {}).get(name)) if (before := shown.before.get(answer.id)) else None}
                for name, share in (answer.shares or {}).items()
            ],
        }
        for answer in shown.answers
        if answer.shares is not None
    ]  # fmt: skip
    return fragment("answers", cards=cards, kinds=kinds)


def _card(answer: Answer, before: Answer | None, scenario: Scenario) -> dict[str, Any]:
    change = None
    if before is not None and None not in (answer.probability, before.probability):
        change = _change(answer.probability, before.probability)
    last = scenario.as_of + dt.timedelta(days=int(answer.deadline) - 1)
    return {"answer": answer, "change": change, "spark": spark(answer.curve["yes"]),
            "first": scenario.as_of, "last": min(last, scenario.horizon)}  # fmt: skip


def _change(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before


def _bound(scenario: Scenario, shown: Shown) -> str:
    wide, narrow = (network(scenario, shown.obedience, n) for n in (False, True))
    tied = [node.id for node in wide.nodes]
    table = {(a, b): _SIGNS[kind] for kind, a, b, _ in scenario.ties.each()}
    mutual = {(b, a): _SIGNS[k] for k, a, b, t in scenario.ties.each() if k == "alliance" or (k == "rivalry" and t.mutual)}  # fmt: skip
    return fragment(
        "bound", wide=wide, narrow=narrow, shapes=SHAPES, camps=camps(scenario), colours=_COLOURS,
        kinds=list(dict.fromkeys(node.kind for node in wide.nodes)), apart=untied(scenario),
        scenario=scenario, tied=tied, table=mutual | table, signs=_SIGNS, obedience=shown.obedience,
    )  # fmt: skip


def _time(scenario: Scenario, shown: Shown) -> str:
    return fragment("time", time=timeline(scenario, [a for a in shown.answers if a.shares is None]))
