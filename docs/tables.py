"""Prints the settings of the mechanisms as Markdown tables, from the code.

    python docs/tables.py                 every mechanism, in the order they are built
    python docs/tables.py patronage       one
    python docs/tables.py --write         puts them into docs/mechanisms.md
    python docs/tables.py --check         exits with 1 if docs/mechanisms.md differs from the code

`docs/mechanisms.md` keeps each table between `<!-- table: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

from clientela.mechanisms import REGISTRY
from clientela.scenario import Distribution, Quantity

PAGE = Path(__file__).parent / "mechanisms.md"
MARKED = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def written(distribution: Distribution) -> str:
    """The distribution with its arguments, as in the code: `pert(0.1, 0.4, 0.8)`."""
    arguments = (
        value for _, value in distribution.arguments if value not in (float("-inf"), float("inf"))
    )
    return f"{distribution.family}({', '.join(format(value, 'g') for value in arguments)})"


def short(value: float) -> str:
    """Two significant digits, without an exponent: `0.0019`, `490`."""
    text = np.format_float_positional(value, precision=2, fractional=False, trim="-")
    return text.rstrip(".") or "0"


def table(name: str) -> str:
    """The settings of a mechanism: name, meaning, default prior, its 90 % range, its ground."""
    rows = [
        "| setting | meaning | default | 90 % range | ground |",
        "|---|---|---|---|---|",
    ]
    for setting, field in REGISTRY[name].settings.model_fields.items():
        quantity, each = field.default, ""
        if isinstance(quantity, dict) and quantity:  # alike for every key
            quantity, each = next(iter(quantity.values())), " each"
        if isinstance(quantity, Quantity):
            drawn = quantity.distribution
            low, high = float(drawn.quantile(0.05)), float(drawn.quantile(0.95))
            cells = [
                f"`{written(drawn)}`{each}",
                f"{short(low)} to {short(high)}",
                quantity.elicited or "",
            ]
        else:
            cells = [f"`{quantity}`", "", ""]
        rows.append("| " + " | ".join([f"`{setting}`", field.description or "", *cells]) + " |")
    return "\n".join(rows)


def page(text: str) -> str:
    """The page with every marked table made anew."""
    return MARKED.sub(lambda m: f"{m[1]}\n{table(m[2])}\n\n{m[3]}", text)


def main(arguments: list[str]) -> int:
    if arguments[:1] in (["--write"], ["--check"]):
        old = PAGE.read_text(encoding="utf-8")
        new = page(old)
        missing = [name for name in REGISTRY if f"<!-- table: {name} -->" not in old]
        if missing:
            print(f"{PAGE}: no table for {', '.join(missing)}", file=sys.stderr)
        if arguments[0] == "--write":
            PAGE.write_text(new, encoding="utf-8")
            return 0
        if old != new:
            print(
                f"{PAGE}: tables differ from the code; run docs/tables.py --write", file=sys.stderr
            )
        return int(old != new or bool(missing))
    for name in arguments or REGISTRY:
        print(f"## {name}\n\n{REGISTRY[name].summary}\n\n{table(name)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
