"""A document beside its claims: its paragraphs, and the place in it that is pointed at."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nicegui import events, ui

from clientela.app.bench import Workbench
from clientela.app.fragments import fragment
from clientela.app.frame import notice
from clientela.evidence import Ledger
from clientela.evidence.documents import index_of, locate, paragraphs

LARGEST = 20_000_000  # bytes


@dataclass(frozen=True)
class Place:
    """Where a claim is: a document of the ledger, paragraph, span (none: all of it) and hash, and
    the words there, which are shown and never written."""

    document: str
    paragraph: int
    span: tuple[int, int] | None
    sha256: str
    words: str


class DocumentPane:
    """Chooses a document, shows its text where the folder has it, and tells what is picked."""

    def __init__(self, bench: Workbench, file: Path, ledger: Ledger) -> None:
        self.bench, self.file, self.ledger = bench, file, ledger
        self.picked: Callable[[Place], None] = lambda place: None
        self._text = ""
        known = {name: f"{name}: {d.title}" for name, d in ledger.documents.items()}
        self.choice = ui.select(known, value=next(iter(known), None), label="Document", on_change=self._show).props("outlined dense options-dense").classes("w-full")  # fmt: skip
        self.message = ui.element("div").props("role=status aria-live=polite")
        self.text = ui.element("div")
        ui.upload(
            label="A document as plain text (UTF-8)", auto_upload=True, max_file_size=LARGEST,
            on_upload=self._uploaded,
            on_rejected=lambda: self._tell("The file is larger than 20 MB, the most that is taken.", "bad"),
        ).props('accept=".txt,text/plain" flat bordered').classes("w-full").style("margin-top: .6rem")  # fmt: skip
        ui.timer(0, self._show, once=True)

    def _tell(self, text: str, kind: str = "") -> None:
        self.message.clear()
        with self.message:
            notice(text, kind)

    async def _show(self, _: Any = None) -> None:
        self.text.clear()
        name = self.choice.value
        if name is None:
            return
        document = self.ledger.documents[name]
        path = (await asyncio.to_thread(self.bench.workspace.documents)).get(document.sha256)
        if path is None:
            self._text = ""
            with self.text:
                notice(f"Its text is not in this folder. Put it there as a .txt file, or attach it below: it is known by its SHA-256, {document.sha256[:12]}…")  # fmt: skip
            return
        self._text = path.read_text(encoding="utf-8")
        claims = [c for c in self.ledger.claims.values() if c.document == name]
        with self.text:
            shown = ui.html(
                fragment("document", lines=paragraphs(self._text), cited={c.paragraph for c in claims}),
                sanitize=False,
            ).classes("document").props('tabindex=0 role=region aria-label="Text of the document"')  # fmt: skip
            shown.on("picked", self._picked, js_handler="(e) => emit(e.detail)")
            ui.label("Select words with the mouse or by shift and arrow keys, or take a whole paragraph by its number.").classes("small muted")  # fmt: skip
        ui.run_javascript(f"watchDocument({json.dumps(shown.html_id)})")

    def _picked(self, event: events.GenericEventArguments) -> None:
        """A place comes as paragraph and, in UTF-16 units as browsers count, its span."""
        number, start, end = (int(part) for part in event.args)
        lines = paragraphs(self._text)
        if not 1 <= number <= len(lines):
            return
        line = lines[number - 1]
        span = (_points(line, start), _points(line, end)) if end > start else None
        span = None if span == (0, len(line)) else span
        (first, last), digest = locate(self._text, number, span)
        self.picked(Place(self.choice.value, number, span, digest, line[first:last]))

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        content = await event.file.read()
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            self._tell(f"{event.file.name} is not UTF-8 text; convert a PDF or a page to a .txt file", "bad")  # fmt: skip
            return
        if "\0" in text or not paragraphs(text):
            self._tell(f"{event.file.name} is empty or binary; expected a document as plain text", "bad")  # fmt: skip
            return
        digest = hashlib.sha256(content).hexdigest()
        mine = next((n for n, d in self.ledger.documents.items() if d.sha256 == digest), None)
        path = await asyncio.to_thread(self._keep, event.file.name, content, digest)
        where = self.bench.workspace.shown(path)
        if mine is None:
            self._tell(f"{where}: no document of the evidence file has this text. To cite it, add it under documents with sha256 {digest} and paragraphs: {len(index_of(text).paragraphs)}.", "warn")  # fmt: skip
            return
        self._tell(f"{where}: is the document {mine}.", "good")
        self.choice.set_value(mine)
        await self._show()

    def _keep(self, name: str, content: bytes, digest: str) -> Path:
        """Writes the document into the folder, under a name that is no path."""
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(name).stem).strip("-")[:60] or "document"
        folder = self.bench.workspace.root / "documents"
        folder.mkdir(exist_ok=True)
        path = folder / f"{stem}.txt"
        if path.exists() and path.read_bytes() != content:
            path = folder / f"{stem}-{digest[:8]}.txt"
        path.write_bytes(content)
        return path


def _points(line: str, units: int) -> int:
    """Characters of Python up to a place counted in UTF-16 units."""
    return len(line.encode("utf-16-le")[: 2 * max(units, 0)].decode("utf-16-le", "ignore"))
