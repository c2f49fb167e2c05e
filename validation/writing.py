"""What validations write: tables between the marks of a page, and the fits that ship."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

FITTED = Path(__file__).parents[1] / "clientela" / "chamber" / "fitted"


def put_between_marks(path: Path, blocks: Mapping[str, str]) -> None:
    """Puts each block between `<!-- NAME -->` and `<!-- end -->`, and leaves the prose alone.

    Raises ValueError if the page lacks a mark.
    """
    text = path.read_text(encoding="utf-8")
    for name, block in blocks.items():
        before, mark, rest = text.partition(f"<!-- {name} -->\n")
        if not mark:
            raise ValueError(
                f"{path} has no mark {name!r}; expected <!-- {name} --> on its own line"
            )
        _, _, after = rest.partition("<!-- end -->")
        text = f"{before}{mark}\n{block}\n<!-- end -->{after}"
    path.write_text(text, encoding="utf-8")


def ship(
    path: Path,
    command: str,
    source: str,
    places: Collection[tuple[str, dt.date]],
    content: Mapping[str, Any],
) -> None:
    """Writes a fit as JSON after what it was fitted to: country and date of each formation."""
    dates = [date for _, date in places]
    whole = {
        "data": source,
        "made_by": f"{command} --ship",
        "formations": len(places),
        "countries": sorted({country for country, _ in places}),
        "from": min(dates).isoformat(),
        "to": max(dates).isoformat(),
        **content,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def with_interval(values: tuple[float, float, float], form: str) -> str:
    """A number with its interval, minus signs as such."""
    middle, low, high = (format(v, form).replace("-", "−") for v in values)
    return f"{middle} ({low} to {high})"


def rounded(values: Iterable[float]) -> list[float]:
    """Five significant digits of each."""
    return [float(f"{value:.5g}") for value in values]
