"""Draws the figures of strategy.md: how equilibria move with autonomy, weakness and attribution,
and what they change in a run; and those of update.md and fit.md.

python docs/figures.py        # writes docs/control.png, deterrence.png, interests.png, update.png, fit.png

The last two are turned from SVG into PNG by rsvg-convert (librsvg).
"""

from __future__ import annotations

import datetime as dt
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np
import polars as pl

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import clientela as ct
from clientela.analysis.fitting import Options, fit, past_process
from clientela.analysis.updating import update
from clientela.engine import draw_block
from clientela.process import compile_process
from clientela.report.fit_figure import fit_figure
from clientela.report.update_figure import update_figure
from clientela.strategy.control import ControlProblem, indirect_control
from clientela.strategy.deterrence import equilibria, symmetric

HERE = Path(__file__).parent
STYLES = (("#0072b2", "-", "o"), ("#d55e00", "--", "s"), ("#009e73", ":", "^"))
PROBLEM = ControlProblem(0.9, 1.0, 0.6, 0.2, 0.4, 0.3, 0.05)


def control() -> None:
    """Intensity, start, share of periods with an intervention, and value, over autonomy."""
    autonomy = np.linspace(0, 2.0, 81)
    shown = (
        ("intensity", "intensity of an intervention"),
        ("start", "probability that a disturbance starts one"),
        ("share_intervening", "share of periods intervening"),
        ("value", "patron's value, discounted sum"),
    )
    figure, panels = plt.subplots(2, 2, figsize=(8.2, 5.6), layout="constrained", sharex=True)
    for weakness, (color, line, mark) in zip((0.0, 0.5, 1.5), STYLES, strict=True):
        found = [
            indirect_control(replace(PROBLEM, autonomy=a, weakness=weakness)) for a in autonomy
        ]
        for axes, (name, label) in zip(panels.flat, shown, strict=True):
            y = [getattr(f, name) if f.controls or name == "value" else np.nan for f in found]
            axes.plot(autonomy, y, color=color, linestyle=line, marker=mark, markevery=14,
                      markersize=4, label=f"commander weaker by {weakness:.0%}")  # fmt: skip
            axes.set_ylabel(label, fontsize=9)
        last = max((a for a, f in zip(autonomy, found, strict=True) if f.controls), default=np.nan)
        panels[1, 1].axvline(last, color=color, linestyle=line, linewidth=0.8)
    for axes in panels.flat:
        axes.spines[["top", "right"]].set_visible(False)
    for axes in panels[1]:
        axes.set_xlabel("autonomy of the client (0: none)", fontsize=9)
    panels[0, 0].legend(frameon=False, fontsize=8)
    panels[1, 1].set_title("thin: control fails beyond", fontsize=8, loc="right")
    figure.savefig(HERE / "control.png", dpi=120)
    plt.close(figure)


def deterrence() -> None:
    """The probability of an attack over the quality of attribution, by number of suspects."""
    quality = np.linspace(0, 1, 41)
    figure, axes = plt.subplots(figsize=(6.0, 3.8), layout="constrained")
    for n, (color, line, mark) in zip((2, 4, 8), STYLES, strict=True):
        attacks = [equilibria(symmetric(n, 0.8, 0.02, q))[0].attack for q in quality]
        axes.plot(quality, attacks, color=color, linestyle=line, marker=mark, markevery=8,
                  markersize=5, label=f"{n} suspects")  # fmt: skip
    axes.set_xlabel("quality of attribution (0: a signal names anybody, 1: the attacker)")
    axes.set_ylabel("probability of an attack")
    axes.set_ylim(0, 1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(HERE / "deterrence.png", dpi=120)
    plt.close(figure)


def per_history(pattern: str, **changes: float | str) -> float:
    """How often events come in a history of iraq-2021, on average over 8,000 draws."""
    made = {f"mechanisms.{k.replace('__', '.')}": v for k, v in changes.items()}
    run = ct.run(ct.load("iraq-2021", changes=made), draws=8_000)
    found = run.events.select(pl.col("what").cast(pl.String).str.contains(pattern).sum()).collect()
    return found.item() / 8_000


def interests() -> None:
    """Clients' violence over control, and attacks and strikes over attribution, by strategy."""
    clients = r"^(attack|clash):(fatah|aah|kss|pmf|other-militias)[>~][a-z-]+$"
    levels = np.linspace(0.1, 0.9, 9)
    figure, panels = plt.subplots(1, 3, figsize=(10.4, 3.6), layout="constrained")
    shown = (
        ("patronage", "indirect_control", "control", clients, "attacks and clashes by clients",
         "control that the patron's office tends to"),
        ("attribution", "deterrence", "identified", "^attack:[a-z-]+>us$", "attacks on the American presence",
         "share of attackers identified"),
        ("attribution", "deterrence", "identified", "^strike:us>[a-z-]+$", "American strikes in answer",
         "share of attackers identified"),
    )  # fmt: skip
    for axes, (mechanism, strategy, setting, pattern, what, over) in zip(
        panels, shown, strict=True
    ):
        for name, (color, line, mark) in zip(("rates", strategy), STYLES, strict=False):
            set_by = {f"{mechanism}__strategy": name}
            y = [per_history(pattern, **set_by, **{f"{mechanism}__{setting}": x}) for x in levels]
            axes.plot(levels, y, color=color, linestyle=line, marker=mark, markersize=4, label=name)
        axes.set_xlabel(over, fontsize=9)
        axes.set_title(what, fontsize=9)
        axes.set_ylabel("mean number to the end of 2022", fontsize=9)
        axes.set_ylim(0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(HERE / "interests.png", dpi=120)
    plt.close(figure)


def updated() -> None:
    """The answers of iraq-2021 as the events of docs/examples/iraq-2022.yaml arrive."""
    svg = update_figure(update(ct.load("iraq-2021"), HERE / "examples" / "iraq-2022.yaml"))
    _as_png(svg, "update.png")


def fitted() -> None:
    """A fit to events that are not real: one history of the process itself, drawn from its priors."""
    scenario, options = ct.load("iraq-2021"), Options(background="spline:6")
    first, last = dt.date(2018, 1, 1), dt.date(2021, 11, 30)
    program = compile_process(past_process(scenario, first, last, options))
    block = draw_block(program, 7, 0, 1)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "drawn.csv"
        rows = ["date,actor,target,kind,killed"]
        for day, label, mark in zip(block.day, block.label, block.mark, strict=True):
            kind, _, pair = program.labels[label].partition(":")
            if kind in ("attack", "clash"):
                actor, _, target = pair.partition(">" if kind == "attack" else "~")
                rows.append(f"{first + dt.timedelta(days=int(day))},{actor},{target},{kind},{mark}")
        log.write_text("\n".join(rows), encoding="utf-8")
        _as_png(fit_figure(fit(scenario, log, options)), "fit.png")


def _as_png(svg: str, name: str) -> None:
    command = ["rsvg-convert", "-z", "1.6", "-b", "white", "-o", str(HERE / name)]
    subprocess.run(command, input=svg.encode(), check=True)


if __name__ == "__main__":
    control()
    deterrence()
    interests()
    updated()
    fitted()
