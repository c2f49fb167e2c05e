"""Evidence: who says what, what it makes of each proposition, and what an answer hangs on."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

from nicegui import events, ui

from clientela.analysis.explanation import Explanation, Retraction
from clientela.app.bench import QUICK, Workbench
from clientela.app.buttons import Button
from clientela.app.choosing import on_choice
from clientela.app.citing import ClaimForm
from clientela.app.differing import difference_rows
from clientela.app.documents import DocumentPane
from clientela.app.fragments import fragment
from clientela.app.frame import faults, file_of, frame, link, notice, tab
from clientela.app.latest import Latest
from clientela.app.manuscript import StaleEditError
from clientela.evidence import Credences, Ledger
from clientela.reading import added, replaced
from clientela.report.evidence import CREDIBILITY, RELIABILITY, arrows_of
from clientela.report.naming import actor_or, parameter_name
from clientela.scenario import Scenario, quantities

_ALL = "all"


def add(bench: Workbench) -> None:
    """The address `/evidence`; `r` are sources retracted for now, `p` the proposition shown."""

    @ui.page("/evidence")
    async def evidence(s: str = "", r: str = "", p: str = "") -> None:
        file: Path | None = None
        with faults(bench, None):
            file = await file_of(bench, s)
        with frame(bench, "evidence", file):
            if file is None:
                return
            place = ui.element("div")
            await ui.context.client.connected()
            with faults(bench, file, place):
                scenario = await bench.scenario(bench.variation(file))
                with place:
                    if scenario.ledger is None or not scenario.ledger.propositions:
                        notice("This scenario names no evidence file. Write “evidence: FILE” into it, and sources, claims and propositions into that file: docs/evidence.md says how.")  # fmt: skip
                        return
                    page = EvidencePage(bench, file, scenario, [n for n in r.split(",") if n], p)
                    page.build()
                await page.look()


class EvidencePage:
    """The page of one tab: the ledger, sources retracted for now, and the proposition in sight."""

    def __init__(
        self, bench: Workbench, file: Path, scenario: Scenario, retracted: list[str], shown: str
    ) -> None:
        assert scenario.ledger is not None
        self.bench, self.file, self.scenario = bench, file, scenario
        self.ledger: Ledger = scenario.ledger
        self.retracted = [name for name in retracted if name in self.ledger.sources]
        self.proposition = shown if shown in self.ledger.propositions else next(iter(self.ledger.propositions))  # fmt: skip
        self.latest = Latest(self._look)

    @property
    def now(self) -> Credences:
        """The credences without what is retracted for now."""
        return Credences(self.ledger.without(self.retracted))

    # -- what is seen ---------------------------------------------------------------------------

    def build(self) -> None:
        """The page."""
        ui.html(fragment("evidence_head", ledger=self.ledger), sanitize=False)
        self.standing = ui.element("div")
        self.message = ui.element("div").props("role=status aria-live=polite")
        with ui.element("div").classes("columns"):
            with ui.element("section").props('aria-label="Propositions"'):
                ui.html("<h2 style='margin-top:0'>Propositions</h2>", sanitize=False)
                self.propositions = ui.html("", sanitize=False)
                on_choice(self.propositions, self._show_steps)
            with (
                ui.element("section")
                .classes("sticky")
                .props('aria-label="Arithmetic of a proposition"')
            ):
                self.steps = ui.html("", sanitize=False)
        with ui.element("section"):
            self.answers = ui.html("", sanitize=False)
        self._sources()
        self._claims()
        self._hinges()
        self._documents()
        self._show()

    def _sources(self) -> None:
        ui.html("<h2>Sources</h2>", sanitize=False)
        camps = {_ALL: "all camps"} | {c: actor_or(self.scenario, c) for c in self.ledger.camps}
        with ui.element("div").classes("bar-of-actions"):
            words = ui.input("Find a source").props("outlined dense clearable type=search")
            camp = ui.select(camps, value=_ALL, label="Camp").props("outlined dense options-dense").style("min-width: 11rem")  # fmt: skip
        self.sources = ui.table(columns=_SOURCES, rows=[], row_key="id", pagination=12).props('dense wrap-cells :grid="window.innerWidth < 640"')  # fmt: skip
        self.sources.bind_filter_from(words, "value", lambda v: v or "")
        button = """<button class="chip" :aria-pressed="props.row.retracted ? 'true' : 'false'" :data-source="props.row.id"
            @click="$parent.$emit('retract', props.row.id)">{{ props.row.retracted ? 'Count it again' : 'Retract' }}</button>"""
        self.sources.add_slot("body-cell-act", f'<q-td :props="props">{button}</q-td>')
        self.sources.add_slot("item", _GRID.replace("BUTTON", button))
        self.sources.on("retract", lambda e: self._retract(e.args))
        self.camp = camp
        camp.on_value_change(self._show)

    def _claims(self) -> None:
        ui.html("<h2>Claims</h2>", sanitize=False)
        about = {_ALL: "all propositions"} | {n: p.says for n, p in self.ledger.propositions.items()}  # fmt: skip
        stances = {_ALL: "all stances"} | {s: s for s in ("supports", "denies", "declines", "silent")}  # fmt: skip
        with ui.element("div").classes("bar-of-actions"):
            words = ui.input("Find a claim").props("outlined dense clearable type=search")
            self.about = ui.select(about, value=_ALL, label="About", on_change=self._show).props("outlined dense options-dense").style("min-width: 15rem; max-width: 26rem")  # fmt: skip
            self.stance = ui.select(stances, value=_ALL, label="Stance", on_change=self._show).props("outlined dense options-dense").style("min-width: 9rem")  # fmt: skip
        self.claims = ui.table(columns=_CLAIMS, rows=[], row_key="id", pagination=12).props('dense wrap-cells :grid="window.innerWidth < 640"')  # fmt: skip
        self.claims.add_slot("item", _GRID.replace("BUTTON", ""))
        self.claims.bind_filter_from(words, "value", lambda v: v or "")

    def _hinges(self) -> None:
        ui.html("<h2>What each answer hangs on</h2>", sanitize=False)
        questions = {name: q.ask for name, q in self.scenario.questions.items()}
        with ui.element("div").classes("bar-of-actions"):
            self.question = ui.select(questions, value=next(iter(questions), None), label="Question", on_change=self._explain).props("outlined dense options-dense").style("min-width: 16rem; max-width: 100%")  # fmt: skip
            Button("Work it out", on_click=self._explain).classes("plain")
        self.hinges = ui.element("div")

    def _documents(self) -> None:
        ui.html('<h2 id="documents">Documents, and a claim more</h2>', sanitize=False)
        with ui.element("div").classes("columns"):
            with ui.element("section").props('aria-label="A document"'):
                pane = DocumentPane(self.bench, self.file, self.ledger)
            with ui.element("section").props('aria-label="A new claim"'):
                form = ClaimForm(self.bench, self.file, self.scenario, self.ledger)
        pane.picked = form.take

    # -- what is shown ----------------------------------------------------------------------------

    def _show(self, _: Any = None) -> None:
        credences, before = self.now, Credences(self.ledger)
        self._show_standing()
        rows = [
            {"arrow": a, "now": credences[a.name], "claims": len(self.ledger.bearing_on(a.name))}
            for a in arrows_of(self.ledger, before)
        ]
        self.propositions.set_content(fragment("propositions", rows=rows, chosen=self.proposition))
        told = dict.fromkeys(self.ledger.sources, 0)
        for claim in self.ledger.claims.values():
            for source in claim.sources:
                told[source] += 1
        self.sources.rows = [
            {"id": name, "role": s.role, "camp": actor_or(self.scenario, s.circle) if s.circle else "–",
             "named": "named" if s.named else "not named", "people": s.count, "access": s.access,
             "grade": f"{s.reliability}: {RELIABILITY[s.reliability]}", "claims": told[name],
             "state": "retracted in the file" if s.retracted else "retracted for now" if name in self.retracted else "counts",
             "retracted": name in self.retracted}
            for name, s in self.ledger.sources.items()
            if self.camp.value in (_ALL, s.circle)
        ]  # fmt: skip
        self.claims.rows = [
            {"id": name, "says": c.says, "sources": ", ".join(self.ledger.sources[s].role for s in c.sources),
             "stance": c.stance, "about": ", ".join([*c.about, *(f"against {a}" for a in c.against)]) or "–",
             "credibility": f"{c.credibility}: {CREDIBILITY[c.credibility]}", "place": f"{c.document} ¶ {c.paragraph}"}
            for name, c in self.ledger.claims.items()
            if self.stance.value in (_ALL, c.stance) and self.about.value in (_ALL, *c.about, *c.against)
        ]  # fmt: skip
        self._show_arithmetic()

    def _show_standing(self) -> None:
        self.standing.clear()
        if not self.retracted:
            return
        with self.standing:
            roles = "; ".join(self.ledger.sources[name].role for name in self.retracted)
            notice(f"Retracted for now: {roles}. The files are as they were.", "warn")
            with ui.element("div").classes("bar-of-actions"):
                Button("Write the retraction into the evidence file", on_click=self._write_retraction).classes("primary")  # fmt: skip
                Button("Count all again", on_click=self._count_all).classes("plain")  # fmt: skip

    def _show_steps(self, name: str) -> None:
        if name in self.ledger.propositions:
            self.proposition = name
            self._show()

    def _show_arithmetic(self) -> None:
        name, credences = self.proposition, self.now
        proposition = self.ledger.propositions[name]
        hanging = [parameter_name(self.scenario, path) for path, q in quantities(self.scenario) if q.proposition == name]  # fmt: skip
        before, rows = credences.prior(name), []
        for step in credences.steps(name):
            rows.append({"step": step, "said": self._said(step), "before": before})
            before = step.credence
        self.steps.set_content(
            fragment("waterfall", proposition=proposition, prior=credences.prior(name), rows=rows,
                     credence=credences[name], hanging=hanging)
        )  # fmt: skip
        self._tell_address()

    def _said(self, step: Any) -> str:
        if step.kind == "report":
            return f"{self.ledger.sources[step.source].role}: {self.ledger.claims[step.what].says}"
        if step.kind == "through":
            return f"through what hangs on it: {self.ledger.propositions[step.what].says}"
        return "what is known of other propositions"

    def _tell_address(self) -> None:
        address = link("evidence", self.file, self.bench, p=self.proposition, r=",".join(self.retracted))  # fmt: skip
        ui.run_javascript(f"history.replaceState(null, '', {json.dumps(address)})")

    # -- what is done ---------------------------------------------------------------------------

    async def _retract(self, name: str) -> None:
        if name in self.retracted:
            self.retracted.remove(name)
        else:
            self.retracted.append(name)
        self._show()
        await self.look()

    async def _count_all(self) -> None:
        self.retracted.clear()
        self._show()
        await self.look()

    async def look(self) -> None:
        """Draws the answers without what is retracted; only the last that is asked counts."""
        await self.latest.ask()

    async def _look(self) -> None:
        self.message.clear()
        with faults(self.bench, self.file, self.message):
            await self._show_answers()

    async def _show_answers(self) -> None:
        if not self.retracted:
            self.answers.set_content("")
            return
        written = self.bench.variation(self.file)
        asked = dataclasses.replace(written, without_sources=tuple(sorted(self.retracted)))
        base, other = await asyncio.gather(self.bench.glance(written), self.bench.glance(asked))
        rows = difference_rows(self.scenario, other.differences(base))
        self.answers.set_content(fragment("retracted_answers", rows=rows, moved=True, origin=f"{QUICK:,} histories of each"))  # fmt: skip

    async def _write_retraction(self) -> None:

        file = self.bench.evidence(self.file)
        assert file is not None

        def change(text: str) -> str:
            for name in self.retracted:
                if "retracted" in self.ledger.sources[name].model_fields_set:
                    text = replaced(text, ("sources", name, "retracted"), True)
                else:
                    text = added(text, ("sources", name), "retracted", True)
            return text

        self.message.clear()
        with self.message, faults(self.bench, self.file):
            try:
                saved = await self.bench.amend(self.file, file, tab(), change)
            except StaleEditError as error:
                notice(str(error), "warn")
                return
            if not saved:
                notice(f"The retraction is among the unsaved edits of {file.name}; save them on the Scenario page.", "good")  # fmt: skip
                return
            ui.navigate.to(link("evidence", self.file, self.bench, p=self.proposition))

    async def _explain(self, _: events.UiEventArguments | None = None) -> None:
        self.hinges.clear()
        with self.hinges, faults(self.bench, self.file):
            runs = [r for r in self.bench.workspace.runs(self.scenario.scenario)
                    if r.plain and r.finished and r.digest == self.scenario.digest]  # fmt: skip
            if not runs:
                notice("This takes a run of the scenario as it stands: draw one on the Crisis page, then come back.")  # fmt: skip
                return
            ui.label("Counting …").classes("muted")
            found = await self.bench.explained(runs[0])
            self.hinges.clear()
            mine = next((e for e in found if e.question == self.question.value), None)
            if mine is not None:
                ui.html(_hanging(self.scenario, mine), sanitize=False)


def _hanging(scenario: Scenario, found: Explanation) -> str:
    """What one answer hangs on, as HTML."""
    hinges = [
        {
            "name": scenario.ledger.propositions[h.id].says if h.kind == "proposition" and scenario.ledger else parameter_name(scenario, h.id),
            "kind": h.kind, "standing": h.standing, "credence": h.credence, "low": h.low[0], "high": h.high[0], "value": h.value,
        }
        for h in found.hinges[:10]
    ]  # fmt: skip
    struck = [{"r": r, "name": _struck(scenario, r)} for r in found.retractions[:10]]
    return fragment("hinges", found=found, hinges=hinges, struck=struck, outcome=found.outcomes[0])


def _struck(scenario: Scenario, retraction: Retraction) -> str:
    ledger = scenario.ledger
    assert ledger is not None
    match retraction.kind:
        case "claim":
            return f"the claim that {ledger.claims[retraction.id].says}"
        case "source":
            return f"the source: {ledger.sources[retraction.id].role}"
        case "camp":
            return f"all sources of {actor_or(scenario, retraction.id)}"
    return "every source"


def _column(name: str, label: str, numeric: bool = False) -> dict[str, Any]:
    return {"name": name, "label": label, "field": name, "align": "right" if numeric else "left", "sortable": True}  # fmt: skip


_SOURCES = [
    _column("act", ""), _column("role", "Who"), _column("camp", "Camp or affiliation"), _column("named", "Named"),
    _column("people", "People", True), _column("access", "Access"), _column("grade", "Reliability"),
    _column("claims", "Claims", True), _column("state", "State"),
]  # fmt: skip
_CLAIMS = [
    _column("says", "Claim"), _column("sources", "By"), _column("stance", "Stance"), _column("about", "On"),
    _column("credibility", "Credibility"), _column("place", "Place"),
]  # fmt: skip
_GRID = """<div class="panel" style="width: 100%; margin-bottom: .5rem">
  <div v-for="col in props.cols.filter(c => c.label)" :key="col.name" class="small"><span class="muted">{{ col.label }}:</span> {{ col.value }}</div>
  BUTTON</div>"""
