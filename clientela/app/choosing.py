"""Buttons within a piece of HTML: which one is pressed is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui


def on_choice(place: ui.html, chosen: Callable[[str], Any]) -> None:
    """Calls `chosen` with what the `data-choose` of a pressed button says."""
    place.on("chosen", lambda e: chosen(str(e.args)), js_handler="(e) => emit(e.detail)")
    # Once for the page: presses rise to it, whatever has been put into the place since.
    place.classes("choices")
