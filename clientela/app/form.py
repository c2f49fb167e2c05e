"""The form beside the text: every part of the file as fields, each edit a splice of the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from clientela.app import describing
from clientela.app.buttons import Button
from clientela.app.describing import Described
from clientela.app.fragments import fragment
from clientela.reading import (
    Problem,
    ReadingError,
    added,
    parse_value,
    read_yaml,
    removed,
    replaced,
    written,
)

Path_ = tuple[Any, ...]


class Form:
    """The fields at one place of the file. `edit` takes a new text; `path` is the place."""

    def __init__(self, kind: str, text: Callable[[], str], edit: Callable[[str], None]) -> None:
        self.kind, self._text, self._edit = kind, text, edit
        self.path: Path_ = ()
        self.problems: Sequence[Problem] = ()
        self.frozen = False
        self._shown: object = None
        self.unreadable = ui.label("").classes("problem small").props("role=status")
        self.place = ui.element("div")

    def show(self, problems: Sequence[Problem] | None = None, *, anew: bool = False) -> None:
        """Shows the place as the text now has it; nothing is done if it looks as before."""
        self.problems = self.problems if problems is None else problems
        try:
            data = read_yaml("the text", self._text()).data
        except ReadingError as error:
            self._shown = None
            self.unreadable.set_text(f"The text cannot be read as it stands, so the form shows what it was: {error.problems[0].message}")  # fmt: skip
            return
        self.unreadable.set_text("")
        while self.path and not isinstance(_there(data, self.path), dict | list):
            self.path = self.path[:-1]  # what was shown is gone
        here = _there(data, self.path)
        state = (self.path, here, tuple(p for p in self.problems if self._mine(p)), self.frozen)
        if state == self._shown and not anew:
            return
        self._shown = state
        self.place.clear()
        with self.place:
            self._crumbs()
            if isinstance(here, dict):
                self._mapping(here)
            else:
                for number, item in enumerate(here):
                    self._entry(describing.described(self._schema, (*self.path, number)), number, item)  # fmt: skip

    @property
    def _schema(self) -> describing.Schema:
        return describing.schema_of(self.kind)

    def _mine(self, problem: Problem) -> bool:
        return problem.path.startswith(".".join(map(str, self.path)))

    # -- what is seen ---------------------------------------------------------------------------

    def _crumbs(self) -> None:
        with ui.element("nav").classes("chips").props('aria-label="Place in the file"'):
            for depth in range(len(self.path) + 1):
                name = str(self.path[depth - 1]) if depth else self.kind
                if depth == len(self.path):
                    ui.label(name).classes("chip").props('aria-current="location"')
                else:
                    self._chip(name, lambda d=depth: self.go(self.path[:d]))

    def _chip(self, name: str, pressed: Callable[[], None]) -> None:
        Button(name, on_click=lambda: pressed()).props("dense").classes("plain")

    def go(self, path: Path_) -> None:
        """Shows another place."""
        self.path = path
        self.show()

    def _mapping(self, here: dict[str, Any]) -> None:
        part = describing.at(self._schema, self.path)
        known = {field.name: field for field in describing.fields(self._schema, part)}
        for name, value in here.items():
            field = known.get(name) or describing.described(self._schema, (*self.path, name))
            self._entry(field, name, value)
        missing = [field for name, field in known.items() if name not in here]
        if not self.frozen:
            self._more(missing, free=not known)

    def _entry(self, field: Described, step: Any, value: Any) -> None:
        path = (*self.path, step)
        mine = [p for p in self.problems if (p.path + ".").startswith(".".join(map(str, path)) + ".")]  # fmt: skip
        with ui.element("div").classes("field" + (" wrong" if mine else "")):
            if (field.look == "entries" and isinstance(value, dict) and "if" not in value) or (isinstance(value, list) and value and isinstance(value[0], dict)):  # fmt: skip
                count = f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
                with ui.element("div").classes("bar-of-actions").style("margin: 0"):
                    Button(f"{step} ›", on_click=lambda: self.go(path)).props("dense").classes("plain")  # fmt: skip
                    ui.label(_summary(value) or count).classes("small muted")
                    self._cross(path)
            else:
                with ui.element("div").classes("bar-of-actions").style("margin: 0; flex-wrap: nowrap"):  # fmt: skip
                    self._input(field, path, value)
                    self._cross(path)
            if field.about:
                ui.label(field.about).classes("small muted")
            for problem in mine:
                ui.html(fragment("field_problem", problem=problem), sanitize=False)

    def _cross(self, path: Path_) -> None:
        if not self.frozen:
            Button("✕", on_click=lambda: self._do(lambda text: removed(text, path))).props(f'dense aria-label="Remove {path[-1]}"').style("margin-left: auto")  # fmt: skip

    def _input(self, field: Described, path: Path_, value: Any) -> None:
        name = str(path[-1])
        if field.look == "choice" and str(value) in field.choices:
            made = ui.select(list(field.choices), value=str(value), label=name, on_change=lambda e: self._set(path, e.value)).props("outlined dense options-dense")  # fmt: skip
        elif field.look == "switch" and isinstance(value, bool):
            made = ui.switch(name, value=value, on_change=lambda e: self._set(path, e.value))
        elif field.look in ("text", "date") and isinstance(value, str):
            long = len(value) > 70
            made = (ui.textarea if long else ui.input)(name, value=value)
            made.props("outlined dense autogrow" if long else "outlined dense")
            made.on("change", lambda: self._set(path, made.value))
        else:
            made = ui.textarea(name, value=written(value)).props("outlined dense autogrow").classes("mono")  # fmt: skip
            made.on("blur", lambda: self._set_yaml(path, made))
        made.classes("grow")
        if self.frozen:
            made.disable()

    def _more(self, missing: Sequence[Described], free: bool) -> None:
        with ui.element("div").classes("bar-of-actions"):
            if free:
                name = ui.input("Name of another").props("outlined dense")
                value = ui.input("What it is, as YAML", value="{}").props("outlined dense")
            elif missing:
                name = ui.select({f.name: f.name for f in missing}, label="Another field").props("outlined dense options-dense").style("min-width: 11rem")  # fmt: skip
                value = ui.input("Its value, as YAML").props("outlined dense")
            else:
                return

            def add() -> None:
                key = str(name.value or "").strip()
                if key:
                    self._do(lambda text: added(text, self.path, key, parse_value(value.value or "")))  # fmt: skip

            Button("Add", on_click=add).classes("plain")

    # -- what is done ---------------------------------------------------------------------------

    def _set(self, path: Path_, value: Any) -> None:
        self._do(lambda text: replaced(text, path, value))

    def _set_yaml(self, path: Path_, made: ui.textarea) -> None:
        def change(text: str) -> str:
            value = parse_value(made.value or "")
            now = _there(read_yaml("the text", text).data, path)
            return text if value == now else replaced(text, path, value)

        self._do(change)

    def _do(self, change: Callable[[str], str]) -> None:
        try:
            self._edit(change(self._text()))
        except ReadingError as error:
            ui.notify(str(error.problems[0].message), type="negative")


def _there(data: Any, path: Path_) -> Any:
    """What stands at a path; None if nothing does."""
    for step in path:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return None
    return data


def _summary(value: Any) -> str:
    """A few words on an entry, by the fields that tell most of it."""
    if isinstance(value, dict):
        said = next((str(value[k]) for k in ("name", "title", "ask", "says", "role", "note", "event") if value.get(k)), "")  # fmt: skip
        return said or ", ".join(list(value)[:6])
    return ""
