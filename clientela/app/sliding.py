"""A slider of the browser's own kind, which keys and screen readers know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui


class Slider(ui.element):
    """From `least` to `most`; `moved` is told of every value that it is moved to by hand."""

    def __init__(
        self, name: str, least: float, most: float, step: float, value: float,
        moved: Callable[[float], Awaitable[None]],
    ) -> None:  # fmt: skip
        super().__init__("input")
        self._props |= {
            "type": "range", "min": least, "max": most, "step": step, "value": value,
            "aria-label": name,
        }  # fmt: skip
        self.classes("slider")
        self.on(
            "input", lambda e: moved(float(e.args)), throttle=0.05, trailing_events=True,
            js_handler="(e) => emit(e.target.value)",
        )  # fmt: skip

    def show(self, value: float) -> None:
        """Moves it without telling."""
        ui.run_javascript(f"getHtmlElement({self.id}).value = {value!r}")
