"""Chamber: who sits where, what each step takes, who can block, and which government forms."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from nicegui import ui

from clientela.analysis.words import kind_titles
from clientela.app.bench import Workbench
from clientela.app.branching import save_as_branch
from clientela.app.buttons import Button
from clientela.app.changes import Changes, kept
from clientela.app.differing import difference_rows
from clientela.app.fragments import fragment
from clientela.app.frame import faults, file_of, frame, link, notice
from clientela.app.latest import Latest
from clientela.app.sliding import Slider
from clientela.chamber.governments import classify
from clientela.chamber.hemicycle import hemicycle, seating_order
from clientela.chamber.survey import Survey
from clientela.report.hemicycle import FILLS
from clientela.scenario import Scenario, Step

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KEYS = {"in_favour": "in favour", "against": "against", "present": "present"}


@dataclass(frozen=True)
class Party:
    """A list as it is shown: its letter and fill, and its seats now and as written."""

    id: str
    name: str
    letter: str
    fill: str
    seats: int
    written: int
    bloc: bool


def add(bench: Workbench) -> None:
    """The address `/chamber`; `c` are the values moved, as JSON."""

    @ui.page("/chamber")
    async def chamber(s: str = "", c: str | None = None) -> None:
        file: Path | None = None
        with faults(bench, None):
            file = await file_of(bench, s)
        with frame(bench, "chamber", file):
            if file is None:
                return
            place = ui.element("div")
            await ui.context.client.connected()
            with faults(bench, file, place):
                scenario = await bench.scenario(bench.variation(file))
                with place:
                    if scenario.chamber is None:
                        notice("This scenario has no chamber: write one under “chamber:”, with seats among the actors, and who can govern is seen here.")  # fmt: skip
                        return
                    again = c is None
                    changes = kept(bench.workspace, "chamber", file) if again else Changes.of_query({"c": c})  # fmt: skip
                    page = ChamberPage(bench, file, scenario, changes)
                    page.build(again)
                await page.look()


class ChamberPage:
    """The page of one tab: seats, thresholds and vetoes that can be moved, and what comes of it."""

    def __init__(self, bench: Workbench, file: Path, scenario: Scenario, changes: Changes) -> None:
        assert scenario.chamber is not None
        self.bench, self.file, self.scenario, self.rules = bench, file, scenario, scenario.chamber
        mine = {p: v for p, v in changes.values.items() if p.startswith("chamber.") or p.endswith(".seats.now")}  # fmt: skip
        self.changes = Changes(None, mine, set())
        self.latest = Latest(self._look)

    # -- what stands there now ------------------------------------------------------------------

    def seats(self, name: str) -> int:
        """A list's seats, moved or as written."""
        seats = self.scenario.actors[name].seats
        assert seats is not None
        return int(self.changes.values.get(f"actors.{name}.seats.now", seats.now))

    @property
    def total(self) -> int:
        """All seats."""
        return sum(self.seats(name) for name in self.scenario.lists)

    def parties(self) -> list[Party]:
        """The lists from left to right."""
        from clientela.chamber.parliament import chamber_of

        lists = list(self.scenario.lists)
        order = [lists[i] for i in seating_order(chamber_of(self.scenario))]
        order += [name for name in lists if name not in order]
        return [
            Party(
                name, self.scenario.actors[name].name, _LETTERS[k % 26], FILLS[k % len(FILLS)],
                self.seats(name), self.scenario.actors[name].seats.now,  # pyright: ignore
                self.scenario.actors[name].bloc,
            )
            for k, name in enumerate(order)
        ]  # fmt: skip

    # -- what is seen ---------------------------------------------------------------------------

    def build(self, again: bool) -> None:
        """The page."""
        ui.html(fragment("chamber_head", scenario=self.scenario), sanitize=False)
        if again and self.changes:
            notice("What you had moved here before is in place again. “All as written” takes it back.")  # fmt: skip
        with ui.element("div").classes("columns"):
            with ui.element("section").props('aria-label="Seats, thresholds and vetoes"'):
                self.hall = ui.html("", sanitize=False)
                with ui.element("div").classes("panel"):
                    self._thresholds()
                with ui.expansion("Seats").props("dense").classes("w-full").mark("seats"):
                    self._seats()
                with ui.expansion("Vetoes").props("dense").classes("w-full").mark("vetoes"):
                    self._vetoes()
            with ui.element("section").props('aria-label="Who can govern"'):
                self.message = ui.element("div").props("role=status aria-live=polite")
                self.results = ui.html("", sanitize=False)
                self.answers = ui.html("", sanitize=False)
                save_as_branch(self.bench, self.file, self.scenario, lambda: self.changes)
                Button("All as written", on_click=self._reset).classes("plain")  # fmt: skip

    def _thresholds(self) -> None:
        ui.html("<h2 style='margin-top: 0'>What each step takes</h2>", sanitize=False)
        parties = self.parties()
        for step in self.rules.procedure:
            for key, words in _KEYS.items():
                threshold = getattr(step, key)
                if threshold is None:
                    continue
                path = f"chamber.procedure.{step.step}.{key}"
                if threshold.written == "most" or threshold.of_present:
                    ui.html(fragment("threshold_said", step=step.step, words=words, said=str(threshold)), sanitize=False)  # fmt: skip
                    continue
                self._threshold(step, path, words, threshold.needed(self.rules.seats), parties)

    def _threshold(
        self, step: Step, path: str, words: str, written: int, parties: Sequence[Party]
    ) -> None:
        now = int(self.changes.values.get(path, written))
        with ui.element("div").classes("threshold").mark(path):
            ui.html(fragment("threshold_label", step=step.step, words=words), sanitize=False, tag="label")  # fmt: skip
            with ui.element("div").classes("room"):
                ui.html(fragment("seat_stack", parties=parties, total=self.rules.seats), sanitize=False)  # fmt: skip

                async def moved(value: float) -> None:
                    number.set_text(f"{int(value)} of {self.total}")
                    await self._set(path, int(value), written)

                Slider(f"{step.step}: seats {words}", 1, self.rules.seats, 1, now, moved)
            number = ui.label(f"{now} of {self.total}").classes("number")

    def _seats(self) -> None:
        for party in self.parties():
            with ui.element("div").classes("bar-of-actions").style("margin: .1rem 0"):
                ui.html(fragment("party_key", party=party), sanitize=False).style("flex: 1")
                ui.number(
                    value=party.seats, min=0, max=100_000, step=1, precision=0,
                    on_change=partial(self._seat, party),
                ).props(f"dense outlined debounce=300 aria-label={json.dumps(f'Seats of {party.name}')}").style("width: 6.5rem")  # fmt: skip

    async def _seat(self, party: Party, event: Any) -> None:
        if event.value is None:
            return
        await self._set(f"actors.{party.id}.seats.now", int(event.value), party.written)

    def _vetoes(self) -> None:
        names = {name: actor.name for name, actor in self.scenario.lists.items()}
        for of, others in self._veto_table().items():
            for against, held in others.items():
                ui.switch(
                    f"{names[of]} refuses {names[against]}", value=held > 0,
                    on_change=partial(self._veto_switched, of, against),
                )  # fmt: skip
        with ui.element("div").classes("bar-of-actions"):
            one = ui.select(names, label="Who").props("outlined dense options-dense").style("min-width: 10rem")  # fmt: skip
            two = ui.select(names, label="refuses to govern with").props("outlined dense options-dense").style("min-width: 12rem")  # fmt: skip

            async def refuse() -> None:
                if one.value and two.value and one.value != two.value:
                    await self._set(f"chamber.vetoes.{one.value}.{two.value}", {"probability": 1.0}, None)  # fmt: skip

            Button("Add the veto", on_click=refuse).classes("plain")

    def _veto_table(self) -> dict[str, dict[str, float]]:
        found = {
            of: {against: veto.probability.distribution.mean() for against, veto in others.items()}
            for of, others in self.rules.vetoes.items()
        }
        for path, value in self.changes.values.items():
            match path.split("."):
                case ["chamber", "vetoes", of, against]:
                    found.setdefault(of, {})[against] = float(value["probability"])
        return found

    async def _veto_switched(self, of: str, against: str, event: Any) -> None:
        await self._set(f"chamber.vetoes.{of}.{against}", {"probability": float(event.value)}, None)

    # -- what is done ---------------------------------------------------------------------------

    async def _set(self, path: str, value: Any, written: Any) -> None:
        if value == written:
            self.changes.values.pop(path, None)
        else:
            self.changes.values[path] = value
        self.changes.values.pop("chamber.seats", None)
        if self.total != self.rules.seats:
            self.changes.values["chamber.seats"] = self.total
        self.changes.keep(self.bench.workspace, "chamber", self.file)
        address = link("chamber", self.file, self.bench, c=self.changes.as_query()["c"])
        ui.run_javascript(f"history.replaceState(null, '', {json.dumps(address)})")
        await self.look()

    def _reset(self) -> None:
        self.changes = Changes()
        self.changes.keep(self.bench.workspace, "chamber", self.file)
        ui.navigate.to(link("chamber", self.file, self.bench, c="{}"))

    async def look(self) -> None:
        """Looks at the parliament as it is moved now; only the last that is asked counts."""
        await self.latest.ask()

    async def _look(self) -> None:
        self.message.clear()
        with faults(self.bench, self.file, self.message):
            await self._show()

    async def _show(self) -> None:
        written = self.bench.variation(self.file)
        asked = self.changes.on(written)
        found = await self.bench.survey(asked)
        scenario = await self.bench.scenario(asked)
        self._tell(scenario, found)
        base, other = await asyncio.gather(self.bench.glance(written), self.bench.glance(asked))
        told = [
            d for d in other.differences(base) if not self.changes or d.surely or d.outcome != "yes"
        ]
        rows = difference_rows(scenario, told)
        if self.changes:
            self.answers.set_content(fragment("chamber_answers", rows=rows, moved=True, origin="2,000 histories of each"))  # fmt: skip
        else:
            self.answers.set_content("")

    def _tell(self, scenario: Scenario, found: Survey) -> None:
        parties = self.parties()
        letters = {p.id: p for p in parties}
        likeliest = found.formation.likeliest if found.formation else ()
        governing = set(likeliest[0].lists) if likeliest else set()
        seated = [p for p in parties if p.seats]
        places = hemicycle([p.seats for p in seated])
        self.hall.set_content(
            fragment(
                "hemicycle", places=places.tolist(), seated=seated, governing=governing,
                radius=_radius(len(places)), marks=_marks(seated, places),
                total=self.total, majority=found.parliament.chamber.majority,
            )
        )  # fmt: skip
        titles = kind_titles(scenario)
        days = found.time.left(found.gone, np.array([0.1, 0.25, 0.5, 0.75, 0.9])) + found.gone
        self.results.set_content(
            fragment(
                "chamber_results", found=found, letters=letters, parties=parties,
                governments=[(g, titles[kind], passing) for g, kind, passing in zip(likeliest, _kinds(found), found.passing, strict=True)],
                days=list(zip(("10 %", "25 %", "50 %", "75 %", "90 %"), days.round().astype(int).tolist(), strict=True)),
            )
        )  # fmt: skip


def _kinds(found: Survey) -> list[str]:
    """The kind of each likely government."""
    chamber, rules = found.parliament.chamber, found.parliament.kinds
    likeliest = found.formation.likeliest if found.formation else ()
    masks = np.array([chamber.mask(*g.lists) for g in likeliest], dtype=np.int64)
    return [[*rules, "other"][number] for number in classify(chamber, masks, rules)]


def _radius(seats: int) -> float:
    """Of a seat's circle, so that rows of them do not touch."""
    rows = max(1, round(np.sqrt(seats / 4.2)))
    return float(min(0.42 * 0.6 / max(rows - 1, 1), 0.06))


def _marks(seated: Sequence[Party], places: np.ndarray) -> list[tuple[float, float, str]]:
    """Where each list's letter stands: outside the half circle, in the middle of its wedge."""
    found: list[tuple[float, float, str]] = []
    for k, party in enumerate(seated):
        mine = places[places[:, 2] == k]
        angles = np.arctan2(mine[:, 1], mine[:, 0])
        angle = float((angles.min() + angles.max()) / 2)
        found.append((1.07 * np.cos(angle), 1.07 * np.sin(angle), party.letter))
    return found
