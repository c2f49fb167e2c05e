"""A new claim: place and hash come from the document, the words are the analyst's."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from nicegui import ui

from clientela.app.bench import Workbench
from clientela.app.buttons import Button
from clientela.app.documents import Place
from clientela.app.fragments import fragment
from clientela.app.frame import faults, link, notice, tab
from clientela.app.manuscript import StaleEditError
from clientela.evidence import Ledger
from clientela.reading import added
from clientela.report.evidence import CREDIBILITY
from clientela.scenario import Scenario

_STANCES = ("supports", "denies", "declines", "silent")


class ClaimForm:
    """The form, which a place in a document fills in part."""

    def __init__(self, bench: Workbench, file: Path, scenario: Scenario, ledger: Ledger) -> None:
        self.bench, self.file, self.ledger = bench, file, ledger
        self.place: Place | None = None
        propositions = {name: p.says for name, p in ledger.propositions.items()}
        look = "outlined dense options-dense"
        self.where = ui.html(fragment("place", place=None), sanitize=False)
        self.name = ui.input("Name of the claim", placeholder="such as envoy-came-again").props("outlined dense").classes("w-full")  # fmt: skip
        self.says = ui.textarea("What it says, in your words").props("outlined dense autogrow").classes("w-full")  # fmt: skip
        self.sources = ui.select({n: s.role for n, s in ledger.sources.items()}, multiple=True, label="Who says it").props(f"{look} use-chips").classes("w-full")  # fmt: skip
        self.stance = ui.select(list(_STANCES), value="supports", label="Stance").props(look)
        self.about = ui.select(propositions, multiple=True, label="On which propositions").props(f"{look} use-chips").classes("w-full")  # fmt: skip
        self.against = ui.select(propositions, multiple=True, label="… and against which, by the same words").props(f"{look} use-chips").classes("w-full")  # fmt: skip
        self.credibility = ui.select({n: f"{n}: {w}" for n, w in CREDIBILITY.items()}, value=3, label="Credibility").props(look)  # fmt: skip
        self.event = ui.input("Date of what it tells of", placeholder="2021-12-31").props("outlined dense")  # fmt: skip
        Button("Add the claim", on_click=self._add).classes("primary").style("margin-top: .5rem")  # fmt: skip
        self.told = ui.element("div").props("role=status aria-live=polite")

    def take(self, place: Place) -> None:
        """Fills in where the claim is."""
        self.place = place
        self.where.set_content(fragment("place", place=place))

    async def _add(self) -> None:
        self.told.clear()
        if not self._complete():
            return
        file = self.bench.evidence(self.file)
        assert file is not None
        name, entry = _said(self.name), self._entry()
        with self.told, faults(self.bench, self.file):
            try:
                saved = await self.bench.amend(
                    self.file, file, tab(),
                    lambda text: added(text, ("claims",), name, entry, block=True),
                )  # fmt: skip
            except StaleEditError as error:
                notice(str(error), "warn")
                return
            if saved:
                ui.navigate.to(link("evidence", self.file, self.bench, p=(self.about.value or [""])[0]))  # fmt: skip
            else:
                notice(f"The claim is among the unsaved edits of {file.name}; save them on the Scenario page.", "good")  # fmt: skip

    def _complete(self) -> bool:
        """Whether nothing is missing; what is, is said beside its field."""
        name = _said(self.name)
        wrong = "" if re.fullmatch(r"[a-z][a-z0-9-]{0,59}", name) else "lower-case letters, digits and hyphens, beginning with a letter"  # fmt: skip
        if name in self.ledger.claims:
            wrong = f"there is a claim {name} already"
        self.name.error = wrong or None
        self.says.error = None if _said(self.says) else "say it in a sentence of your own"  # fmt: skip
        self.sources.error = None if self.sources.value else "choose at least one"
        date = _said(self.event)
        self.event.error = None if not date or re.fullmatch(r"\d{4}-\d\d-\d\d", date) else "expected a date such as 2021-12-31"  # fmt: skip
        if self.place is None:
            with self.told:
                notice("Point at a place in the document first: select words, or take a paragraph by its number.", "bad")  # fmt: skip
            return False
        fields = (self.name, self.says, self.sources, self.event)
        return not any(field.error for field in fields)

    def _entry(self) -> dict[str, Any]:
        """The claim as it is written."""
        place = self.place
        assert place is not None
        entry: dict[str, Any] = {"document": place.document, "paragraph": place.paragraph}
        if place.span:
            entry["span"] = list(place.span)
        entry |= {"sha256": place.sha256, "sources": list(self.sources.value),
                  "says": _said(self.says), "stance": self.stance.value}  # fmt: skip
        for key, chosen in (("about", self.about.value), ("against", self.against.value)):
            if chosen:
                entry[key] = list(chosen)
        entry["credibility"] = self.credibility.value
        if date := _said(self.event):
            entry["event"] = dt.date.fromisoformat(date)
        return entry


def _said(field: ui.input | ui.textarea) -> str:
    return (field.value or "").strip()
