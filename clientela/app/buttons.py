"""Buttons in the colours of this page; what Quasar paints by itself has too little contrast."""

from __future__ import annotations

from typing import Any

from nicegui import ui


class Button(ui.button):
    """A button; its look is a class: `primary`, `plain` or `danger`."""

    def __init__(self, label: str, on_click: Any = None) -> None:
        super().__init__(label, on_click=on_click, color=None)
        self.props("no-caps flat")
